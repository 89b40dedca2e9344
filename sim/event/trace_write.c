/* trace_write.c -- a run into a file, one whole block at a time.
 *
 * Each block is written with one call, so a killed run leaves whole blocks and perhaps a part of the
 * last. Every so often the world itself is written (MODEL), so that no reader has to start at the
 * beginning: as rarely as keeps those blocks below an eighth of the file.
 *
 * Errors of writing do not stop the run: the first is kept, the file is cut back to its last whole
 * block, and trace_finish reports it.
 */
#include "trace_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CHECKPOINT_BYTES_MIN = 1 << 20 };

struct TraceWriter {
    int fd; /* -1: nowhere, only the hash is wanted */
    char *path;
    off_t good; /* end of the last whole block */
    int error;  /* errno of the first failed write */
    ContentHash hash;
    bool hashes;
    const Model *model; /* borrowed, for checkpoints; NULL = none are written */
    size_t since_checkpoint, checkpoint_bytes;
    uint64_t last_seq, last_ns;
    Bytes buf;
};

void content_hash_init(ContentHash *h) {
    SHA256Init(&h->content);
    SHA256Init(&h->events);
}

void content_hash_add(ContentHash *h, BlockType type, const uint8_t *payload, size_t len) {
    if (type == BLOCK_EVENTS) SHA256Update(&h->events, payload, len);
    if (type == BLOCK_TEXT) SHA256Update(&h->content, payload, len);
    if (type == BLOCK_SECTION) {
        uint64_t n;
        const uint8_t *name = varint_get(payload, payload + len, &n);
        bool table =
            name && n == strlen(SECTION_TABLE) && len >= n && memcmp(name, SECTION_TABLE, n) == 0;
        if (!table) SHA256Update(&h->content, payload, len);
    }
}

void content_hash_text(const ContentHash *h, char out[HASH_TEXT_MAX]) {
    ContentHash copy = *h;
    uint8_t digest[2][SHA256_DIGEST_LENGTH];
    SHA256Final(digest[0], &copy.content);
    SHA256Final(digest[1], &copy.events);
    SHA256Init(&copy.content);
    SHA256Update(&copy.content, digest[0], sizeof digest);
    SHA256Final(digest[0], &copy.content);
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++) snprintf(out + 2 * i, 3, "%02x", digest[0][i]);
}

/* A block's head and what is in it, at once. */
static void write_all(TraceWriter *w, const uint8_t *head, size_t head_len, const uint8_t *p, size_t len) {
    if (w->fd < 0 || w->error) return;
    while (head_len + len > 0) {
        struct iovec part[2] = {{(void *)(uintptr_t)head, head_len}, {(void *)(uintptr_t)p, len}};
        ssize_t n = writev(w->fd, part, 2);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            w->error = n < 0 ? errno : ENOSPC;
            if (ftruncate(w->fd, w->good) != 0)
                return; /* a pipe cannot be cut back; the error stands */
            return;
        }
        size_t of_head = (size_t)n < head_len ? (size_t)n : head_len;
        head += of_head;
        head_len -= of_head;
        p += (size_t)n - of_head;
        len -= (size_t)n - of_head;
    }
    w->good = lseek(w->fd, 0, SEEK_CUR);
}

static void write_block(TraceWriter *w, BlockHeader h, const uint8_t *payload) {
    ASSERT(h.len <= TRACE_PAYLOAD_MAX);
    if (w->hashes) content_hash_add(&w->hash, (BlockType)h.type, payload, h.len);
    if (w->fd < 0) return;
    uint8_t head[TRACE_HEADER_BYTES];
    h.magic = TRACE_BLOCK_MAGIC;
    header_put(head, &h);
    h.checksum = block_checksum(head, payload, h.len);
    header_put(head, &h);
    write_all(w, head, sizeof head, payload, h.len);
}

static void write_plain(TraceWriter *w, BlockType type, const uint8_t *payload, size_t len,
                        uint32_t count) {
    write_block(w,
                (BlockHeader){.type = type,
                              .len = (uint32_t)len,
                              .count = count,
                              .first_seq = w->last_seq + 1,
                              .base_ns = w->last_ns,
                              .last_ns = w->last_ns},
                payload);
}

static void write_named(TraceWriter *w, BlockType type, const char *name, const void *data,
                        size_t len) {
    w->buf.len = 0;
    bytes_add_text(&w->buf, name, strlen(name));
    bytes_add(&w->buf, data, len);
    write_plain(w, type, w->buf.data, w->buf.len, 1);
}

/* NAME key group ink arg:KIND ... / the sentence on the line below. */
static void write_table(TraceWriter *w) {
    Bytes t = {0};
    char line[512];
    for (int k = 0; k < EV_COUNT; k++) {
        const EventSpec *spec = &event_spec[k];
        int n = snprintf(line, sizeof line, "%s %s %s %s", spec->name, spec->key,
                         group_name[spec->group], ink_name[spec->ink]);
        for (int i = 0; i < spec->arg_count; i++) {
            n += snprintf(line + n, sizeof line - (size_t)n, " %s:%s", spec->arg[i].name,
                          kind_name[spec->arg[i].kind]);
        }
        bytes_add(&t, line, (size_t)n);
        n = snprintf(line, sizeof line, "\n\t%s\n", spec->doc);
        bytes_add(&t, line, (size_t)n);
    }
    trace_section(w, SECTION_TABLE, t.data, t.len);
    bytes_free(&t);
}

bool trace_create(TraceWriter **out, const char *path, bool hash, Diag *d) {
    *out = NULL;
    int fd = -1;
    if (path != NULL) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0) {
            diag_fail(d, EXIT_WORLD, "cannot write the trace %s: %s", path, strerror(errno));
            return diag_remedy(d, "Name another place with --out FILE.");
        }
    }
    TraceWriter *w = mem_zero(1, sizeof *w);
    w->fd = fd;
    w->hashes = hash;
    w->path = mem_text(path ? path : "");
    content_hash_init(&w->hash);
    write_all(w, (const uint8_t *)TRACE_MAGIC, TRACE_MAGIC_BYTES, NULL, 0);
    write_table(w);
    *out = w;
    return true;
}

void trace_put_option(Bytes *b, const char *key, const char *value) {
    bytes_add(b, key, strlen(key));
    bytes_add(b, "=", 1);
    for (; *value; value++) bytes_add(b, *value == '\n' ? " " : value, 1);
    bytes_add(b, "\n", 1);
}

void trace_section(TraceWriter *w, const char *name, const void *data, size_t len) {
    write_named(w, BLOCK_SECTION, name, data, len);
}

void trace_aside(TraceWriter *w, const char *name, const void *data, size_t len) {
    write_named(w, BLOCK_ASIDE, name, data, len);
}

static void write_strings(TraceWriter *w, const Block *b, const Intern *text) {
    if (b->text_from == b->text_to) return;
    w->buf.len = 0;
    for (uint64_t id = b->text_from; id < b->text_to; id++) {
        const char *s = intern_text(text, id);
        bytes_add_text(&w->buf, s, strlen(s));
    }
    write_plain(w, BLOCK_TEXT, w->buf.data, w->buf.len, (uint32_t)(b->text_to - b->text_from));
}

/* The model has seen all blocks but the one that is coming: a good moment to write it down. */
static void write_checkpoint(TraceWriter *w) {
    if (w->model == NULL || w->since_checkpoint < CHECKPOINT_BYTES_MIN ||
        w->since_checkpoint < 8 * w->checkpoint_bytes)
        return;
    ASSERT(w->model->seq == w->last_seq);
    w->buf.len = 0;
    model_save(w->model, &w->buf);
    write_plain(w, BLOCK_MODEL, w->buf.data, w->buf.len, 1);
    w->checkpoint_bytes = w->buf.len;
    w->since_checkpoint = 0;
}

void trace_sink(void *writer, const Block *b, const Intern *text) {
    TraceWriter *w = writer;
    write_checkpoint(w);
    write_strings(w, b, text);
    write_block(w,
                (BlockHeader){.type = BLOCK_EVENTS,
                              .len = b->len,
                              .count = b->count,
                              .first_seq = b->first_seq,
                              .base_ns = b->base_ns,
                              .last_ns = b->last_ns},
                b->bytes);
    w->last_seq = b->first_seq + b->count - 1;
    w->last_ns = b->last_ns;
    w->since_checkpoint += b->len;
}

void trace_follow(TraceWriter *w, const Model *m) { w->model = m; }

void trace_writer_hash(const TraceWriter *w, char out[HASH_TEXT_MAX]) {
    ASSERT(w->hashes);
    content_hash_text(&w->hash, out);
}

bool trace_finish(TraceWriter *w, Diag *d) {
    write_plain(w, BLOCK_END, NULL, 0, 0);
    if (w->fd >= 0 && close(w->fd) != 0 && w->error == 0) w->error = errno;
    bool ok = w->error == 0;
    if (!ok) {
        diag_fail(d, EXIT_WORLD,
                  "cannot write the trace %s: %s; it ends at byte %lld, after its last whole block",
                  w->path, strerror(w->error), (long long)w->good);
        diag_remedy(d, w->error == ENOSPC
                           ? "Free some space, or name another place with --out FILE."
                           : "Name another place with --out FILE.");
    }
    bytes_free(&w->buf);
    free(w->path);
    free(w);
    return ok;
}
