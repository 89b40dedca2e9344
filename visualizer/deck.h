/* deck.h -- a run as a talk: one HTML file, a moment to a slide, that needs nothing else and no network.
 *
 * Without a script it is read from top to bottom, and printed a slide to a page; with its own few lines it steps. The pictures
 * are those of the views, as vectors; they share their letters. Whatever a trace says is text there and nothing more, and
 * the page forbids every script but its own and all that would be fetched.
 */
#ifndef FAULTLINE_DECK_H
#define FAULTLINE_DECK_H

#include "show.h"
#include "slides.h"

typedef struct {
    const char *out; /* NULL: standard output */
    SlidesKind steps;
    bool view_chosen; /* the scene's view on every slide; else the one that suits the event */
    uint64_t from_ns, to_ns;
} DeckOptions;

/* Theme and view are the scene's; the rest of its settings changes. The same trace gives the same bytes. */
bool deck_write(Show *w, const DeckOptions *o, Diag *d);

/* The settings of a slide's picture: its size, and nothing around it. */
void deck_scene(Scene *s);

/* The page's own texts, line by line, NULL at the end. The digest is the script's SHA-256 as a Content-Security-Policy
 * says it. */
extern const char *const deck_style[], *const deck_script[];
extern const char deck_script_digest[];

#endif
