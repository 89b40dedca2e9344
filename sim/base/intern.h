/* intern.h -- text to small id and back. Ids count from 0 in the order of first use. */
#ifndef FAULTLINE_INTERN_H
#define FAULTLINE_INTERN_H

#include "base.h"

typedef struct Intern Intern;

Intern *intern_new(void);
void intern_free(Intern *in);
/* The id of this text, which is copied if it is new. */
uint64_t intern_id(Intern *in, const char *text);
uint64_t intern_id_n(Intern *in, const char *text, size_t len);
/* The text of an id; "" for an unknown one (and for NONE). Valid until intern_free. */
const char *intern_text(const Intern *in, uint64_t id);
uint64_t intern_count(const Intern *in);

#endif
