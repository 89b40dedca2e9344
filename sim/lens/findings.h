/* findings.h -- what went wrong in a run, with evidence: rules in findings.def, looked for as the events go by.
 *
 * Order of use: findings_begin, findings_event for each event in turn (with the model before it),
 * findings_end once, then found[0 .. count - 1] in the order of their keys, findings_free. A kind is found once;
 * how often it happened is its `times`. Of violations the first EVIDENCE_MAX of each kind are kept one by one.
 */
#ifndef FAULTLINE_FINDINGS_H
#define FAULTLINE_FINDINGS_H

#include "../event/model.h"

typedef enum {
#define FINDING(name, ...) FIND_##name,
#include "findings.def"
#undef FINDING
    FIND_COUNT
} FindingKind;

typedef enum { SEVERITY_ADVICE, SEVERITY_WARNING, SEVERITY_ERROR } Severity;
extern const char *const severity_name[];

enum { FINDING_KEY_MAX = 32, FINDING_TEXT_MAX = 400 };
typedef struct {
    char key[FINDING_KEY_MAX]; /* "thread-inflation" */
    Severity severity;
    const char *book, *rule, *right;
} FindingSpec;
const FindingSpec *finding_spec(FindingKind kind);
/* FIND_COUNT when there is no such key. */
FindingKind finding_find(const char *key);

/* The evidence: an event, and who had part in it. Absent ids are NONE; line 0 = unknown. */
typedef struct {
    FindingKind kind;
    uint64_t times;
    uint64_t time_ns, seq, line;
    uint64_t g, p, m, cmd, ctx;
    char text[FINDING_TEXT_MAX]; /* one sentence, with the figures that decided */
} Finding;

/* Where one violation happened. */
enum { EVIDENCE_MAX = 256 };
typedef struct {
    FindingKind kind;
    uint64_t time_ns, seq;
    uint64_t cmd; /* NONE: of no command */
} Evidence;
/* Memory was used that is not there any more: what the program computes may be wrong, and a picture shows it in red. */
bool finding_is_violation(FindingKind kind);

/* One goroutine kept one P: from its start there until it let go, or the P was taken. */
typedef struct {
    uint64_t g, from_ns, to_ns; /* g NONE: nobody's; to_ns NONE: not yet over */
    uint64_t line, in_c;        /* where it was at the end; in C: the P was taken from it there */
} Hold;

/* Calls of one sort: how many, what they took, and the place that most of them come from. */
typedef struct {
    uint64_t calls, ns;
    uint64_t line, votes; /* votes: so many more than of all other lines */
    uint64_t g, time_ns, seq;
} Calls;

typedef struct {
    uint64_t crossing_ns, late_ns; /* from the profile; crossing_ns NONE = unknown */
    Finding found[FIND_COUNT];
    size_t count;
    Finding seen[FIND_COUNT]; /* by kind, while the run goes on; times 0 = not yet */
    Evidence *evidence; /* in the order of events */
    size_t evidence_count, evidence_cap;
    struct {
        Hold now, last;
    } * hold; /* by P; last: the latest that is over and was too long */
    size_t hold_cap;
    uint8_t *stuck; /* by M: in C, and its P was taken */
    size_t stuck_cap;
    uint64_t stuck_count, stuck_most, stuck_line, stuck_g; /* line, g: the last */
    Calls plain, device;
    uint64_t running_ns;
    uint64_t cmds, after_wait, waited; /* device commands; those before which the host had waited */
    uint64_t working, first_start_ns, last_done_ns, work_from_ns, busy_ns, gap_most_ns;
    Finding gap; /* the longest pause */
    uint64_t longest_wait_ns, longest_call_ns;
    struct ContextWatch *contexts; /* findings_context.c; NULL: there are none */
    struct WaitWatch *waits;       /* findings_waits.h; NULL: nobody has waited, made or enqueued anything */
} Findings;

/* `profile`: the text of a trace's section of that name ("cgo_enter=14\n..."), or NULL. */
void findings_begin(Findings *f, const char *profile);
/* `before` is the model to which e is about to be applied. */
void findings_event(Findings *f, const Model *before, const Event *e);
/* No further event comes: `after` is the model after the last one. */
void findings_end(Findings *f, const Model *after);
void findings_free(Findings *f);
/* Into the order of their evidence. */
void findings_sort(Finding *x, size_t count);

#endif
