/* trace_format.h -- what trace_write.c and trace_read.c must agree on; nobody else includes it. */
#ifndef FAULTLINE_TRACE_FORMAT_H
#define FAULTLINE_TRACE_FORMAT_H

#include "../base/bytes.h"
#include "trace.h"

#include <sha2.h>
#include <xxhash.h>

#define TRACE_MAGIC "FLTRACE1"
enum {
    TRACE_MAGIC_BYTES = 8,
    TRACE_HEADER_BYTES = 48,
    TRACE_BLOCK_MAGIC = 0x4b4c4246 /* "FBLK" */
};
enum { TRACE_PAYLOAD_MAX = 1 << 30 };

typedef enum {
    BLOCK_SECTION = 1,
    BLOCK_ASIDE,
    BLOCK_TEXT,
    BLOCK_EVENTS,
    BLOCK_MODEL,
    BLOCK_END
} BlockType;

typedef struct {
    uint32_t magic, type, len, count;
    uint64_t first_seq, base_ns, last_ns, checksum;
} BlockHeader;

static inline void header_put(uint8_t p[TRACE_HEADER_BYTES], const BlockHeader *h) {
    u32_put(p, h->magic);
    u32_put(p + 4, h->type);
    u32_put(p + 8, h->len);
    u32_put(p + 12, h->count);
    u64_put(p + 16, h->first_seq);
    u64_put(p + 24, h->base_ns);
    u64_put(p + 32, h->last_ns);
    u64_put(p + 40, h->checksum);
}
static inline BlockHeader header_get(const uint8_t p[TRACE_HEADER_BYTES]) {
    return (BlockHeader){u32_get(p),      u32_get(p + 4),  u32_get(p + 8),  u32_get(p + 12),
                         u64_get(p + 16), u64_get(p + 24), u64_get(p + 32), u64_get(p + 40)};
}
/* Over the header up to the checksum itself, then the payload. */
static inline uint64_t block_checksum(const uint8_t header[TRACE_HEADER_BYTES],
                                      const uint8_t *payload, size_t len) {
    return XXH64(payload, len, XXH64(header, TRACE_HEADER_BYTES - 8, 0));
}

/* The deterministic content: two digests, so that where a block ends does not matter. */
typedef struct {
    SHA2_CTX content; /* sections and strings */
    SHA2_CTX events;
} ContentHash;

void content_hash_init(ContentHash *h);
void content_hash_add(ContentHash *h, BlockType type, const uint8_t *payload, size_t len);
void content_hash_text(const ContentHash *h, char out[HASH_TEXT_MAX]);

/* The section with the table of events; outside the hash, since its sentences may be bettered. */
#define SECTION_TABLE "events"

#endif
