/* text.h -- one event, one line: what `faultline show` prints and what tests compare.
 *
 *   3.452ms #1204 <1203 P_RETAKE p=P1 m_from=M3 g=g7 waited=20us
 *
 * time, sequence number, cause, name, arguments in the order of the table.
 */
#ifndef FAULTLINE_TEXT_H
#define FAULTLINE_TEXT_H

#include "event.h"
#include "../base/intern.h"

enum { EVENT_TEXT_MAX = 512 };
/* Returns buf (at least EVENT_TEXT_MAX bytes); a longer string argument is cut with "...". */
char *event_text(char *buf, const Event *e, const Intern *text);
/* The part after the sequence number and cause only: name and arguments. */
char *event_text_short(char *buf, const Event *e, const Intern *text);

#endif
