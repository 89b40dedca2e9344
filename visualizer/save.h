/* save.h -- what is in the window, as a file in the folder where the program was started. */
#ifndef FAULTLINE_SAVE_H
#define FAULTLINE_SAVE_H

#include "show.h"

typedef enum { SAVE_PNG, SAVE_SVG, SAVE_PDF, SAVE_DECK, SAVE_COUNT } SaveKind;

/* The key that is typed for it, and what it is. */
typedef struct {
    char key;
    const char *what, *ending;
} SaveSpec;
extern const SaveSpec save_spec[SAVE_COUNT];

/* Writes the view as it is shown, without what lies over it, or a deck of the run as far as it has been read. The name is made of
 * scenario, view and moment; a file that is there already is left alone, and the name goes on with -2, -3 ... Returns the name in
 * `name`; nothing is left behind where it fails. */
enum { SAVE_NAME_MAX = 160 };
bool save_view(const Show *w, SaveKind kind, char name[SAVE_NAME_MAX], Diag *d);

#endif
