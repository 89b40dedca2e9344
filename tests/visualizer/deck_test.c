/* deck_test.c -- a deck in a real browser: it steps, it can be read and printed without stepping, it asks the network for
 * nothing, and what a trace says stays text.
 *
 * The first part needs no browser: which slides there are, and that they are the same again.
 */
#include "../cli/command.h"
#include "browser.h"
#include "sample.h"

#include "../../sim/base/base.h"
#include "../../visualizer/deck.h"

#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- which slides */

static void make_traces(void) {
    static bool made;
    if (made) return;
    made = command_gives(0, "$F run -q --device none --out $T/slow.trace scenarios/20_3_3_slow_client_wrong.lua") &&
           command_gives(0, "$F run -q --device none --out $T/every.trace $S/everything.lua");
}

/* The slides of a deck, a line each: its number, then its event. */
static char *slides_of(const char *trace, const char *options) {
    make_traces();
    return output_of("$F export --as html %s $T/%s | sed -n 's/.*class=\"nth\">Slide \\([0-9]*\\) of .*>event \\([^<]*\\)<.*/\\1 \\2/p' | "
                     "tr -d '\xe2\x80\x89'", options, trace);
}

static size_t count_of(const char *trace, const char *options) {
    char *slides = slides_of(trace, options);
    size_t n = count_lines(slides);
    free(slides);
    return n;
}

static bool has_event(const char *slides, const char *seq) {
    char end[32];
    snprintf(end, sizeof end, " %s\n", seq);
    return strstr(slides, end) != NULL;
}

/* Each line of `events` is a slide of this deck. */
static void all_are_slides(const char *slides, char *events) {
    size_t n = 0;
    for (char *seq = strtok(events, "\n"); seq; seq = strtok(NULL, "\n"), n++) {
        bool has = has_event(slides, seq);
        if (!has) printf("\n    event %s is no slide", seq);
        CU_ASSERT(has);
    }
    CU_ASSERT(n > 0);
}

static void a_talk_is_short_and_leaves_out_no_note_and_no_finding(void) {
    char *slides = slides_of("slow.trace", ""), *again;
    CU_ASSERT_EQUAL(count_lines(slides), SLIDES_TALK_MAX);
    CU_ASSERT(has_event(slides, "1"));
    char *notes = output_of("$F show $T/slow.trace --event NOTE | sed -n 's/.* #\\([0-9]*\\) .*/\\1/p'");
    all_are_slides(slides, notes);
    char *found = output_of("$F findings --json $T/slow.trace | sed -n 's/.*\"event\":[^0-9]*\\([0-9]*\\).*/\\1/p'");
    all_are_slides(slides, found);
    again = slides_of("slow.trace", "--steps talk");
    check_text("the same choice", slides, again);
    free(slides);
    free(again);
    free(notes);
    free(found);
}

/* However many they are: then there is room for nothing else but the first moment and the last. */
static void sixty_notes_are_sixty_slides(void) {
    static const char talk[] = "scenario { title = \"Much to say\", seed = 1 }\n"
                               "main(function() for i = 1, 60 do C.call(\"f\", \"5us\") note(\"No. \" .. i) end end)\n";
    check_write(temp_path("talk.lua"), talk, sizeof talk - 1);
    command_gives(0, "$F run -q --device none --out $T/talk.trace $T/talk.lua");
    char *slides = slides_of("talk.trace", ""), *notes = output_of("$F show $T/talk.trace --event NOTE | sed -n 's/.* #\\([0-9]*\\) .*/\\1/p'");
    CU_ASSERT_EQUAL(count_lines(slides), 62);
    all_are_slides(slides, notes);
    free(slides);
    free(notes);
}

/* A program's own trace has no scenario, no source and no seed; an empty run has nothing but its beginning. */
static void any_trace_makes_a_deck(void) {
    command_gives(0, "$F import -q --out $T/imported.trace tests/traces/go/cgosleep-go1.26.trace");
    CU_ASSERT(count_of("imported.trace", "") > 5);
    sample_bare(temp_path("bare.trace"));
    CU_ASSERT_EQUAL(count_of("bare.trace", ""), 1);
    CU_ASSERT_EQUAL(count_of("bare.trace", "--steps findings --view heap --theme light"), 1);
}

static void steps_and_times_choose(void) {
    size_t notes = count_of("slow.trace", "--steps notes"), findings = count_of("slow.trace", "--steps findings"),
           story = count_of("every.trace", "--steps story"), all = count_of("every.trace", "--steps all --to 20us");
    char *events = output_of("$F show $T/every.trace --to 20us | wc -l"), *noted = output_of("$F show $T/slow.trace --event NOTE | wc -l"),
         *found = output_of("$F findings --json $T/slow.trace | grep -c '\"key\"'");
    CU_ASSERT_EQUAL(all, strtoull(events, NULL, 10));
    CU_ASSERT_EQUAL(notes, strtoull(noted, NULL, 10) + 1); /* and the first moment */
    CU_ASSERT_EQUAL(findings, strtoull(found, NULL, 10) + 1);
    CU_ASSERT(story > SLIDES_TALK_MAX && count_of("every.trace", "") == SLIDES_TALK_MAX);
    Result r = command("$F export --as html --steps all $T/slow.trace | cat; $F export --as html --steps all -o $T/all.html $T/slow.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "slides, more than 500"));
    CU_ASSERT_EQUAL(r.out[0], '\0');
    result_free(&r);
    free(events);
    free(noted);
    free(found);
}

static void the_last_slide_counts_what_was_left_out(void) {
    make_traces();
    char *all = slides_of("every.trace", "--steps story"), *talk = slides_of("every.trace", "");
    char *left = output_of("$F export --as html $T/every.trace | sed -n 's/<p>\\([0-9]*\\) further steps of the story.*/\\1/p'");
    CU_ASSERT_EQUAL(strtoull(left, NULL, 10), count_lines(all) - count_lines(talk));
    free(all);
    free(talk);
    free(left);
}

static void the_same_trace_is_the_same_deck(void) {
    make_traces();
    command_gives(0, "mkdir -p $T/there && cp $T/every.trace $T/there && cd $T/there && $F export --as html -o a.html every.trace && "
                     "LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo $F export --as html $T/every.trace | cmp - a.html");
    command_gives(0, "$F export --as html --theme light $T/every.trace >$T/l.html && ! cmp -s $T/l.html $T/there/a.html");
}

/* A trace that was cut is told as far as it goes. */
static void a_cut_trace_makes_a_deck(void) {
    make_traces();
    Result r = command("head -c $(($(wc -c <$T/slow.trace) * 2 / 3)) $T/slow.trace >$T/cut.trace; "
                       "$F export --as html -o $T/cut.html $T/cut.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cut.trace"));
    result_free(&r);
    command_gives(0, "grep -q '</html>' $T/cut.html");
}

static void the_script_is_the_one_that_the_page_allows(void) {
    uint8_t sum[SHA256_DIGEST_LENGTH];
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[64] = "sha256-";
    size_t n = strlen(text);
    SHA2_CTX h;
    SHA256Init(&h);
    SHA256Update(&h, (const uint8_t *)"\n", 1);
    for (const char *const *line = deck_script; *line; line++) {
        SHA256Update(&h, (const uint8_t *)*line, strlen(*line));
        SHA256Update(&h, (const uint8_t *)"\n", 1);
    }
    SHA256Final(sum, &h);
    for (size_t i = 0; i < sizeof sum; i += 3) { /* 32 bytes: a digit of the last group is filling */
        uint32_t bits = (uint32_t)sum[i] << 16;
        if (i + 1 < sizeof sum) bits |= (uint32_t)sum[i + 1] << 8;
        if (i + 2 < sizeof sum) bits |= sum[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) text[n++] = letters[bits >> shift & 63];
    }
    text[n - 1] = '=';
    check_text("deck_script_digest", text, deck_script_digest);
}

/* ---------------------------------------------------------------- in a browser */

static Browser *start(void) {
    if (browser_name() == NULL) {
        check_skip("no chromium-headless-shell, chromium or google-chrome");
        return NULL;
    }
    Browser *b = browser_open();
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    browser_size(b, 1280, 800);
    return b;
}

/* A page answers to a click when it comes to it: two seconds it has. */
static void is(Browser *b, const char *what, const char *expected, const char *expression) {
    char *value = browser_value(b, expression);
    for (int i = 0; i < 40 && strcmp(value, expected) != 0; i++) {
        usleep(50000);
        free(value);
        value = browser_value(b, expression);
    }
    check_text(what, expected, value);
    free(value);
}

/* The numbers of the slides that can be seen. */
static void sees(Browser *b, const char *what, const char *numbers) {
    is(b, what, numbers, "[].filter.call(document.querySelectorAll('.slide'), s => s.getClientRects().length > 0).map(s => s.id).join(' ')");
}

static void at(Browser *b, const char *what, size_t slide) {
    char number[24], where[64];
    snprintf(number, sizeof number, "%zu", slide);
    sees(b, what, number);
    snprintf(where, sizeof where, "#%zu", slide);
    is(b, what, where, "location.hash || '#1'");
}

/* It complained of nothing, and asked for nothing but the deck itself. */
static void nothing_else_happened(Browser *b, const char *path) {
    check_text("complaints of the page", "", browser_complaints(b));
    char *list = mem_text(browser_requests(b));
    for (char *url = strtok(list, "\n"); url; url = strtok(NULL, "\n")) {
        bool own = strncmp(url, "file://", 7) == 0 && strncmp(url + 7, path, strlen(path)) == 0;
        if (!own && strcmp(url, "about:blank") != 0) check_text("a request", "none", url);
    }
    free(list);
}

static const char *deck(const char *name, const char *options, const char *trace) {
    make_traces();
    CU_ASSERT_FATAL(command_gives(0, "$F export --as html %s -o $T/%s $T/%s", options, name, trace));
    return temp_path(name);
}

static void click_on(Browser *b, const char *selector, double across) {
    char expression[512];
    snprintf(expression, sizeof expression, "(r => r.left + r.width * %d / 100 + ' ' + (r.top + r.height / 2))"
             "(document.querySelector('%s').getBoundingClientRect())", (int)(across * 100), selector);
    char *place = browser_value(b, expression);
    double x = 0, y = 0;
    CU_ASSERT_EQUAL(sscanf(place, "%lf %lf", &x, &y), 2);
    browser_click(b, x, y);
    free(place);
}

static void step(Browser *b, size_t last) {
    static const struct {
        const char *key;
        bool shift;
        int by;
    } keys[] = {{"ArrowRight", false, 1}, {"PageDown", false, 1}, {" ", false, 1}, {"ArrowLeft", false, -1}, {"PageDown", false, 1},
                {"PageUp", false, -1}, {" ", true, -1}, {"ArrowLeft", false, -1}, {"ArrowLeft", false, 0} /* there is none before */};
    size_t now = 1;
    at(b, "at the beginning", 1);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        browser_key(b, keys[i].key, keys[i].shift);
        now = (size_t)((int)now + keys[i].by);
        at(b, keys[i].key, now);
    }
    browser_key(b, "End", false);
    at(b, "End", last);
    browser_key(b, "ArrowRight", false);
    at(b, "beyond the end", last);
    browser_key(b, "Home", false);
    at(b, "Home", 1);
}

static void keys_clicks_and_addresses_step(void) {
    Browser *b = start();
    if (b == NULL) return;
    const char *path = deck("deck.html", "", "every.trace");
    CU_ASSERT(browser_show(b, path, ""));
    step(b, SLIDES_TALK_MAX + 1);
    click_on(b, "#next", .5);
    at(b, "the button forwards", 2);
    click_on(b, "#back", .5);
    at(b, "the button back", 1);
    click_on(b, ".now .picture", .8);
    at(b, "the right of the picture", 2);
    click_on(b, ".now .picture", .1);
    at(b, "the left of the picture", 1);
    click_on(b, ".contents summary", .5);
    click_on(b, ".contents li:nth-child(5) a", .1);
    at(b, "a line of the contents", 5);
    is(b, "the contents are closed again", "false", "document.querySelector('.contents').open");
    CU_ASSERT(browser_show(b, path, "#7"));
    at(b, "an address", 7);
    is(b, "where it says it is", "7 / 41", "document.getElementById('where').textContent");
    CU_ASSERT(browser_show(b, path, "#900"));
    at(b, "an address behind the end", SLIDES_TALK_MAX + 1);
    CU_ASSERT(browser_show(b, path, "#%22%3E%3Cscript%3E"));
    sees(b, "an address that is none", "1");
    nothing_else_happened(b, path);
    browser_close(b);
}

/* Space on a question opens it, and does not step; who comes back is asked again. */
static void a_question_is_answered_when_asked(void) {
    Browser *b = start();
    if (b == NULL) return;
    const char *path = deck("deck.html", "", "every.trace");
    CU_ASSERT(browser_show(b, path, "#1"));
    is(b, "closed", "false", "document.querySelector('.now .ask').open");
    is(b, "its words", "What happens next?", "document.querySelector('.now .ask summary').firstChild.data");
    free(browser_value(b, "document.querySelector('.now .ask summary').focus()"));
    browser_key(b, " ", false);
    is(b, "open", "true", "document.querySelector('.now .ask').open");
    at(b, "still here", 1);
    is(b, "the answer is the next slide's headline", "true",
       "document.querySelector('.now .ask a').textContent === document.querySelector('#h2').textContent");
    click_on(b, ".now .ask a", .1);
    at(b, "where the answer leads", 2);
    browser_key(b, "ArrowLeft", false);
    is(b, "closed again", "false", "document.querySelector('.now .ask').open");
    nothing_else_happened(b, path);
    browser_close(b);
}

static void without_a_script_it_is_read_from_top_to_bottom(void) {
    Browser *b = start();
    if (b == NULL) return;
    const char *path = deck("notes.html", "--steps notes", "slow.trace");
    size_t slides = count_of("slow.trace", "--steps notes") + 1, n = 0;
    char all[256] = "";
    for (size_t i = 1; i <= slides && n + 8 < sizeof all; i++) n += (size_t)snprintf(all + n, sizeof all - n, "%s%zu", i > 1 ? " " : "", i);
    browser_scripts(b, false);
    CU_ASSERT(browser_show(b, path, ""));
    sees(b, "all slides", all);
    is(b, "no buttons that do nothing", "0", "document.querySelector('.turn').getClientRects().length");
    is(b, "in order", "true", "[...document.querySelectorAll('.slide')].every((s, i, a) => i === 0 || s.offsetTop > a[i - 1].offsetTop)");
    CU_ASSERT_EQUAL(browser_printed_pages(b), slides);
    browser_scripts(b, true);
    CU_ASSERT(browser_show(b, path, "#2"));
    CU_ASSERT_EQUAL(browser_printed_pages(b), slides); /* also from where it steps */
    browser_close(b);
}

/* On a laptop, in full HD, and on a phone: nothing is wider than the window, and on the two first the picture is seen whole. */
static void it_fits(void) {
    static const struct {
        int w, h;
        const char *claim;
    } windows[] = {{1280, 800, "laptop"}, {1920, 1080, "full HD"}, {390, 844, "phone"}, {820, 1180, "tablet"}};
    Browser *b = start();
    if (b == NULL) return;
    const char *path = deck("deck.html", "", "slow.trace");
    for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
        browser_size(b, windows[i].w, windows[i].h);
        CU_ASSERT(browser_show(b, path, ""));
        for (int n = 0; n < 12; n++) {
            is(b, windows[i].claim, "true", "document.documentElement.scrollWidth <= innerWidth");
            if (i < 2) is(b, windows[i].claim, "true",
                   "(p => p === null || p.getBoundingClientRect().bottom <= innerHeight)(document.querySelector('.now .picture svg'))");
            is(b, "no text is smaller than 12 px", "true",
               "[...document.querySelectorAll('.now .words *, .now .more *')].every(e => parseFloat(getComputedStyle(e).fontSize) >= 12)");
            browser_key(b, "PageDown", false);
        }
    }
    nothing_else_happened(b, path);
    browser_close(b);
}

/* ---------------------------------------------------------------- what others wrote */

static const char hostile[] =
    "-- </code><script>window.taken = 1</script>\n"
    "-- <img src=x onerror='window.taken = 2'> and \xe2\x80\xae backwards\n"
    "scenario { title = \"<script>window.taken = 3</script><h1>\", seed = 1 }\n"
    "local c = chan(1) -- </li></ol><script>window.taken = 5</script>\n"
    "go(\"</text><script>window.taken = 6</script>\", function() c:send('\"><svg onload=\"window.taken = 7\">') end)\n"
    "main(function()\n"
    "  note \"</h2><script>window.taken = 8</script> ** \\\" onmouseover=\\\"window.taken = 9\"\n"
    "  C.call(\"<iframe src=javascript:window.taken=10>\", \"50us\")\n"
    "  c:recv()\n"
    "end)\n";

static void what_a_trace_says_stays_text(void) {
    Browser *b = start();
    if (b == NULL) return;
    check_write(temp_path("hostile.lua"), hostile, sizeof hostile - 1);
    command_gives(0, "$F run -q --device none --out \"$T/it's <b>.trace\" $T/hostile.lua && "
                     "$F export --as html --steps story -o $T/hostile.html \"$T/it's <b>.trace\"");
    const char *path = temp_path("hostile.html");
    CU_ASSERT(browser_show(b, path, ""));
    browser_key(b, "PageDown", false);
    is(b, "nobody took over", "undefined", "window.taken");
    is(b, "one script, ours", "1", "document.scripts.length");
    is(b, "nothing else got in", "0", "document.querySelectorAll('iframe, img, object, embed, link, [onload], [onerror], [onmouseover]').length");
    is(b, "as many headings as there are slides", "true",
       "document.querySelectorAll('h2').length === document.querySelectorAll('.slide').length && document.querySelectorAll('h1').length === 1");
    is(b, "the title as it was written", "<script>window.taken = 3</script><h1>", "document.querySelector('h1').textContent");
    is(b, "the note as it was written", "true",
       "[...document.querySelectorAll('h2.note')].some(h => h.textContent.startsWith('</h2><script>window.taken = 8</script>'))");
    is(b, "the line as it was written", "true",
       "[...document.querySelectorAll('.source li')].some(l => l.textContent.includes('-- </li></ol><script>window.taken = 5'))");
    is(b, "the name as a shell wants it", "true", "document.querySelector('.same code').textContent.includes(\"'it'\\\\''s <b>.trace'\")");
    nothing_else_happened(b, path);
    browser_close(b);
}

/* If ever something got through, the page's own policy would not run it. */
static void a_foreign_script_does_not_run(void) {
    Browser *b = start();
    if (b == NULL) return;
    deck("deck.html", "", "every.trace");
    command_gives(0, "sed 's/<main>/<main><script>window.taken = 1<\\/script><img src=\"http:\\/\\/127.0.0.1:9\\/x.png\">/' $T/deck.html "
                     ">$T/broken.html");
    CU_ASSERT(browser_show(b, temp_path("broken.html"), ""));
    is(b, "it did not run", "undefined", "window.taken");
    CU_ASSERT_PTR_NOT_NULL(strstr(browser_complaints(b), "Content Security Policy"));
    browser_key(b, "PageDown", false);
    at(b, "ours does", 2);
    browser_close(b);
}

void deck_tests(void) {
    static const Check checks[] = {
        {"a talk is short, and leaves out no note and no finding", a_talk_is_short_and_leaves_out_no_note_and_no_finding},
        {"sixty notes are sixty slides", sixty_notes_are_sixty_slides},
        {"any trace makes a deck", any_trace_makes_a_deck},
        {"--steps, --from and --to choose", steps_and_times_choose},
        {"the last slide counts what was left out", the_last_slide_counts_what_was_left_out},
        {"the same trace is the same deck", the_same_trace_is_the_same_deck},
        {"a cut trace makes a deck", a_cut_trace_makes_a_deck},
        {"the script is the one that the page allows", the_script_is_the_one_that_the_page_allows},
        {"keys, clicks and addresses step", keys_clicks_and_addresses_step},
        {"a question is answered when asked", a_question_is_answered_when_asked},
        {"without a script it is read, and printed, from top to bottom", without_a_script_it_is_read_from_top_to_bottom},
        {"it fits a laptop, a large screen and a phone", it_fits},
        {"what a trace says stays text", what_a_trace_says_stays_text},
        {"a foreign script does not run", a_foreign_script_does_not_run},
        {NULL, NULL},
    };
    suite("deck", checks);
}
