/* perfetto_reader.c -- see perfetto_reader.h. Field numbers are Perfetto's, written down a second time on purpose. */
#include "perfetto_reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool bad(Seen *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool bad(Seen *s, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    if (s->bad[0] == '\0') {
        int n = snprintf(s->bad, sizeof s->bad, "packet %" PRIu64 ": ", s->packets);
        vsnprintf(s->bad + n, sizeof s->bad - (size_t)n, fmt, ap);
    }
    va_end(ap);
    return false;
}
#define WANT(cond, ...)                                                                            \
    do {                                                                                           \
        if (!(cond)) return bad(s, __VA_ARGS__);                                                   \
    } while (0)

/* ---- protobuf ---- */

typedef struct {
    const uint8_t *at, *end;
} Span;
typedef struct {
    uint64_t number, wire, value; /* value: of wire types 0 and 1 */
    Span in;                      /* of wire type 2 */
} Field;

/* False at the end, and where the bytes are none; then `at` is not `end`. */
static bool next_field(Span *m, Field *f) {
    const uint8_t *p = m->at;
    uint64_t len;
    if (p == m->end || (p = varint_get(p, m->end, &f->number)) == NULL) return false;
    f->wire = f->number & 7;
    f->number >>= 3;
    if (f->wire == 0) {
        if ((p = varint_get(p, m->end, &f->value)) == NULL) return false;
    } else if (f->wire == 1) {
        if (m->end - p < 8) return false;
        f->value = u64_get(p);
        p += 8;
    } else {
        if (f->wire != 2 || (p = varint_get(p, m->end, &len)) == NULL || len > (uint64_t)(m->end - p)) return false;
        f->in = (Span){p, p + len};
        p += len;
    }
    m->at = p;
    return true;
}

static char *text_of(Span in) {
    size_t len = (size_t)(in.end - in.at);
    char *text = mem_zero(1, len + 1);
    memcpy(text, in.at, len);
    return text;
}

/* ---- interned names ---- */

static bool intern_entry(Seen *s, Span m, char ***list, size_t *cap) {
    uint64_t iid = 0;
    char *text = NULL;
    for (Field f; next_field(&m, &f);) {
        if (f.number == 1 && f.wire == 0) iid = f.value;
        else if (f.number == 2 && f.wire == 2 && text == NULL) text = text_of(f.in);
        else bad(s, "an interned entry has a field %" PRIu64, f.number);
    }
    if (iid == 0 || iid > 1u << 24 || text == NULL) {
        free(text);
        return bad(s, "an interned entry without number or text");
    }
    GROW(*list, *cap, iid + 1);
    bool twice = (*list)[iid] != NULL;
    free((*list)[iid]);
    (*list)[iid] = text;
    WANT(!twice, "interned number %" PRIu64 " is given twice", iid);
    return m.at == m.end;
}

static bool interned(Seen *s, Span m) {
    Field f;
    while (next_field(&m, &f)) {
        WANT(f.wire == 2 && (f.number == 2 || f.number == 3), "interned data has a field %" PRIu64, f.number);
        bool names = f.number == 2;
        if (!intern_entry(s, f.in, names ? &s->name : &s->key, names ? &s->name_cap : &s->key_cap)) return false;
    }
    WANT(m.at == m.end, "interned data is cut");
    return true;
}

/* ---- tracks ---- */

static bool unit_of(Seen *s, Span m, uint64_t *unit) {
    Field f;
    WANT(next_field(&m, &f) && f.number == 3 && f.wire == 0 && m.at == m.end, "a counter without a unit");
    WANT(f.value == 2 || f.value == 3, "a counter's unit is %" PRIu64, f.value);
    *unit = f.value;
    return true;
}

static size_t track_of(const Seen *s, uint64_t uuid) {
    uint32_t i = idmap_get(&s->track_by_uuid, uuid);
    return i == IDMAP_NONE ? NO_TRACK : i;
}

static bool track(Seen *s, Span m) {
    uint64_t parent = 0;
    GROW(s->track, s->track_cap, s->track_count + 1);
    SeenTrack *t = &s->track[s->track_count++];
    *t = (SeenTrack){.parent = NO_TRACK};
    Field f;
    while (next_field(&m, &f)) {
        switch (f.number << 2 | f.wire) {
        case 1 << 2: t->uuid = f.value; break;
        case 2 << 2 | 2:
            free(t->name);
            t->name = text_of(f.in);
            break;
        case 5 << 2: parent = f.value; break;
        case 8 << 2 | 2:
            if (!unit_of(s, f.in, &t->unit)) return false;
            break;
        case 11 << 2: WANT(f.value == 3, "order of children is %" PRIu64, f.value); break;
        case 12 << 2: WANT(f.value <= INT32_MAX, "rank %" PRIu64, f.value); break;
        case 15 << 2: WANT(f.value == 2, "merged like %" PRIu64, f.value); break;
        default: return bad(s, "a track has a field %" PRIu64, f.number);
        }
    }
    WANT(m.at == m.end, "a track is cut");
    WANT(t->uuid != 0 && t->name != NULL && t->name[0], "a track without number or name");
    WANT(track_of(s, t->uuid) == NO_TRACK, "track %s is declared twice", t->name);
    if (parent) t->parent = track_of(s, parent);
    WANT(parent == 0 || t->parent != NO_TRACK, "track %s has an unknown parent", t->name);
    idmap_put(&s->track_by_uuid, t->uuid, (uint32_t)(s->track_count - 1));
    return true;
}

/* ---- events ---- */

typedef struct {
    uint64_t type, track, name, value, flow, ends;
    char *plain; /* a name that stands in the event itself */
    bool has_value;
    Bytes annotations; /* " key=value" ... */
} Parsed;

static void add_text(Bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_text(Bytes *b, const char *fmt, ...) {
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    bytes_add(b, text, strlen(text));
}

static bool annotation(Seen *s, Span m, Bytes *out) {
    Field f;
    WANT(next_field(&m, &f) && f.number == 1 && f.wire == 0, "an annotation without a key");
    WANT(f.value < s->key_cap && s->key[f.value], "key %" PRIu64 " is not declared", f.value);
    const char *key = s->key[f.value];
    WANT(next_field(&m, &f) && m.at == m.end, "an annotation is not a key and a value");
    if (f.number == 3 && f.wire == 0) {
        add_text(out, " %s=%" PRIu64, key, f.value);
        return true;
    }
    WANT(f.number == 6 && f.wire == 2, "an annotation has a field %" PRIu64, f.number);
    char *text = text_of(f.in);
    add_text(out, " %s=\"%s\"", key, text);
    free(text);
    return true;
}

static bool parse(Seen *s, Span m, Parsed *e) {
    Field f;
    while (next_field(&m, &f)) {
        switch (f.number << 2 | f.wire) {
        case 4 << 2 | 2:
            if (!annotation(s, f.in, &e->annotations)) return false;
            break;
        case 9 << 2: e->type = f.value; break;
        case 10 << 2: e->name = f.value; break;
        case 11 << 2: e->track = f.value; break;
        case 23 << 2 | 2:
            free(e->plain);
            e->plain = text_of(f.in);
            break;
        case 30 << 2:
            e->value = f.value;
            e->has_value = true;
            break;
        case 47 << 2 | 1: e->flow = f.value; break;
        case 48 << 2 | 1: e->ends = f.value; break;
        default: return bad(s, "an event has a field %" PRIu64, f.number);
        }
    }
    WANT(m.at == m.end, "an event is cut");
    return true;
}

static bool flows(Seen *s, const Parsed *e, size_t track) {
    if (e->flow) {
        WANT(idmap_get(&s->flow_by_id, e->flow) == IDMAP_NONE, "flow %" PRIu64 " begins twice", e->flow);
        GROW(s->flow, s->flow_cap, s->flow_count + 1);
        idmap_put(&s->flow_by_id, e->flow, (uint32_t)s->flow_count);
        s->flow[s->flow_count++] = (SeenFlow){.id = e->flow, .from = track, .to = NO_TRACK};
    }
    if (e->ends) {
        uint32_t i = idmap_get(&s->flow_by_id, e->ends);
        WANT(i != IDMAP_NONE, "flow %" PRIu64 " ends without having begun", e->ends);
        WANT(s->flow[i].to == NO_TRACK, "flow %" PRIu64 " ends twice", e->ends);
        s->flow[i].to = track;
        s->flow[i].to_slice = e->type == 1;
    }
    return true;
}

static bool happens(Seen *s, const Parsed *e, uint64_t ns) {
    size_t i = track_of(s, e->track);
    WANT(i != NO_TRACK, "track %" PRIu64 " is not declared", e->track);
    SeenTrack *t = &s->track[i];
    const char *name = e->plain;
    if (e->name) {
        WANT(e->name < s->name_cap && s->name[e->name], "name %" PRIu64 " is not declared", e->name);
        name = s->name[e->name];
    }
    WANT(ns >= t->last_ns, "time runs backwards on %s", t->name);
    WANT((e->type == 4) == (t->unit != 0), "an event of type %" PRIu64 " on %s", e->type, t->name);
    WANT((e->type == 4) == e->has_value, "a value and type %" PRIu64, e->type);
    WANT((e->type == 1 || e->type == 3) == (name != NULL && name[0]), "a name and type %" PRIu64, e->type);
    static const char *const what[] = {"", "begin", "end", "instant", "counter"};
    switch (e->type) {
    case 1:
        WANT(t->open == 0, "%s begins on %s, inside of %s", name, t->name, seen_open(s, i));
        WANT(e->name != 0, "a slice with a plain name");
        t->open = e->name + 1;
        t->slices++;
        t->running += strncmp(name, "running", 7) == 0;
        break;
    case 2:
        WANT(t->open != 0, "a slice ends on %s, and none has begun", t->name);
        t->open = 0;
        break;
    case 3: break;
    case 4: t->value = e->value; break;
    default: return bad(s, "an event of type %" PRIu64, e->type);
    }
    t->events++;
    t->last_ns = ns;
    if (s->lines && e->type == 4) add_text(s->lines, "%" PRIu64 " %s: %" PRIu64 "\n", ns, t->name, e->value);
    else if (s->lines)
        add_text(s->lines, "%" PRIu64 " %s: %s%s%s%.*s\n", ns, t->name, what[e->type], name ? " " : "", name ? name : "",
                 (int)e->annotations.len, (const char *)e->annotations.data);
    return flows(s, e, i);
}

static bool packet(Seen *s, Span m) {
    uint64_t ns = 0, sequence = 0, flags = 0;
    Span event = {0}, descriptor = {0};
    bool timed = false, uses;
    Field f;
    s->packets++;
    while (next_field(&m, &f)) {
        switch (f.number << 2 | f.wire) {
        case 8 << 2:
            ns = f.value;
            timed = true;
            break;
        case 10 << 2: sequence = f.value; break;
        case 11 << 2 | 2: event = f.in; break;
        case 12 << 2 | 2:
            if (!interned(s, f.in)) return false;
            break;
        case 13 << 2: flags = f.value; break;
        case 60 << 2 | 2: descriptor = f.in; break;
        default: return bad(s, "it has a field %" PRIu64, f.number);
        }
    }
    WANT(m.at == m.end, "it is cut");
    WANT(sequence == 1, "it is of sequence %" PRIu64, sequence);
    WANT((flags == 1) == (s->packets == 1), "its flags are %" PRIu64, flags);
    if (descriptor.at) return track(s, descriptor);
    if (event.at == NULL) return true;
    WANT(timed, "an event without a time");
    Parsed e = {0};
    bool ok = parse(s, event, &e) && happens(s, &e, ns);
    uses = e.name != 0 || e.annotations.len > 0;
    if (ok && (flags == 2) != uses) ok = bad(s, "its flags are %" PRIu64, flags);
    size_t i = track_of(s, e.track);
    bool afterwards = i != NO_TRACK && strcmp(s->track[i].name, "findings") == 0;
    if (ok && !afterwards && ns < s->last_ns) ok = bad(s, "time runs backwards");
    if (!afterwards) s->last_ns = ns;
    free(e.plain);
    bytes_free(&e.annotations);
    return ok;
}

bool seen_read(Seen *s, const uint8_t *bytes, size_t len) {
    Span m = {bytes, bytes + len};
    Field f;
    if (len == 0) return s->bad[0] == '\0';
    while (s->bad[0] == '\0' && next_field(&m, &f)) {
        WANT(f.number == 1 && f.wire == 2, "the file has a field %" PRIu64, f.number);
        packet(s, f.in);
    }
    if (s->bad[0]) return false;
    WANT(m.at == m.end, "the file ends within a packet");
    return true;
}

const char *seen_open(const Seen *s, size_t track) {
    return s->track[track].open ? s->name[s->track[track].open - 1] : "";
}

void seen_free(Seen *s) {
    for (size_t i = 0; i < s->track_count; i++) free(s->track[i].name);
    for (size_t i = 0; i < s->name_cap; i++) free(s->name[i]);
    for (size_t i = 0; i < s->key_cap; i++) free(s->key[i]);
    free(s->track);
    free(s->name);
    free(s->key);
    free(s->flow);
    idmap_free(&s->track_by_uuid);
    idmap_free(&s->flow_by_id);
    *s = (Seen){0};
}
