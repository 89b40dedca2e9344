/* word.h -- the words of a Lua source, with their lines: what meter.c counts and liveness.c reads. */
#ifndef FAULTLINE_SCRIPT_WORD_H
#define FAULTLINE_SCRIPT_WORD_H

#include "../base/base.h"

/* A name, a number, a text, or a sign; comments are no words. */
typedef struct {
    const char *at, *end; /* equal: the source is over */
    uint32_t line;        /* in which it begins, as Lua counts */
} Word;

Word word_first(const char *source);
Word word_after(Word w);
bool word_is(Word w, const char *text);
bool word_same(Word a, Word b);
bool word_is_text(Word w); /* "...", '...', [[...]] */

#endif
