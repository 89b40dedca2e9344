/* library.h -- the scenarios that can be chosen: their titles and sections, read from their text.
 *
 * Nothing is run for it: a line title = "..." and a line book = "..." say enough. Files that have no title are left out.
 */
#ifndef FAULTLINE_LIBRARY_H
#define FAULTLINE_LIBRARY_H

#include "../sim/base/base.h"

typedef struct {
    char *path;
    char title[96], book[16], file[64]; /* file: without folder and ending */
    bool field;                         /* a case from the field: of the museum */
} LibraryRow;

typedef struct {
    LibraryRow *row; /* by section, then by file; cases from the field last */
    size_t count, cap;
} Library;

/* Of a folder with scenarios, and of its folder museum. Nothing there: an empty one. */
void library_read(Library *l, const char *folder);
/* Where this program's own scenarios lie, with a slash at the end; "" when there are none. Returns buf. */
const char *library_folder(char *buf, size_t size);
void library_free(Library *l);
/* The first bytes of a file, at most so many, as a text to be freed; NULL: it cannot be read. */
char *library_text(const char *path, size_t most);
/* Does its title, file or section hold this text? Capitals do not matter. */
bool library_matches(const LibraryRow *r, const char *text);

#endif
