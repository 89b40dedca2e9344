/* print_flow.c -- the tables of `faultline summary`: what went through each channel, lock and queue, and what each stage did.
 *
 * A table rounds, here and nowhere before; the JSON has the sums as they are.
 */
#include "print_flow.h"

#include "../base/diag.h"
#include "../event/place.h"
#include "../lens/narrate.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S 1e9
enum { ROWS_MAX = 16, NAME_COLUMNS = 26, TEXT = 64 };
typedef unsigned long long Ull;

static const char *const table_name[FLOW_PLACES] = {"channels", "locks", "device queues"};

/* As many columns as are there on the screen, not bytes. */
static void pad(const char *text, int columns) {
    int used = 0;
    for (const char *c = text; *c; c++) used += (*c & 0xc0) != 0x80;
    printf("%*s%s", columns > used ? columns - used : 0, "", text);
}

static void print_time(uint64_t ns, int columns) {
    char text[TEXT];
    pad(ns == 0 ? "-" : narrate_time(text, sizeof text, ns), columns);
}

/* 3.21, and whole from 100 on */
static void print_mean(double sum, double over, int columns) {
    char text[TEXT] = "-";
    if (sum > 0 && over > 0) snprintf(text, sizeof text, "%.*f", sum / over < 99.995 ? 2 : 0, sum / over);
    pad(text, columns);
}

static void print_share(double part, double whole, int columns) {
    char text[TEXT] = "-";
    double percent = whole > 0 ? 100 * part / whole : 0;
    if (part > 0) snprintf(text, sizeof text, percent < 0.5 ? "<1%%" : "%.0f%%", percent);
    pad(text, columns);
}

/* "jobs :12", "result :14 (3)": name, line, and how many of them. */
static void print_name(Trace *t, uint64_t name, uint64_t line, uint64_t many, const char *otherwise) {
    char text[TEXT * 4], plain[TEXT * 4], place[PLACE_TEXT_MAX], of[24] = "", at[TEXT] = "";
    const char *said = name == NONE ? "" : intern_text(trace_text(t), name);
    place_text(place, trace_text(t), line == NONE ? 0 : line);
    if (place[0]) snprintf(at, sizeof at, strchr(place, ':') ? " %.40s" : " :%.40s", place);
    if (many > 1) snprintf(of, sizeof of, " (%llu)", (Ull)many);
    snprintf(text, sizeof text, "%.*s%s%s", NAME_COLUMNS - 8, said[0] ? said : otherwise, at, of);
    plain_text(plain, sizeof plain, text);
    printf("  %s", plain);
    int used = 0;
    for (const char *c = plain; *c; c++) used += (*c & 0xc0) != 0x80;
    printf("%*s", used < NAME_COLUMNS ? NAME_COLUMNS - used : 0, "");
}

static bool is_worth_a_row(const FlowRow *r) { return r->went > 0 || r->there_ns > 0 || r->receivers_ns > 0; }

static void print_places(Trace *t, const FlowTable *table, FlowPlace kind, uint64_t run_ns) {
    static const char *const head[FLOW_PLACES] = {
        "     went    rate/s       L   most           W   senders wait  receivers wait",
        "      got    rate/s waiting   most  each waits   held",
        "     done    rate/s       L   most           W   busy",
    };
    size_t worth = 0, shown = 0;
    for (size_t i = 0; i < table->count; i++) worth += is_worth_a_row(&table->row[i]);
    if (worth == 0) return;
    printf("\n%-*s%s\n", NAME_COLUMNS + 2, table_name[kind], head[kind]);
    for (size_t i = 0; i < table->count && shown < ROWS_MAX; i++) {
        const FlowRow *r = &table->row[i];
        if (!is_worth_a_row(r)) continue;
        shown++;
        print_name(t, r->name, r->line, r->places, kind == FLOW_QUEUES ? "default" : "-");
        printf("%9llu", (Ull)r->went);
        print_mean((double)r->went * NS_PER_S, (double)run_ns, 10);
        print_mean((double)r->there_ns, (double)run_ns, 8);
        printf("%7llu", (Ull)r->most);
        print_time(r->went ? r->there_ns / r->went : 0, 12);
        if (kind == FLOW_CHANNELS) {
            print_time(r->senders_ns, 15);
            print_time(r->receivers_ns, 16);
        } else {
            print_share((double)r->busy_ns, (double)run_ns * (double)r->places, 7);
        }
        printf("\n");
    }
    if (worth > shown) printf("  ... and %zu more; --json has all\n", worth - shown);
}

static void print_stages(Trace *t, const Flow *f) {
    static const char *const head = "        n  running  in C  runnable  send  receive  select  lock  sleep  other";
    static const int columns[STAGE_DOINGS] = {9, 6, 10, 6, 9, 8, 6, 7, 7};
    if (f->stage_count == 0) return;
    printf("\n%-*s%s\n", NAME_COLUMNS + 2, "goroutines", head);
    for (size_t i = 0; i < f->stage_count && i < ROWS_MAX; i++) {
        const Stage *s = &f->stage[i];
        print_name(t, s->name, s->line, 1, "-");
        printf("%9llu", (Ull)s->goroutines);
        for (int k = 0; k < STAGE_DOINGS; k++) print_share((double)s->ns[k], (double)s->life_ns, columns[k]);
        printf("\n");
    }
    if (f->stage_count > ROWS_MAX) printf("  ... and %zu more; --json has all\n", f->stage_count - ROWS_MAX);
}

void print_flow(Trace *t, const Flow *f, uint64_t run_ns) {
    bool any = false;
    for (int k = 0; k < FLOW_PLACES; k++) {
        print_places(t, &f->table[k], (FlowPlace)k, run_ns);
        for (size_t i = 0; i < f->table[k].count; i++) any = any || is_worth_a_row(&f->table[k].row[i]);
    }
    if (any) printf("  L: there on average; W: how long each stays. L = rate x W (Little's law), so W is L over the rate.\n");
    print_stages(t, f);
}

/* ---- JSON ---- */

void json_number(cJSON *o, const char *key, uint64_t n) {
    char number[24]; /* a double would round what is above 2^53 */
    snprintf(number, sizeof number, "%llu", (Ull)n);
    cJSON_AddRawToObject(o, key, number);
}

static cJSON *add_row(Trace *t, cJSON *rows, uint64_t name, uint64_t line) {
    char text[512], place[PLACE_TEXT_MAX];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(rows, o);
    cJSON_AddStringToObject(o, "name", plain_text(text, sizeof text, name == NONE ? "" : intern_text(trace_text(t), name)));
    place_text(place, trace_text(t), line == NONE ? 0 : line);
    cJSON_AddStringToObject(o, "at", plain_text(text, sizeof text, place));
    return o;
}

void print_flow_json(Trace *t, const Flow *f, cJSON *into) {
    static const char *const key[FLOW_PLACES] = {"channels", "locks", "queues"};
    for (int k = 0; k < FLOW_PLACES; k++) {
        cJSON *rows = cJSON_AddArrayToObject(into, key[k]);
        for (size_t i = 0; i < f->table[k].count; i++) {
            const FlowRow *r = &f->table[k].row[i];
            cJSON *o = add_row(t, rows, r->name, r->line);
            json_number(o, "places", r->places);
            json_number(o, "room", r->room);
            json_number(o, "went", r->went);
            json_number(o, "there_ns", r->there_ns);
            json_number(o, "most", r->most);
            json_number(o, "busy_ns", r->busy_ns);
            json_number(o, "idle_ns", r->idle_ns);
            json_number(o, "senders_ns", r->senders_ns);
            json_number(o, "receivers_ns", r->receivers_ns);
        }
    }
    cJSON *stages = cJSON_AddArrayToObject(into, "stages");
    for (size_t i = 0; i < f->stage_count; i++) {
        cJSON *o = add_row(t, stages, f->stage[i].name, f->stage[i].line);
        json_number(o, "goroutines", f->stage[i].goroutines);
        json_number(o, "life_ns", f->stage[i].life_ns);
        for (int d = 0; d < STAGE_DOINGS; d++) json_number(o, stage_doing[d], f->stage[i].ns[d]);
    }
}
