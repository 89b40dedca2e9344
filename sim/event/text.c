/* text.c -- events as lines of text, made from the table. */
#include "text.h"

#include "../base/units.h"

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
    char out[200], *o = out;
    *o++ = '"';
    for (; *s && o < out + sizeof out - 8; s++) {
        if (*s == '"' || *s == '\\') *o++ = '\\';
        if (*s == '\n') {
            *o++ = '\\';
            *o++ = 'n';
        } else {
            *o++ = *s;
        }
    }
    while (*s && o > out + 1 && ((unsigned char)*s & 0xc0) == 0x80)
        s--, o--; /* not inside a letter */
    if (*s) {
        memcpy(o, "...", 3);
        o += 3;
    }
    *o++ = '"';
    *o = '\0';
    add(buf, out);
}

static void add_value(char *buf, Kind kind, uint64_t v, const Intern *text) {
    char num[TIME_TEXT_MAX + 8];
    if (kind == KIND_STR && v != NONE) {
        add_quoted(buf, intern_text(text, v));
        return;
    }
    if (v == NONE) {
        snprintf(num, sizeof num, "-");
    } else if (kind == KIND_NS) {
        time_text(num, sizeof num, v);
    } else if (kind == KIND_FLAG) {
        snprintf(num, sizeof num, "%s", v ? "yes" : "no");
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
