/* text.c -- events as lines of text, made from the table. */
#include "text.h"

#include "../base/diag.h"
#include "../base/units.h"
#include "place.h"

#include <stdio.h>
#include <string.h>

static void add(char *buf, const char *s) {
    size_t n = strlen(buf), room = EVENT_TEXT_MAX - 1 - n;
    size_t len = strlen(s);
    if (len > room) len = room;
    memcpy(buf + n, s, len);
    buf[n + len] = '\0';
}

static void add_quoted(char *buf, const char *s) {
    enum { LETTERS_MAX = 192 };
    char out[LETTERS_MAX + PLAIN_LETTER_MAX + 8] = "\"", letter[PLAIN_LETTER_MAX];
    size_t len = 1;
    for (size_t n; len < LETTERS_MAX && (n = plain_letter(letter, s)) > 0; s += n) {
        if (*s == '"' || *s == '\\') snprintf(letter, sizeof letter, "\\%c", *s);
        if (*s == '\n') memcpy(letter, "\\n", 3);
        if (*s == '\t') memcpy(letter, "\\t", 3);
        memcpy(out + len, letter, strlen(letter));
        len += strlen(letter);
    }
    snprintf(out + len, sizeof out - len, "%s\"", *s ? "..." : "");
    add(buf, out);
}

static void add_value(char *buf, Kind kind, uint64_t v, const Intern *text) {
    char num[TIME_TEXT_MAX + 8];
    if (kind == KIND_STR && v != NONE) {
        add_quoted(buf, intern_text(text, v));
        return;
    }
    if (kind == KIND_LINE && place_is_stack(v)) {
        char place[PLACE_TEXT_MAX];
        add(buf, place_text(place, text, v));
        return;
    }
    if (v == NONE) {
        snprintf(num, sizeof num, "-");
    } else if (kind == KIND_NS) {
        time_text(num, sizeof num, v);
    } else if (kind == KIND_FLAG) {
        snprintf(num, sizeof num, "%s", v ? "yes" : "no");
    } else if (kind == KIND_ADDR) {
        snprintf(num, sizeof num, "0x%llx", (unsigned long long)v);
    } else {
        snprintf(num, sizeof num, "%s%llu", kind_letter[kind], (unsigned long long)v);
    }
    add(buf, num);
}

static void add_event(char *buf, const Event *e, const Intern *text) {
    if (e->kind >= EV_COUNT) {
        add(buf, "UNKNOWN");
        return;
    }
    const EventSpec *spec = &event_spec[e->kind];
    add(buf, spec->name);
    for (int i = 0; i < spec->arg_count; i++) {
        add(buf, " ");
        add(buf, spec->arg[i].name);
        add(buf, "=");
        add_value(buf, spec->arg[i].kind, e->arg[i], text);
    }
}

char *event_text_short(char *buf, const Event *e, const Intern *text) {
    buf[0] = '\0';
    add_event(buf, e, text);
    return buf;
}

char *event_text(char *buf, const Event *e, const Intern *text) {
    char time[TIME_TEXT_MAX];
    time_text(time, sizeof time, e->time_ns);
    int n = snprintf(buf, EVENT_TEXT_MAX, "%-12s #%llu ", time, (unsigned long long)e->seq);
    if (e->cause)
        snprintf(buf + n, EVENT_TEXT_MAX - (size_t)n, "<%llu ", (unsigned long long)e->cause);
    add_event(buf, e, text);
    return buf;
}
