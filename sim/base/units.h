/* units.h -- virtual time as people write it: 61us, 3.473ms, 2s. */
#ifndef FAULTLINE_UNITS_H
#define FAULTLINE_UNITS_H

#include "base.h"

/* "250ns", "61us", "61µs", "3.473ms", "2s", "1m", "1h" to nanoseconds, exactly (no floating point;
 * more digits than nanoseconds can hold are refused). False when `text` is no such time. */
bool time_parse(const char *text, uint64_t *ns);

/* The shortest exact form with a unit: 61us, 3.473ms, 2s. Returns buf. */
char *time_text(char *buf, size_t size, uint64_t ns);
enum { TIME_TEXT_MAX = 32 };

#endif
