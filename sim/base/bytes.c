/* bytes.c -- the growing half of bytes.h. */
#include "bytes.h"

#include <stdlib.h>

void bytes_add(Bytes *b, const void *data, size_t len) {
    GROW(b->data, b->cap, b->len + len);
    if (len > 0) memcpy(b->data + b->len, data, len);
    b->len += len;
}

void bytes_add_varint(Bytes *b, uint64_t v) {
    uint8_t buf[VARINT_MAX];
    bytes_add(b, buf, (size_t)(varint_put(buf, v) - buf));
}

void bytes_add_text(Bytes *b, const char *text, size_t len) {
    bytes_add_varint(b, len);
    bytes_add(b, text, len);
}

void bytes_free(Bytes *b) {
    free(b->data);
    *b = (Bytes){0};
}
