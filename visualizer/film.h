/* film.h -- a stretch of virtual time as many pictures: numbered files, or a film.
 *
 * A film is made by ffmpeg, which gets the pixels through a pipe; without it there are still the numbered files.
 */
#ifndef FAULTLINE_FILM_H
#define FAULTLINE_FILM_H

#include "show.h"

enum { FILM_FPS = 30, FILM_PICTURES_MAX = 100000 };

typedef struct {
    const char *out; /* frames/%04d.png, .svg or .pdf, numbered from 1; or run.mp4, run.webm */
    uint64_t from_ns, to_ns, every_ns;
    uint64_t span_ns; /* what the timeline shows, moving along; 0: all of from_ns .. to_ns, standing still */
    unsigned fps;     /* of a film */
} FilmOptions;

/* Is this the name of a film (.mp4, .webm); of numbered files (with a %d or %04d in it)? */
bool film_is_film(const char *path);
bool film_is_sequence(const char *path);

/* Writes them all; on a terminal standard error shows after two seconds how far it is. */
bool film_write(Show *w, const FilmOptions *o, Diag *d);

#endif
