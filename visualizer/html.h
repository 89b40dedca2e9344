/* html.h -- writing a page in which nothing that others wrote can be more than text. */
#ifndef FAULTLINE_HTML_H
#define FAULTLINE_HTML_H

#include "../sim/base/bytes.h"

/* Our own markup, as it is. */
void html(Bytes *b, const char *ours);
void html_form(Bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text of anybody: what would be markup, in an element or in a quoted value, is written out; so are control characters, and a
 * byte that is no UTF-8 becomes U+FFFD. */
void html_text(Bytes *b, const char *text);
void html_bytes(Bytes *b, const char *text, size_t len); /* the same for a part of one */
/* The same, with what stands between ** and ** in bold. */
void html_prose(Bytes *b, const char *text);
/* The same without these marks, for a value. */
void html_plain(Bytes *b, const char *text);

#endif
