/* browser.h -- a real browser, without a window, driven through a pipe as its own developer tools do it.
 *
 * What a page complains of (an exception, a message on its console, something that its policy forbids) and what it asks the
 * network for is kept, and is for the test to judge.
 */
#ifndef FAULTLINE_TESTS_BROWSER_H
#define FAULTLINE_TESTS_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Browser Browser;

/* The program that would be started; NULL = there is none here. */
const char *browser_name(void);
/* Starts it with an empty page; NULL if it does not come up. */
Browser *browser_open(void);
void browser_close(Browser *b);

/* Shows a file, and waits until it is loaded. */
bool browser_show(Browser *b, const char *path, const char *hash);
void browser_size(Browser *b, int w, int h);
void browser_scripts(Browser *b, bool allowed); /* of the pages shown from now on */

/* Keys and clicks as a user makes them: "ArrowRight", "PageDown", " ", "Enter" ... */
void browser_key(Browser *b, const char *key, bool shift);
void browser_click(Browser *b, double x, double y);

/* What an expression comes to in the page, as text; malloced. "error: ..." if it throws. */
char *browser_value(Browser *b, const char *expression);
/* Printed as PDF: how many pages that are; 0 = it could not be. */
size_t browser_printed_pages(Browser *b);
/* The window's pixels as a PNG file, for who wants to see. */
bool browser_picture(Browser *b, const char *path);

/* All complaints and requests so far, a line each; "" = none. */
const char *browser_complaints(const Browser *b);
const char *browser_requests(const Browser *b);

#endif
