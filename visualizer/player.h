/* player.h -- the moment that is shown, and the window of time around it.
 *
 * A moment is a time and the last event that has happened by then: several events may share one
 * time, and stepping goes through them one by one. Everything here is integers; wall time enters
 * only as an argument.
 */
#ifndef FAULTLINE_PLAYER_H
#define FAULTLINE_PLAYER_H

#include "feed.h"

enum { SPEED_MIN_NS = 10, SPEED_MAX_NS = 1000000000 }; /* of virtual time, in a second of the wall's */

typedef struct {
    uint64_t now_ns, seq; /* the world after event seq, at now_ns */
    uint64_t told_seq;    /* the event that the panel tells about */
    bool playing;
    bool predict;            /* a step forwards asks first, and goes when it is asked for again */
    uint64_t ask_seq;        /* the event that is asked about; 0 = none */
    bool follow;             /* a growing trace: stay at its end */
    uint64_t speed_ns;       /* virtual time per second of wall time */
    uint64_t own_speed_ns; /* the one that it began with: the whole run in about a minute */
    uint64_t rest;           /* what a tick left over, in ns * ns/s */
    uint64_t from_ns, to_ns; /* the window of the timeline */
} Player;

enum { WINDOW_MIN_NS = 50 };

void player_open(Player *p, Feed *f); /* at the first event, the window on the whole run */
void player_seek_ns(Player *p, Feed *f, uint64_t ns);
void player_seek_seq(Player *p, Feed *f, uint64_t seq);
/* To the end of the instant in which seq happens; the panel tells about seq. */
void player_seek_instant(Player *p, Feed *f, uint64_t seq);
void player_step(Player *p, Feed *f, int events); /* +1, -1 */
void player_step_story(Player *p, Feed *f,
                       int direction); /* to the next, previous step of the story */
/* To the next, previous event that mentions this thing. */
void player_step_thing(Player *p, Feed *f, int direction, Kind kind, uint64_t id);
/* To the evidence of the next, previous finding. */
void player_step_finding(Player *p, Feed *f, int direction);
void player_tick(Player *p, Feed *f, uint64_t wall_ns); /* time passes while playing */
void player_speed(Player *p, int steps);                /* each step doubles or halves */

/* The window: `factor_hundredths` of its span, with the time `at_ns` kept where it is. */
void player_zoom(Player *p, const Feed *f, unsigned factor_hundredths, uint64_t at_ns);
void player_pan(Player *p, const Feed *f, int64_t ns);
void player_fit(Player *p, const Feed *f);
void player_span(Player *p, const Feed *f, uint64_t span_ns); /* this much, around now */
void player_show(Player *p, const Feed *f, uint64_t from_ns, uint64_t to_ns); /* this, and a little on both sides */
/* All events that mention it; false: there are none. */
bool player_fit_thing(Player *p, Feed *f, Kind kind, uint64_t id);
void player_near(Player *p, Feed *f); /* a span in which the events around now can be told apart */

#endif
