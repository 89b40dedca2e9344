/* bytes.h -- bounded reading and writing of little-endian words and varints.
 *
 * A varint is LEB128: seven bits a byte, low bits first, at most VARINT_MAX bytes. Readers take
 * the end of what may be read and return NULL past it or on an over-long number; they never
 * read further. Writers need room that the caller has made sure of.
 */
#ifndef FAULTLINE_BYTES_H
#define FAULTLINE_BYTES_H

#include "base.h"

#include <string.h>

enum { VARINT_MAX = 10 };

static inline uint8_t *varint_put(uint8_t *p, uint64_t v) {
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

static inline const uint8_t *varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (p == end) return NULL;
        uint8_t b = *p++;
        if (shift == 63 && b > 1) return NULL;
        value |= (uint64_t)(b & 0x7f) << shift;
        if ((b & 0x80) == 0) {
            *v = value;
            return p;
        }
    }
    return NULL;
}

static inline void u32_put(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}
static inline void u64_put(uint8_t *p, uint64_t v) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(v >> (8 * i));
}
static inline uint32_t u32_get(const uint8_t *p) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) v |= (uint32_t)p[i] << (8 * i);
    return v;
}
static inline uint64_t u64_get(const uint8_t *p) {
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* A growing byte buffer; free with bytes_free. All zero is an empty one. */
typedef struct {
    uint8_t *data;
    size_t len;
    size_t cap;
} Bytes;

void bytes_add(Bytes *b, const void *data, size_t len);
void bytes_add_varint(Bytes *b, uint64_t v);
void bytes_add_text(Bytes *b, const char *text, size_t len); /* varint length, then the bytes */
void bytes_free(Bytes *b);

#endif
