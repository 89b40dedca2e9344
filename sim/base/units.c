/* units.c -- virtual time to text and back, in integers only. */
#include "units.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {{"ns", 1},       {"us", 1000},      {"µs", 1000},       {"μs", 1000},
             {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}};

bool time_parse(const char *text, uint64_t *ns) {
    uint64_t whole = 0, fraction = 0, scale = 1;
    const char *p = text;
    if (*p < '0' || *p > '9') return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (whole > UINT64_MAX / 20) return false;
        whole = whole * 10 + (uint64_t)(*p - '0');
    }
    if (*p == '.') {
        p++;
        if (*p < '0' || *p > '9') return false;
        for (; *p >= '0' && *p <= '9'; p++) {
            if (scale > 1000000000000u) return false;
            fraction = fraction * 10 + (uint64_t)(*p - '0');
            scale *= 10;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcmp(p, units[i].name) != 0) continue;
        uint64_t unit = units[i].ns;
        if (whole > UINT64_MAX / 2 / unit) return false;
        if (unit % scale == 0) {
            *ns = whole * unit + fraction * (unit / scale);
        } else {
            if (fraction * unit % scale != 0) return false; /* finer than a nanosecond */
            *ns = whole * unit + fraction * unit / scale;
        }
        return true;
    }
    return p == text + 1 && *p == '\0' && whole == 0 ? (*ns = 0, true) : false; /* a plain 0 */
}

char *time_text(char *buf, size_t size, uint64_t ns) {
    uint64_t unit = ns < 1000 ? 1 : ns < 1000000 ? 1000 : ns < 1000000000 ? 1000000 : 1000000000;
    const char *name = unit == 1 ? "ns" : unit == 1000 ? "us" : unit == 1000000 ? "ms" : "s";
    if (ns == 0) name = "s";
    int n = snprintf(buf, size, "%llu", (unsigned long long)(ns / unit));
    uint64_t rest = ns % unit;
    if (rest > 0) {
        char digits[10];
        int width = unit == 1000 ? 3 : unit == 1000000 ? 6 : 9;
        snprintf(digits, sizeof digits, "%0*llu", width, (unsigned long long)rest);
        for (int i = width - 1; i > 0 && digits[i] == '0'; i--) digits[i] = '\0';
        n += snprintf(buf + n, size - (size_t)n, ".%s", digits);
    }
    snprintf(buf + n, size - (size_t)n, "%s", name);
    return buf;
}
