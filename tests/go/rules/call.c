/* call.c -- C that calls Go, and is given a pointer. */
#include "_cgo_export.h"

void callGet(int which) { goGet(which); }
