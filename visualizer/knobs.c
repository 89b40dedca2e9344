/* knobs.c -- rows, and how one is changed. */
#include "knobs.h"

#include "typed.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- which there are */

static KnobRow *add(Knobs *k, const char *name, size_t len, const char *value, size_t value_len) {
    if (k->count == KNOB_ROWS_MAX || len >= sizeof k->row->name || value_len >= KNOB_TEXT_MAX) return NULL;
    KnobRow *r = &k->row[k->count++];
    snprintf(r->name, sizeof r->name, "%.*s", (int)len, name);
    snprintf(r->was, sizeof r->was, "%.*s", (int)value_len, value);
    memcpy(r->value, r->was, sizeof r->value);
    return r;
}

static void add_option(Knobs *k, Feed *f, const char *name, const char *absent) {
    const char *value = feed_option(f, name);
    if (value[0] == '\0') value = absent;
    add(k, name, strlen(name), value, strlen(value));
}

/* knob("workers", 4): the name, and the default as it is written, without quotes. */
static void add_own(Knobs *k, const char *source) {
    for (const char *p = source; (p = strstr(p, "knob(")) != NULL; p++) {
        if (p > source && (isalnum((unsigned char)p[-1]) || p[-1] == '_')) continue;
        const char *name = p + strlen("knob(");
        if (*name != '"' && *name != '\'') continue;
        size_t len = strcspn(++name, "\"'\n");
        const char *value = name + len + 1;
        if (name[len] != '"' && name[len] != '\'') continue;
        value += strspn(value, " ,");
        bool quoted = *value == '"' || *value == '\'';
        if (quoted) value++;
        size_t value_len = strcspn(value, quoted ? "\"'\n" : " ),\n");
        add(k, name, len, value, value_len);
    }
}

/* What the run was asked for wins over what the scenario's text says. */
static void take_settings(Knobs *k, Feed *f) {
    const char *setting;
    for (size_t n = 0; (setting = feed_setting(f, n)) != NULL; n++) {
        size_t len = strcspn(setting, "=");
        for (size_t i = 0; i < k->count; i++) {
            KnobRow *r = &k->row[i];
            if (strlen(r->name) != len || strncmp(r->name, setting, len) != 0 || setting[len] != '=') continue;
            snprintf(r->was, sizeof r->was, "%s", setting + len + 1);
            memcpy(r->value, r->was, sizeof r->value);
        }
    }
}

bool knobs_read(Knobs *k, Feed *f) {
    const char *source = feed_section(f, "scenario", NULL);
    *k = (Knobs){.fresh = true};
    if (source == NULL) return false;
    add_option(k, f, "procs", "");
    add_option(k, f, "seed", "");
    add_option(k, f, "go", "");
    add_option(k, f, "collector", "moving");
    add_own(k, source);
    take_settings(k, f);
    return true;
}

/* ---------------------------------------------------------------- changing one */

void knobs_move(Knobs *k, int rows) {
    size_t n = k->count;
    k->chosen = rows < 0 ? (k->chosen + n - 1) % n : (k->chosen + 1) % n;
    k->fresh = true;
    k->words[0] = '\0';
}

/* The last run of digits in it, one more or one less: 4, 1.26, 25us. */
static void turn_number(char *value, size_t size, int direction) {
    size_t n = strlen(value), end = n;
    while (end > 0 && !isdigit((unsigned char)value[end - 1])) end--;
    size_t from = end;
    while (from > 0 && isdigit((unsigned char)value[from - 1])) from--;
    if (from == end || end - from > 15) return;
    char tail[KNOB_TEXT_MAX];
    snprintf(tail, sizeof tail, "%s", value + end);
    unsigned long long number = strtoull(value + from, NULL, 10);
    if (direction > 0) number++;
    else if (number > 0) number--;
    snprintf(value + from, size - from, "%llu%s", number, tail);
}

void knobs_turn(Knobs *k, int direction) {
    static const char *const pairs[][2] = {{"moving", "go"}, {"true", "false"}};
    char *value = k->row[k->chosen].value;
    k->fresh = true;
    k->words[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        for (int side = 0; side < 2; side++) {
            if (strcmp(value, pairs[i][side]) != 0) continue;
            snprintf(value, KNOB_TEXT_MAX, "%s", pairs[i][1 - side]);
            return;
        }
    }
    turn_number(value, KNOB_TEXT_MAX, direction);
}

void knobs_type(Knobs *k, const char *text) {
    char *value = k->row[k->chosen].value;
    if (k->fresh) value[0] = '\0';
    k->fresh = false;
    k->words[0] = '\0';
    typed_add(value, KNOB_TEXT_MAX, text);
}

void knobs_back(Knobs *k) {
    k->fresh = false;
    typed_back(k->row[k->chosen].value);
}

size_t knobs_changed(const Knobs *k, char text[KNOB_ROWS_MAX][80]) {
    size_t n = 0;
    for (size_t i = 0; i < k->count; i++) {
        const KnobRow *r = &k->row[i];
        if (strcmp(r->was, r->value) != 0) snprintf(text[n++], sizeof *text, "%s=%s", r->name, r->value);
    }
    return n;
}
