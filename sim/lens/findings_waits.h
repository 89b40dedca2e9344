/* findings_waits.h -- what the rules about waiting remember; nobody but findings_stuck.c and findings_pressure.c includes it. */
#ifndef FAULTLINE_FINDINGS_WAITS_H
#define FAULTLINE_FINDINGS_WAITS_H

#include "findings_parts.h"
#include "partners.h"

/* Something that things come to, and leave: since none was there. */
typedef struct {
    uint64_t there, left;
    uint64_t most; /* there at once, since then */
} Crowd;

/* Goroutines, by the go statement that makes them. */
typedef struct {
    uint64_t line, made, ended;
    uint64_t stuck, g; /* imported, at the end: how many wait, and the first of them */
    Crowd crowd;
} Birthplace;

/* What a goroutine has asked for and not given back, and since when it waits to send. */
typedef struct {
    uint64_t since_ns, chan; /* chan NONE: it does not wait to send */
    uint64_t line;
    uint64_t bytes, pieces; /* of C's and the device's memory */
    uint64_t pins, cmds;
} Load;

typedef struct {
    uint64_t g, bytes; /* g NONE: nobody's, or given back */
} Piece;

struct WaitWatch {
    Partners partners;
    Birthplace *place;
    size_t place_count, place_cap;
    IdMap place_by_line;
    Load *load; /* by goroutine */
    size_t load_cap;
    Piece *piece; /* by object */
    size_t piece_cap;
    Crowd *queue; /* commands, by device queue */
    size_t queue_cap;
    uint64_t pressed_ns, pressed_most_ns, pressed; /* waits to send that others had to wait for: in all, the worst, how many */
};

struct WaitWatch *findings_waits(Findings *f);
/* NULL: of this line nothing is known, or nothing to know. */
Birthplace *findings_birthplace(Findings *f, uint64_t line);

#endif
