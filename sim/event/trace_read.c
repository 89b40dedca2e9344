/* trace_read.c -- a finished, growing, cut or damaged file, read as far as it is good.
 *
 * Opening reads the file once, checks every block before its first byte is believed, and keeps where
 * the blocks are, the sections and the strings; the first bad block ends the trace. Events and checkpoints
 * are read again when somebody comes near them.
 */
#include "trace_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    off_t at; /* of the payload */
    uint32_t type, len, count;
    uint64_t first_seq, base_ns, last_ns;
} Entry;

typedef struct {
    char *name;
    char *data; /* NUL-terminated */
    size_t len;
} Section;

struct Trace {
    int fd;
    char *path;
    off_t end; /* of the last good block */
    TraceState state;
    char why[256];
    Intern *text;
    Intern *options; /* values handed out by trace_option */
    EventTable table;
    Section *section;
    size_t section_count, section_cap;
    Entry *block; /* EVENTS and MODEL, in order */
    size_t block_count, block_cap;
    uint64_t last_seq, last_ns;
};

static bool read_at(int fd, off_t at, void *out, size_t len) {
    uint8_t *p = out;
    while (len > 0) {
        ssize_t n = pread(fd, p, len, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        p += n;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static void set_state(Trace *t, TraceState state, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void set_state(Trace *t, TraceState state, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->why, sizeof t->why, fmt, ap);
    va_end(ap);
    t->state = state;
}

/* ---- the table of the file ---- */

static int our_arg(EventKind kind, const char *name, size_t len) {
    for (int i = 0; kind < EV_COUNT && i < event_spec[kind].arg_count; i++) {
        const char *n = event_spec[kind].arg[i].name;
        if (strlen(n) == len && memcmp(n, name, len) == 0) return i;
    }
    return EVENT_ARGS_MAX;
}

static bool kind_of(const char *name, size_t len, Kind *kind) {
    for (int k = 0; k < KIND_COUNT_; k++) {
        if (strlen(kind_name[k]) == len && memcmp(kind_name[k], name, len) == 0) {
            *kind = (Kind)k;
            return true;
        }
    }
    return false;
}

/* One line "NAME key group ink arg:KIND ...". */
static bool parse_row(EventTable *t, char *line) {
    if (t->count == EVENT_TABLE_MAX) return false;
    char *save, *word = strtok_r(line, " ", &save);
    if (word == NULL) return false;
    EventKind ours = event_kind_by_name(word);
    t->row[t->count].ours = (uint8_t)ours;
    for (int i = 0; i < 3; i++) {
        if (strtok_r(NULL, " ", &save) == NULL) return false;
    }
    uint8_t n = 0;
    while ((word = strtok_r(NULL, " ", &save)) != NULL) {
        char *colon = strchr(word, ':');
        Kind kind;
        if (colon == NULL || n == EVENT_ARGS_MAX) return false;
        if (!kind_of(colon + 1, strlen(colon + 1), &kind)) return false;
        t->row[t->count].is_id[n] = kind_is_id[kind];
        t->row[t->count].to[n] = (uint8_t)our_arg(ours, word, (size_t)(colon - word));
        n++;
    }
    t->row[t->count].arg_count = n;
    event_row_compare(&t->row[t->count++]);
    return true;
}

static bool parse_table(Trace *t) {
    const char *text = trace_get(t, SECTION_TABLE, NULL);
    if (text == NULL) return false;
    char *copy = mem_text(text), *save;
    bool ok = true;
    for (char *line = strtok_r(copy, "\n", &save); ok && line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        if (line[0] != '\t') ok = parse_row(&t->table, line);
    }
    free(copy);
    return ok && t->table.count > 0;
}

/* ---- blocks ---- */

static bool add_section(Trace *t, const uint8_t *payload, size_t len) {
    uint64_t n;
    const uint8_t *name = varint_get(payload, payload + len, &n);
    if (name == NULL || n > (uint64_t)(payload + len - name)) return false;
    GROW(t->section, t->section_cap, t->section_count + 1);
    Section *s = &t->section[t->section_count++];
    s->len = len - (size_t)(name + n - payload);
    s->name = mem_zero(n + 1, 1);
    memcpy(s->name, name, n);
    s->data = mem_zero(s->len + 1, 1);
    memcpy(s->data, name + n, s->len);
    return true;
}

static bool add_strings(Trace *t, const uint8_t *payload, size_t len, uint32_t count) {
    const uint8_t *p = payload, *end = payload + len;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n;
        if ((p = varint_get(p, end, &n)) == NULL || n > (uint64_t)(end - p)) return false;
        uint64_t before = intern_count(t->text);
        if (intern_id_n(t->text, (const char *)p, n) != before) return false; /* each string once */
        p += n;
    }
    return p == end;
}

static bool take_block(Trace *t, const BlockHeader *h, off_t at, const uint8_t *payload) {
    switch ((BlockType)h->type) {
    case BLOCK_SECTION:
    case BLOCK_ASIDE:
        return add_section(t, payload, h->len) && (t->table.count > 0 || parse_table(t));
    case BLOCK_TEXT: return add_strings(t, payload, h->len, h->count);
    case BLOCK_EVENTS:
        if (h->first_seq != t->last_seq + 1 || h->base_ns != t->last_ns ||
            h->last_ns < h->base_ns || h->count == 0)
            return false;
        t->last_seq += h->count;
        t->last_ns = h->last_ns;
        break;
    case BLOCK_MODEL: break;
    case BLOCK_END: t->state = TRACE_COMPLETE; return true;
    default: return true; /* from a newer program */
    }
    GROW(t->block, t->block_cap, t->block_count + 1);
    t->block[t->block_count++] =
        (Entry){at, h->type, h->len, h->count, h->first_seq, h->base_ns, h->last_ns};
    return true;
}

/* Reads on from t->end. True if anything was added. Each block is checked now: that costs one read of
 * the file, at several GB/s. */
static bool read_blocks(Trace *t) {
    bool grew = false;
    Bytes buf = {0};
    off_t size = lseek(t->fd, 0, SEEK_END);
    while (t->state == TRACE_OPEN) {
        uint8_t head[TRACE_HEADER_BYTES];
        if (t->end == size) {
            set_state(
                t, TRACE_OPEN,
                "the trace has no end mark after byte %lld: the run was stopped, or is still going",
                (long long)t->end);
            break;
        }
        if (size - t->end < TRACE_HEADER_BYTES || !read_at(t->fd, t->end, head, sizeof head)) {
            set_state(t, TRACE_OPEN, "the trace is cut at byte %lld, inside a block's header",
                      (long long)size);
            break;
        }
        BlockHeader h = header_get(head);
        if (h.magic != TRACE_BLOCK_MAGIC || h.len > TRACE_PAYLOAD_MAX) {
            set_state(t, TRACE_DAMAGED, "the trace is damaged at byte %lld: no block begins there",
                      (long long)t->end);
            break;
        }
        off_t at = t->end + TRACE_HEADER_BYTES;
        if ((off_t)h.len > size - at) {
            set_state(t, TRACE_OPEN,
                      "the trace is cut at byte %lld, inside the block that begins at byte %lld",
                      (long long)size, (long long)t->end);
            break;
        }
        GROW(buf.data, buf.cap, (size_t)h.len + 1);
        if (!read_at(t->fd, at, buf.data, h.len) ||
            block_checksum(head, buf.data, h.len) != h.checksum) {
            set_state(t, TRACE_DAMAGED,
                      "the trace is damaged in the block that begins at byte %lld: its checksum "
                      "does not fit",
                      (long long)t->end);
            break;
        }
        if (!take_block(t, &h, at, buf.data)) {
            set_state(t, TRACE_DAMAGED,
                      "the trace is damaged: the block at byte %lld does not fit the ones before",
                      (long long)t->end);
            break;
        }
        t->end = at + h.len;
        grew = true;
        if (t->state == TRACE_COMPLETE) t->why[0] = '\0';
    }
    if (t->state == TRACE_COMPLETE && t->end != size) {
        set_state(t, TRACE_DAMAGED, "%lld bytes follow the trace's end mark at byte %lld",
                  (long long)(size - t->end), (long long)t->end);
    }
    bytes_free(&buf);
    return grew;
}

static bool begins_as_go(int fd) {
    char go[5] = "";
    return read_at(fd, 0, go, sizeof go) && memcmp(go, "go 1.", sizeof go) == 0;
}

bool trace_is_of_go(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* of a pipe, too, nobody waits */
    if (fd < 0) return false;
    bool is = begins_as_go(fd);
    close(fd);
    return is;
}

bool trace_open(Trace **out, const char *path, Diag *d) {
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return diag_fail(d, EXIT_WORLD, "cannot read %s: %s", path, strerror(errno));
    char magic[TRACE_MAGIC_BYTES];
    if (!read_at(fd, 0, magic, sizeof magic) || memcmp(magic, TRACE_MAGIC, sizeof magic) != 0) {
        bool of_go = begins_as_go(fd);
        close(fd);
        if (of_go) {
            diag_fail(d, EXIT_WORLD, "%s is a trace that a Go program has written", path);
            return diag_remedy(d, "Make it one of ours: faultline import %s --out FILE", path);
        }
        diag_fail(d, EXIT_WORLD, "%s is not a faultline trace: it does not begin with %s", path,
                  TRACE_MAGIC);
        return diag_remedy(d, "A trace is what `faultline run SCENARIO --out FILE` writes.");
    }
    Trace *t = mem_zero(1, sizeof *t);
    t->fd = fd;
    t->path = mem_text(path);
    t->text = intern_new();
    t->options = intern_new();
    t->end = TRACE_MAGIC_BYTES;
    t->state = TRACE_OPEN;
    read_blocks(t);
    if (t->table.count == 0) {
        diag_fail(d, EXIT_WORLD, "%s: %s; nothing of it can be shown", path, t->why);
        trace_close(t);
        return false;
    }
    *out = t;
    return true;
}

void trace_close(Trace *t) {
    if (t == NULL) return;
    close(t->fd);
    for (size_t i = 0; i < t->section_count; i++) {
        free(t->section[i].name);
        free(t->section[i].data);
    }
    free(t->section);
    free(t->block);
    intern_free(t->text);
    intern_free(t->options);
    free(t->path);
    free(t);
}

bool trace_poll(Trace *t) { return t->state == TRACE_OPEN && read_blocks(t); }

TraceState trace_state(const Trace *t) { return t->state; }
const char *trace_state_text(const Trace *t) { return t->why; }
const char *trace_path(const Trace *t) { return t->path; }
uint64_t trace_event_count(const Trace *t) { return t->last_seq; }
uint64_t trace_last_ns(const Trace *t) { return t->last_ns; }
const Intern *trace_text(const Trace *t) { return t->text; }

const char *trace_get(const Trace *t, const char *name, size_t *len) {
    for (size_t i = 0; i < t->section_count; i++) {
        if (strcmp(t->section[i].name, name) != 0) continue;
        if (len) *len = t->section[i].len;
        return t->section[i].data;
    }
    return NULL;
}

/* The i-th value of `key` there; NULL: there are no more. */
static const char *option(Trace *t, const char *key, size_t i) {
    const char *p = trace_get(t, "options", NULL);
    size_t n = strlen(key);
    for (; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, key, n) != 0 || p[n] != '=' || i-- > 0) continue;
        const char *value = p + n + 1;
        return intern_text(t->options, intern_id_n(t->options, value, strcspn(value, "\n")));
    }
    return NULL;
}

const char *trace_option(Trace *t, const char *key) {
    const char *value = option(t, key, 0);
    return value ? value : "";
}

const char *trace_setting(Trace *t, size_t i) { return option(t, "set", i); }

/* ---- cursors ---- */
struct TraceCursor {
    Trace *t;
    size_t block; /* index of the block in `bytes`, or of the next to load */
    bool loaded;
    uint8_t *bytes;
    size_t cap;
    const uint8_t *p, *end;
    uint64_t seq, previous_ns;  /* of the next event; of the one before */
    uint64_t skip_seq, skip_ns; /* events below these are passed over */
};

TraceCursor *trace_cursor(Trace *t) {
    TraceCursor *c = mem_zero(1, sizeof *c);
    c->t = t;
    return c;
}

void trace_cursor_free(TraceCursor *c) {
    if (c == NULL) return;
    free(c->bytes);
    free(c);
}

static bool load(TraceCursor *c) {
    for (; c->block < c->t->block_count && c->t->block[c->block].type != BLOCK_EVENTS; c->block++)
        continue;
    if (c->block >= c->t->block_count) return false;
    const Entry *b = &c->t->block[c->block];
    GROW(c->bytes, c->cap, (size_t)b->len + 1);
    if (!read_at(c->t->fd, b->at, c->bytes, b->len)) {
        set_state(c->t, TRACE_DAMAGED, "the trace shrank while it was read, at byte %lld",
                  (long long)b->at);
        return false;
    }
    c->p = c->bytes;
    c->end = c->bytes + b->len;
    c->seq = b->first_seq;
    c->previous_ns = b->base_ns;
    c->loaded = true;
    return true;
}

/* The first block that may hold what is wanted: by_seq, or by time. */
static void seek(TraceCursor *c, uint64_t value, bool by_seq) {
    size_t low = 0, high = c->t->block_count;
    while (low < high) { /* first block whose last event is not before it */
        size_t mid = low + (high - low) / 2;
        const Entry *b = &c->t->block[mid];
        uint64_t last =
            by_seq ? b->first_seq + (b->type == BLOCK_EVENTS ? b->count : 0) - 1 : b->last_ns;
        if (last < value) low = mid + 1;
        else high = mid;
    }
    /* ahead in the block that is being read: on from there */
    bool ahead = c->loaded && c->block == low && c->p != NULL && (by_seq ? value >= c->seq : value > c->previous_ns);
    c->block = low;
    c->loaded = ahead;
    c->skip_seq = by_seq ? value : 0;
    c->skip_ns = by_seq ? 0 : value;
}

void trace_seek_seq(TraceCursor *c, uint64_t seq) { seek(c, seq, true); }
void trace_seek_ns(TraceCursor *c, uint64_t ns) { seek(c, ns, false); }

bool trace_next(TraceCursor *c, Event *e) {
    for (;;) {
        if (!c->loaded && !load(c)) return false;
        if (c->p == c->end) {
            c->block++;
            c->loaded = false;
            continue;
        }
        e->seq = c->seq;
        c->p = event_decode(c->p, c->end, c->previous_ns, &c->t->table, e);
        if (c->p == NULL) { /* the checksum was right, so the writer was wrong */
            set_state(c->t, TRACE_DAMAGED, "the trace is damaged: event #%llu cannot be read",
                      (unsigned long long)c->seq);
            c->p = c->end;
            c->block = c->t->block_count;
            return false;
        }
        c->seq++;
        c->previous_ns = e->time_ns;
        if (e->seq >= c->skip_seq && e->time_ns >= c->skip_ns) return true;
    }
}

/* ---- the model at a moment ---- */

static Model *nearest_checkpoint(Trace *t, uint64_t seq, uint64_t ns) {
    for (size_t i = t->block_count; i-- > 0;) {
        const Entry *b = &t->block[i];
        if (b->type != BLOCK_MODEL || b->first_seq - 1 > seq || b->last_ns > ns) continue;
        uint8_t *bytes = mem_alloc((size_t)b->len + 1);
        Model *m = NULL;
        bool ok = read_at(t->fd, b->at, bytes, b->len) && model_load(&m, t->text, bytes, b->len);
        free(bytes);
        if (ok)
            return m; /* one of another version is passed over: the way is longer, that is all */
    }
    return model_new(t->text);
}

static Model *model_at(Trace *t, uint64_t seq, uint64_t ns, Diag *d) {
    Model *m = nearest_checkpoint(t, seq, ns);
    TraceCursor *c = trace_cursor(t);
    trace_seek_seq(c, m->seq + 1);
    char why[MODEL_WHY_MAX] = "";
    for (Event e; trace_next(c, &e) && e.seq <= seq && e.time_ns <= ns;) {
        if (model_apply(m, &e, why)) continue;
        diag_fail(d, EXIT_WORLD, "%s: event #%llu (%s) is impossible: %s", t->path,
                  (unsigned long long)e.seq,
                  e.kind < EV_COUNT ? event_spec[e.kind].name : "unknown", why);
        model_free(m);
        m = NULL;
        break;
    }
    trace_cursor_free(c);
    return m;
}

Model *trace_model_at_ns(Trace *t, uint64_t ns, Diag *d) { return model_at(t, UINT64_MAX, ns, d); }
Model *trace_model_at_seq(Trace *t, uint64_t seq, Diag *d) {
    return model_at(t, seq, UINT64_MAX, d);
}

/* ---- the hash ---- */

bool trace_hash(Trace *t, char out[HASH_TEXT_MAX], Diag *d) {
    ContentHash hash;
    content_hash_init(&hash);
    Bytes buf = {0};
    bool ok = true;
    for (off_t at = TRACE_MAGIC_BYTES; ok && at < t->end;) {
        uint8_t head[TRACE_HEADER_BYTES];
        ok = read_at(t->fd, at, head, sizeof head);
        BlockHeader h = header_get(head);
        if (!ok) break;
        GROW(buf.data, buf.cap, (size_t)h.len + 1);
        ok = read_at(t->fd, at + TRACE_HEADER_BYTES, buf.data, h.len);
        if (ok) content_hash_add(&hash, (BlockType)h.type, buf.data, h.len);
        at += TRACE_HEADER_BYTES + h.len;
    }
    bytes_free(&buf);
    if (!ok)
        return diag_fail(d, EXIT_WORLD, "cannot read %s: it changed while it was read", t->path);
    content_hash_text(&hash, out);
    return true;
}
