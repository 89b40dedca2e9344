/* diag.h -- an error as a value: where, what was expected, what to do.
 *
 * Functions that can fail because of a user, a file or a driver return false and fill a Diag,
 * their last parameter. The caller adds context or passes it on; only main prints and exits.
 * A Diag owns nothing: all text is inside it, so it may be copied and dropped.
 */
#ifndef FAULTLINE_DIAG_H
#define FAULTLINE_DIAG_H

#include "base.h"

typedef struct {
    int status;         /* exit status this error asks for: EXIT_SCENARIO, EXIT_WORLD, EXIT_USAGE */
    char file[256];     /* "" when there is no place */
    int line;           /* from 1; 0 = none */
    int column;         /* from 1; 0 = none */
    char message[1024]; /* one sentence, no full stop, no newline at the end */
    char remedy[1024];  /* what to do next; "" = obvious */
    char excerpt[256];  /* the line of text itself; "" = none */
} Diag;

/* Each returns false, so that a function can end with `return diag_fail(...)`. */
bool diag_fail(Diag *d, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool diag_fail_at(Diag *d, int status, const char *file, int line, int column, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Adds the remedy sentence to a filled Diag; returns false as well. */
bool diag_remedy(Diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Copies line d->line of `source` into d->excerpt, so that it can be shown under the message. */
void diag_excerpt(Diag *d, const char *source);

/* Text that others wrote (a scenario, a trace) must not steer a terminal. The next letter of `text`, as it
 * may be shown: a control character is written out (\x1b), a byte that is no UTF-8 becomes U+FFFD.
 * Returns how many bytes of `text` that was; 0 at its end. */
enum { PLAIN_LETTER_MAX = 8 };
size_t plain_letter(char out[PLAIN_LETTER_MAX], const char *text);
/* The whole text in one line: a newline and a tab are spaces. Returns buf; what is too long is cut. */
char *plain_text(char *buf, size_t size, const char *text);

/* file:line:column: error: message / the line / a caret / remedy, on `out`. */
void diag_print(const Diag *d, void *out /* FILE * */);

#endif
