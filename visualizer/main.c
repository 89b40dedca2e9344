/* main.c -- faultline-view: a trace in a window, or one of its moments as a picture.
 *
 * This program is linked without the simulator: all it knows of a run is the trace.
 */
#include "canvas.h"
#include "keep.h"
#include "deck.h"
#include "film.h"
#include "shot.h"
#include "window.h"

#include "../sim/base/units.h"
#include "../sim/event/trace.h"

#include <argp.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *trace, *other, *at, *out, *view, *size, *span;
    const char *theme, *zoom, *why, *lanes;
    const char *steps, *from, *to, *every, *fps;
    bool shot, deck, follow, lecture, still;
    unsigned bench;
} Options;

enum {
    KEY_SHOT = 1000,
    KEY_DECK,
    KEY_STEPS,
    KEY_FROM,
    KEY_TO,
    KEY_EVERY,
    KEY_FPS,
    KEY_VIEW,
    KEY_AT,
    KEY_SIZE,
    KEY_THEME,
    KEY_FOLLOW,
    KEY_ZOOM,
    KEY_SPAN,
    KEY_LECTURE,
    KEY_WHY,
    KEY_LANES,
    KEY_BENCH,
    KEY_STILL
};

static const struct argp_option options_of_argp[] = {
    {"at", KEY_AT, "WHEN", 0,
     "the moment to begin at: 3.473ms, end, #1204 (an event), first:P_RETAKE, last:P_RETAKE; a "
     "picture shows the end if not said",
     0},
    {"theme", KEY_THEME, "NAME", 0, "dark or light", 0},
    {"span", KEY_SPAN, "TIME", 0, "how much time the timeline shows, such as 100us", 0},
    {"zoom", KEY_ZOOM, "FACTOR", 0, "size of everything, 0.8 to 1.5", 0},
    {"follow", KEY_FOLLOW, NULL, 0, "stay at the end of a trace that grows", 0},
    {"lecture", KEY_LECTURE, NULL, 0, "larger, without the panel: for the back row", 0},
    {"why", KEY_WHY, "THING", 0, "select g7, p1, m3, a channel c0 or an object o0, and say in the panel why it is as it is", 0},
    {"lanes", KEY_LANES, "WORD", 0, "in the timeline only lanes like this: worker, m, queue, g7, waiting", 0},
    {"shot", KEY_SHOT, NULL, 0, "no window: write one picture to the file of -o", 1},
    {"deck", KEY_DECK, NULL, 0, "no window: write a talk, one HTML file, to the file of -o or to standard output", 1},
    {"steps", KEY_STEPS, "WHICH", 0,
     "with --deck: talk (notes, findings, and what matters between them; this if not said), notes, findings, story or all", 1},
    {"from", KEY_FROM, "T", 0, "with --deck or --every: from this time", 1},
    {"to", KEY_TO, "T", 0, "with --deck or --every: up to this time", 1},
    {"every", KEY_EVERY, "T", 0, "with --shot: many pictures, so much virtual time apart", 1},
    {"fps", KEY_FPS, "N", 0, "with --every: so many pictures of a film in a second; 30 if not said", 1},
    {"output", 'o', "FILE", 0,
     "with --shot: FILE ends in .png, .svg or .pdf; with --every: frames/%04d.png, or a film, run.mp4 or run.webm", 1},
    {"view", KEY_VIEW, "NAME", 0, "stage, heap, channels, compare (of two traces), timeline, or picture: what the program shows", 0},
    {"size", KEY_SIZE, "WxH", 0, "with --shot: in pixels, 1600x1000 if not said", 1},
    {"reduced-motion", KEY_STILL, NULL, 0, "nothing is seen to move: it is at once where it goes", 0},
    {"bench-frames", KEY_BENCH, "N", OPTION_HIDDEN, "paint N frames and print how long they took",
     2},
    {0},
};

static error_t take_option(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case KEY_AT: o->at = arg; return 0;
    case KEY_THEME: o->theme = arg; return 0;
    case KEY_SPAN: o->span = arg; return 0;
    case KEY_ZOOM: o->zoom = arg; return 0;
    case KEY_FOLLOW: o->follow = true; return 0;
    case KEY_LECTURE: o->lecture = true; return 0;
    case KEY_STILL: o->still = true; return 0;
    case KEY_SHOT: o->shot = true; return 0;
    case KEY_DECK: o->deck = true; return 0;
    case KEY_STEPS: o->steps = arg; return 0;
    case KEY_FROM: o->from = arg; return 0;
    case KEY_TO: o->to = arg; return 0;
    case KEY_EVERY: o->every = arg; return 0;
    case KEY_FPS: o->fps = arg; return 0;
    case KEY_VIEW: o->view = arg; return 0;
    case KEY_SIZE: o->size = arg; return 0;
    case KEY_WHY: o->why = arg; return 0;
    case KEY_LANES: o->lanes = arg; return 0;
    case 'o': o->out = arg; return 0;
    case KEY_BENCH: o->bench = (unsigned)strtoul(arg, NULL, 10); return 0;
    case ARGP_KEY_ARG:
        if (o->other) argp_error(state, "two traces at a time: '%s' is a third one", arg);
        *(o->trace ? &o->other : &o->trace) = arg;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options_of_argp,
    take_option,
    "[TRACE [TRACE]]",
    "Shows a run that `faultline run --out TRACE` has recorded, or still records; two of them side by side.\v"
    "In the window, ? lists all keys. Exit status: 0 well, 2 wrong command line, 4 a file could "
    "not be read or written.",
    NULL,
    NULL,
    NULL};

/* ---------------------------------------------------------------- checking what was asked for */

enum { SIDE_MIN = 320, SIDE_MAX = 16384 };

static bool read_size(const char *text, Scene *s, Diag *d) {
    int w, h, n = 0;
    if (sscanf(text, "%dx%d%n", &w, &h, &n) != 2 || text[n] != '\0' || w < SIDE_MIN ||
        h < SIDE_MIN || w > SIDE_MAX || h > SIDE_MAX) {
        diag_fail(d, EXIT_USAGE, "'%s' is no size", text);
        return diag_remedy(d, "Write it as 1600x1000, each side from %d to %d.", SIDE_MIN,
                           SIDE_MAX);
    }
    s->width_px = w;
    s->height_px = h;
    return true;
}

static bool read_zoom(const char *text, Scene *s, Diag *d) {
    char *end;
    double zoom = strtod(text, &end);
    if (end == text || *end != '\0' || !(zoom >= .8 && zoom <= 1.5))
        return diag_fail(d, EXIT_USAGE, "--zoom takes a number from 0.8 to 1.5, not '%s'", text);
    s->zoom = zoom;
    return true;
}

static bool read_view(const char *text, Scene *s, Diag *d) {
    char names[160] = "";
    for (int i = 0; i < VIEW_COUNT; i++) {
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%s", i == 0 ? "" : i + 1 < VIEW_COUNT ? ", " : " and ", view_spec[i].name);
        if (strcmp(text, view_spec[i].name) != 0) continue;
        s->view = (ViewKind)i;
        return true;
    }
    return diag_fail(d, EXIT_USAGE, "there is no view '%s', only %s", text, names);
}

static bool read_thing(const char *text, Scene *s, Diag *d) {
    static const Kind kinds[] = {KIND_G, KIND_P, KIND_M, KIND_CHAN, KIND_OBJ};
    char *end = NULL;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char letter = kind_letter[kinds[i]][0];
        if (tolower((unsigned char)text[0]) != tolower((unsigned char)letter) || !isdigit((unsigned char)text[1])) continue;
        s->selected = (Thing){kinds[i], strtoull(text + 1, &end, 10)};
        s->asks_why = true;
        if (*end == '\0') return true;
    }
    return diag_fail(d, EXIT_USAGE,
                     "--why takes a thing such as g7, p1, m3, c0 or o0, not '%s'", text);
}

static bool set_up(Show *w, const Options *o, Diag *d) {
    Scene *s = &w->scene;
    uint64_t span;
    if (o->theme && !theme_by_name(o->theme, &s->theme))
        return diag_fail(d, EXIT_USAGE, "there is no theme '%s', only dark and light", o->theme);
    if (o->view && !read_view(o->view, s, d)) return false;
    if (o->size && !read_size(o->size, s, d)) return false;
    if (o->zoom && !read_zoom(o->zoom, s, d)) return false;
    if (o->why && !read_thing(o->why, s, d)) return false;
    s->filter = o->lanes;
    s->lecture = o->lecture;
    s->still = o->still;
    if (o->at) {
        if (!show_go_to(w, o->at, d)) return false;
        player_near(&w->player, w->feed);
    } else if (o->shot) {
        player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
    }
    if (o->span) {
        if (!time_parse(o->span, &span) || span == 0)
            return diag_fail(d, EXIT_USAGE, "--span takes a time such as 100us, not '%s'", o->span);
        player_span(&w->player, w->feed, span);
    }
    return true;
}

/* ---------------------------------------------------------------- what the program does */

enum { FIRST_EVENTS = 500000 };

static bool open_feed(Feed **f, const Options *o, const char *path, Diag *d) {
    bool whole = o->shot || o->deck || o->bench || o->at || o->follow || o->other;
    if (!feed_open(f, path, d)) return false;
    while (feed_read(*f, FIRST_EVENTS) && whole) continue;
    return true;
}

/* A second run beside the first; a picture waits until all is compared. */
static bool open_other(Show *w, const Options *o, Diag *d) {
    Feed *f;
    if (!open_feed(&f, o, o->other, d)) return false;
    if (!show_beside(w, f, d)) {
        feed_close(f);
        return false;
    }
    w->scene.view = VIEW_COMPARE;
    while ((o->shot || o->deck || o->bench) && show_compare(w, FIRST_EVENTS)) continue;
    return true;
}

static bool open_show(Show *w, const Options *o, const char *path, Diag *d) {
    Feed *f;
    if (!open_feed(&f, o, path, d)) return false;
    show_init(w, f);
    if ((o->other == NULL || open_other(w, o, d)) && set_up(w, o, d)) return true;
    show_free(w);
    return false;
}

/* The times of --from and --to; what is not said is the run's. */
static bool read_range(const Options *o, uint64_t *from_ns, uint64_t *to_ns, Diag *d) {
    if (o->from && !time_parse(o->from, from_ns))
        return diag_fail(d, EXIT_USAGE, "--from takes a time such as 3.473ms, not '%s'", o->from);
    if (o->to && !time_parse(o->to, to_ns)) return diag_fail(d, EXIT_USAGE, "--to takes a time such as 3.473ms, not '%s'", o->to);
    if (*from_ns <= *to_ns) return true;
    return o->to ? diag_fail(d, EXIT_USAGE, "--from %s is after --to %s", o->from ? o->from : "0ns", o->to)
                 : diag_fail(d, EXIT_USAGE, "--from %s is after the end of the trace", o->from);
}

/* One picture or many: the name of the file and the options have to agree. */
static bool agree(const Options *o, Diag *d) {
    bool film = film_is_film(o->out), many = film || film_is_sequence(o->out);
    if (many && o->every == NULL) {
        diag_fail(d, EXIT_USAGE, "'%s' is for many pictures: how far apart are they?", o->out);
        return diag_remedy(d, "Say so in virtual time: --every 20us.");
    }
    if (!many && o->every) {
        diag_fail(d, EXIT_USAGE, "with --every there are many pictures, and '%s' is one", o->out);
        return diag_remedy(d, "Write frames/%%04d.png, or run.mp4.");
    }
    if (!many && (o->from || o->to)) return diag_fail(d, EXIT_USAGE, "--from and --to go with --every; one moment is --at");
    if (many && o->at) return diag_fail(d, EXIT_USAGE, "--at is one moment; with --every there are --from and --to");
    if (!film && o->fps) return diag_fail(d, EXIT_USAGE, "--fps goes with a film, -o run.mp4 or run.webm");
    return true;
}

static bool read_fps(const char *text, unsigned *fps, Diag *d) {
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || n < 1 || n > 120)
        return diag_fail(d, EXIT_USAGE, "--fps takes a number from 1 to 120, not '%s'", text);
    *fps = (unsigned)n;
    return true;
}

static bool write_many(Show *w, const Options *o, Diag *d) {
    FilmOptions k = {.out = o->out, .to_ns = feed_end_ns(w->feed), .fps = FILM_FPS};
    if (!time_parse(o->every, &k.every_ns) || k.every_ns == 0)
        return diag_fail(d, EXIT_USAGE, "--every takes a time above 0, such as 20us, not '%s'", o->every);
    if (o->span) time_parse(o->span, &k.span_ns);
    if (!read_range(o, &k.from_ns, &k.to_ns, d) || (o->fps && !read_fps(o->fps, &k.fps, d))) return false;
    if (k.to_ns > feed_end_ns(w->feed)) k.to_ns = feed_end_ns(w->feed);
    if (k.from_ns > k.to_ns) return diag_fail(d, EXIT_USAGE, "--from %s is after the end of the trace", o->from);
    return film_write(w, &k, d);
}

static bool write_shot(const Options *o, Diag *d) {
    Show w;
    if (o->out == NULL)
        return diag_fail(d, EXIT_USAGE, "a picture needs a file to be written to: -o FILE.png, .svg or .pdf");
    if (!agree(o, d)) return false;
    if (o->view && strcmp(o->view, "tokens") == 0) return shot_tokens(o->out, d);
    if (o->trace == NULL) return diag_fail(d, EXIT_USAGE, "a picture of what? Name a trace");
    if (!open_show(&w, o, o->trace, d)) return false;
    bool well = o->every ? write_many(&w, o, d) : shot_write(&w, o->out, d);
    show_free(&w);
    return well;
}

static bool read_steps(const char *text, SlidesKind *kind, Diag *d) {
    for (int i = 0; i < SLIDES_COUNT; i++) {
        if (strcmp(text, slides_name[i]) != 0) continue;
        *kind = (SlidesKind)i;
        return true;
    }
    return diag_fail(d, EXIT_USAGE, "--steps takes talk, notes, findings, story or all, not '%s'", text);
}

static bool write_deck(const Options *o, Diag *d) {
    Show w;
    if (o->trace == NULL) return diag_fail(d, EXIT_USAGE, "--deck needs a trace");
    if (o->other || (o->view && strcmp(o->view, view_spec[VIEW_COMPARE].name) == 0))
        return diag_fail(d, EXIT_USAGE, "a deck is of one run: make one of each, or compare them in the window");
    if (!open_show(&w, o, o->trace, d)) return false;
    DeckOptions k = {.out = o->out, .view_chosen = o->view != NULL, .to_ns = feed_end_ns(w.feed)};
    bool well = (o->steps == NULL || read_steps(o->steps, &k.steps, d)) && read_range(o, &k.from_ns, &k.to_ns, d) &&
                deck_write(&w, &k, d);
    show_free(&w);
    return well;
}

static bool measure(const Options *o, Diag *d) {
    Show w;
    if (o->trace == NULL) return diag_fail(d, EXIT_USAGE, "--bench-frames needs a trace");
    if (!open_show(&w, o, o->trace, d)) return false;
    shot_bench(&w, o->bench, stdout);
    show_free(&w);
    return true;
}

/* ---------------------------------------------------------------- the window, and what it remembers */

typedef struct {
    char settings_path[KEEP_PATH_MAX], bookmarks_path[KEEP_PATH_MAX];
    Settings kept;
    Scene start; /* as the run on show was opened: what differs from it the user has changed */
    bool learned;
} Remembered;

/* What cannot be read is said once, and is as if it were not there. */
static void remember(Remembered *m, char *trouble, size_t size) {
    Diag d;
    keep_config(m->settings_path, "view");
    keep_state(m->bookmarks_path, "bookmarks");
    settings_default(&m->kept);
    trouble[0] = '\0';
    if (m->settings_path[0] && !settings_read(&m->kept, m->settings_path, &d)) snprintf(trouble, size, "%s", d.message);
    m->learned = false;
}

/* What the command line asks for goes before, and is not remembered. */
static void dress(Remembered *m, const Options *o, Show *w) {
    Scene *s = &w->scene;
    s->speed_ns = w->player.speed_ns;
    s->own_speed_ns = w->player.own_speed_ns;
    Theme theme = s->theme;
    double zoom = s->zoom;
    settings_apply(&m->kept, s);
    if (o->theme) s->theme = theme;
    if (o->zoom) s->zoom = zoom;
    w->player.speed_ns = s->speed_ns;
    m->start = *s;
}

static void learn(Remembered *m, Show *w) {
    w->scene.speed_ns = w->player.speed_ns;
    m->learned = settings_learn(&m->kept, &m->start, &w->scene) || m->learned;
}

/* Where two are compared, the next is the second of them. */
static void next_beside(Show *w, const char *path) {
    Feed *f;
    Diag d;
    if (!feed_open(&f, path, &d)) {
        window_opened(d.message);
        return;
    }
    feed_read(f, FIRST_EVENTS);
    bool well = show_beside(w, f, &d);
    if (!well) feed_close(f);
    window_opened(well ? NULL : d.message);
}

/* One run after another: of a file that cannot be read the window says why, and what was open stays. */
static void next_run(Remembered *m, Show *w, bool *open, const Options *o, const char *path) {
    Show fresh;
    Diag d;
    if (*open && w->scene.view == VIEW_COMPARE) {
        next_beside(w, path);
        return;
    }
    Options later = {.theme = o->theme, .zoom = o->zoom, .still = o->still};
    if (!open_show(&fresh, &later, path, &d)) {
        window_opened(d.message);
        return;
    }
    if (*open) learn(m, w);
    dress(m, o, &fresh);
    if (*open) {
        show_take_looks(&fresh, &w->scene);
        m->start = fresh.scene;
    }
    window_leave();
    if (*open) show_free(w);
    *w = fresh;
    *open = true;
    window_opened(NULL);
}

static bool show_window(const Options *o, Diag *d) {
    static Remembered m;
    char trouble[1100];
    Show w;
    bool foreign = o->trace && o->other == NULL && trace_is_of_go(o->trace), open = o->trace && !foreign;
    if (open && !open_show(&w, o, o->trace, d)) return false;
    remember(&m, trouble, sizeof trouble);
    if (open) dress(&m, o, &w);
    if (!window_open(&m.kept, m.bookmarks_path, d)) {
        if (open) show_free(&w);
        return false;
    }
    if (foreign) window_drop(o->trace);
    if (open) w.player.follow = o->follow && feed_is_open(w.feed);
    if (trouble[0]) fprintf(stderr, "faultline-view: %s\n", trouble);
    for (char *next; (next = window_run(open ? &w : NULL)) != NULL; free(next)) next_run(&m, &w, &open, o, next);
    if (open) learn(&m, &w);
    m.learned = window_learn_size(&m.kept) || m.learned;
    if (m.learned && m.settings_path[0] && !settings_write(&m.kept, m.settings_path, d)) fprintf(stderr, "faultline-view: %s\n", d->message);
    window_leave();
    if (open) show_free(&w);
    window_close();
    return true;
}

/* The pictures are drawn all the same, in what the system has instead. */
static void warn_of_fonts(void) {
    const char *missing = canvas_missing_fonts();
    if (missing[0])
        fprintf(stderr,
                "faultline-view: the fonts of the pictures are not installed, others stand in.\n"
                "  apt-get install %s\n",
                missing);
}

int main(int argc, char **argv) {
    Options o = {0};
    Diag d;
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (!o.shot && !o.deck && o.out) o.shot = true; /* a file is wanted, not a window */
    warn_of_fonts();
    bool well = o.bench ? measure(&o, &d) : o.deck ? write_deck(&o, &d) : o.shot ? write_shot(&o, &d) : show_window(&o, &d);
    if (!well) diag_print(&d, stderr);
    canvas_forget();
    return well ? EXIT_WELL : d.status;
}
