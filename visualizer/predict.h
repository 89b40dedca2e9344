/* predict.h -- the question that a class is asked before the next event is shown. */
#ifndef FAULTLINE_PREDICT_H
#define FAULTLINE_PREDICT_H

#include "../sim/event/model.h"

enum { QUESTION_MAX = 160 };

/* Asks who does something next, and what, without saying it. `before` is the model before the event. Returns buf. */
const char *predict_question(char buf[QUESTION_MAX], const Model *before, const Event *e);

#endif
