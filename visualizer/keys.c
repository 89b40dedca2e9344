/* keys.c -- the commands behind the keys, and the line in which one types what to look for. */
#include "desk.h"

#include "find.h"
#include "save.h"
#include "typed.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- what buttons do, too */

void desk_say(Desk *k, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    vsnprintf(k->said, sizeof k->said, fmt, args);
    va_end(args);
    k->show->scene.said = k->said;
    k->dirty = true;
}

static void unsay(Desk *k) {
    if (k->show) k->show->scene.said = NULL;
}

void desk_halt(Desk *k) { k->show->player.playing = k->show->player.follow = false; }

void desk_step(Desk *k, int direction) {
    desk_halt(k);
    player_step(&k->show->player, k->show->feed, direction);
}

void desk_play(Desk *k) {
    Player *p = &k->show->player;
    Feed *f = k->show->feed;
    p->follow = false;
    if (!p->playing && p->now_ns >= feed_end_ns(f) && !feed_is_open(f)) player_seek_seq(p, f, 1);
    p->playing = !p->playing;
}

void desk_zoom(Desk *k, unsigned hundredths, uint64_t at_ns) {
    player_zoom(&k->show->player, k->show->feed, hundredths, at_ns);
    k->zoomed = true;
}

/* ---------------------------------------------------------------- the search line */

static void open_search(Desk *k, bool open) {
    Scene *s = &k->show->scene;
    k->search[0] = '\0';
    s->search = open ? k->search : NULL;
    s->search_failed = false;
}

static void search_type(Desk *k, const char *text) {
    typed_add(k->search, sizeof k->search, text);
    k->show->scene.search_failed = false;
}

static void search_back(Desk *k) {
    typed_back(k->search);
    k->show->scene.search_failed = false;
}

/* A thing is selected; an event is gone to, and Enter again goes to the next. */
static void search_go(Desk *k) {
    Scene *s = &k->show->scene;
    Player *p = &k->show->player;
    Found found;
    s->search_failed = !find_in(k->show->feed, k->search, p->told_seq, &found);
    if (s->search_failed) return;
    desk_halt(k);
    if (found.seq != 0) {
        player_seek_seq(p, k->show->feed, found.seq);
    } else {
        s->selected = found.thing;
        open_search(k, false);
    }
}

static void search_key(Desk *k, const char *name) {
    if (strcmp(name, "Escape") == 0) open_search(k, false);
    else if (strcmp(name, "Backspace") == 0) search_back(k);
    else if (strcmp(name, "Return") == 0) search_go(k);
}

/* ---------------------------------------------------------------- which lanes */

/* What is typed holds at once; Esc has all lanes back. */
static void filter_is(Desk *k, bool typing) {
    Scene *s = &k->show->scene;
    s->filtering = typing;
    s->filter = k->filter[0] || typing ? k->filter : NULL;
    s->first_lane = 0;
}

static void filter_key(Desk *k, const char *name) {
    if (strcmp(name, "Escape") == 0) {
        k->filter[0] = '\0';
        filter_is(k, false);
    } else if (strcmp(name, "Backspace") == 0) {
        typed_back(k->filter);
    } else if (strcmp(name, "Return") == 0) {
        filter_is(k, false);
    }
}

/* ---------------------------------------------------------------- run again */

static void open_knobs(Desk *k) {
    Scene *s = &k->show->scene;
    if (k->knobs.runs) s->knobs = &k->knobs;
    else if (knobs_read(&k->knobs, k->show->feed)) s->knobs = &k->knobs;
    desk_halt(k);
}

static void run_again(Desk *k) {
    char text[KNOB_ROWS_MAX][80];
    const char *set[KNOB_ROWS_MAX];
    Rerun *r;
    Diag d;
    size_t n = knobs_changed(&k->knobs, text);
    for (size_t i = 0; i < n; i++) set[i] = text[i];
    if (!rerun_start(&r, feed_path(k->show->feed), set, n, &d)) {
        plain_text(k->knobs.words, sizeof k->knobs.words, d.message);
        return;
    }
    GROW(k->rerun, k->rerun_cap, k->rerun_count + 1);
    k->rerun[k->rerun_count++] = r;
    k->knobs.runs = true;
    k->knobs.words[0] = '\0';
}

static void knobs_key(Desk *k, const char *name) {
    Knobs *x = &k->knobs;
    if (strcmp(name, "Escape") == 0) k->show->scene.knobs = NULL;
    else if (x->runs) return;
    else if (strcmp(name, "Up") == 0) knobs_move(x, -1);
    else if (strcmp(name, "Down") == 0 || strcmp(name, "Tab") == 0) knobs_move(x, 1);
    else if (strcmp(name, "Left") == 0) knobs_turn(x, -1);
    else if (strcmp(name, "Right") == 0) knobs_turn(x, 1);
    else if (strcmp(name, "Backspace") == 0) knobs_back(x);
    else if (strcmp(name, "Return") == 0) run_again(k);
}

/* ---------------------------------------------------------------- saving */

static void save_as(Desk *k, SaveKind kind) {
    char name[SAVE_NAME_MAX], folder[1024];
    Diag d;
    if (!save_view(k->show, kind, name, &d)) desk_say(k, "Not saved: %s", d.message);
    else desk_say(k, "Saved %s/%s", getcwd(folder, sizeof folder) ? folder : ".", name);
}

/* One key says as what; any other one closes the question. */
static void save_key(Desk *k, const char *name) {
    k->show->scene.saving = false;
    for (int i = 0; i < SAVE_COUNT; i++) {
        if (name[0] == save_spec[i].key && name[1] == '\0') save_as(k, (SaveKind)i);
    }
}

/* ---------------------------------------------------------------- commands */

static void nothing(Desk *k) { (void)k; }

static void play(Desk *k) { desk_play(k); }
static void next_event(Desk *k) { desk_step(k, 1); }
static void previous_event(Desk *k) { desk_step(k, -1); }

static void step_story(Desk *k, int direction) {
    desk_halt(k);
    player_step_story(&k->show->player, k->show->feed, direction);
}
static void next_step(Desk *k) { step_story(k, 1); }
static void previous_step(Desk *k) { step_story(k, -1); }

static void step_selection(Desk *k, int direction) {
    Thing t = k->show->scene.selected;
    if (t.id == NONE) {
        desk_step(k, direction);
        return;
    }
    desk_halt(k);
    player_step_thing(&k->show->player, k->show->feed, direction, t.kind, t.id);
}
static void next_of_selection(Desk *k) { step_selection(k, 1); }
static void previous_of_selection(Desk *k) { step_selection(k, -1); }

enum { JUMP_NS = 1000000 };
static void later(Desk *k) {
    desk_halt(k);
    player_seek_ns(&k->show->player, k->show->feed, k->show->player.now_ns + JUMP_NS);
}
static void earlier(Desk *k) {
    uint64_t now_ns = k->show->player.now_ns;
    desk_halt(k);
    player_seek_ns(&k->show->player, k->show->feed, now_ns > JUMP_NS ? now_ns - JUMP_NS : 0);
}

static void to_start(Desk *k) {
    desk_halt(k);
    player_seek_seq(&k->show->player, k->show->feed, 1);
}
static void to_end(Desk *k) {
    desk_halt(k);
    player_seek_ns(&k->show->player, k->show->feed, feed_end_ns(k->show->feed));
    k->show->player.follow = feed_is_open(k->show->feed);
}

static void step_finding(Desk *k, int direction) {
    desk_halt(k);
    player_step_finding(&k->show->player, k->show->feed, direction);
}
static void next_finding(Desk *k) { step_finding(k, 1); }
static void previous_finding(Desk *k) { step_finding(k, -1); }

/* Remotes send these two to make the screen black: in lecture mode they do. */
static bool blacken(Desk *k) {
    if (!k->show->scene.lecture) return false;
    desk_halt(k);
    k->show->scene.black = true;
    return true;
}

static void speed_up(Desk *k) { player_speed(&k->show->player, 1); }
static void faster(Desk *k) {
    if (!blacken(k)) speed_up(k);
}
static void slower(Desk *k) { player_speed(&k->show->player, -1); }

static void lanes_up(Desk *k) { desk_lanes(k, -1); }
static void lanes_down(Desk *k) { desk_lanes(k, 1); }

static void toggle_goroutines(Desk *k) {
    Scene *s = &k->show->scene;
    if (s->view == VIEW_TIMELINE) s->folded ^= 1u << LANES_G;
    else if (s->view == VIEW_STAGE) s->goroutines = !s->goroutines;
    else desk_say(k, "Lanes of goroutines are in the Timeline (5) and under the Stage (1)");
}

static void find(Desk *k) { open_search(k, true); }
static void filter_lanes(Desk *k) {
    ViewKind view = k->show->scene.view;
    const char *given = k->show->scene.filter;
    if (given && given != k->filter) snprintf(k->filter, sizeof k->filter, "%s", given);
    if (view == VIEW_TIMELINE || view == VIEW_STAGE) filter_is(k, true);
    else desk_say(k, "Lanes are in the Timeline (5) and under the Stage (1)");
}
static void ask_save(Desk *k) { k->show->scene.saving = true; }
static void ask_why(Desk *k) { k->show->scene.asks_why = !k->show->scene.asks_why; }
static void predict(Desk *k) {
    k->show->player.predict = !k->show->player.predict;
    k->show->player.ask_seq = 0;
}

static void zoom_in(Desk *k) { desk_zoom(k, 80, k->show->player.now_ns); }
static void zoom_out(Desk *k) { desk_zoom(k, 125, k->show->player.now_ns); }
/* When the run fits already: the selection. */
static void fit(Desk *k) {
    if (!k->zoomed && k->show->scene.selected.id != NONE) {
        selection_fit(k);
        return;
    }
    player_fit(&k->show->player, k->show->feed);
    k->zoomed = false;
}

static void toggle(bool *setting) { *setting = !*setting; }
static void toggle_panel(Desk *k) { toggle(k->frame->layout.small ? &k->show->scene.drawer : &k->show->scene.panel); }
static void toggle_lecture(Desk *k) { toggle(&k->show->scene.lecture); }
static void toggle_help(Desk *k) { toggle(&k->show->scene.help); }
static void toggle_theme(Desk *k) {
    Theme *t = &k->show->scene.theme;
    *t = theme_is_dark(*t) ? THEME_LIGHT : THEME_DARK;
}

static void resize(Desk *k, double zoom) { k->show->scene.zoom = fmin(1.5, fmax(.8, zoom)); }
static void larger(Desk *k) { resize(k, k->show->scene.zoom + .1); }
static void smaller(Desk *k) { resize(k, k->show->scene.zoom - .1); }
static void normal_size(Desk *k) { resize(k, 1); }

static void next_difference(Desk *k) {
    desk_halt(k);
    show_step_difference(k->show, 1);
}
static void previous_difference(Desk *k) {
    desk_halt(k);
    show_step_difference(k->show, -1);
}
static void swap_runs(Desk *k) { show_swap(k->show); }
static void toggle_link(Desk *k) { toggle(&k->show->unlinked); }

static void toggle_full(Desk *k) { toggle(&k->full_screen); }
static void open_other(Desk *k) {
    front_list(&k->front);
    k->front_over = k->show != NULL;
}

static void quit(Desk *k) { k->quit = true; }

/* The nearest thing first: what lies over the picture, then what was asked of it, then who is meant. */
static void escape(Desk *k) {
    Scene *s = &k->show->scene;
    if (s->help) s->help = false;
    else if (s->measures) s->measures = false;
    else if (s->asks_why) s->asks_why = false;
    else if (k->show->blames) k->show->blames = false;
    else if (s->filter) filter_key(k, "Escape");
    else if (s->selected.id != NONE) s->selected = NO_THING;
    else s->followed = NO_THING;
}

static void blame_always(Desk *k) { toggle(&k->show->blames); }
static void blame(Desk *k) {
    if (!blacken(k)) blame_always(k);
}
static void order_heap(Desk *k) {
    Scene *s = &k->show->scene;
    toggle(&s->by_object);
    desk_say(k, s->by_object ? "Heap: objects in the order in which they were made" : "Heap: objects by their addresses");
}
static void uncover(Desk *k) { toggle(&k->show->uncovers); }

/* From here to wherever one goes; again: done. */
static void measure(Desk *k) {
    Scene *s = &k->show->scene;
    s->measures = k->show->measures_on = !s->measures;
    s->span_from_ns = k->show->player.now_ns;
}

/* ---------------------------------------------------------------- which key is which command */

static const struct {
    const char *key;
    void (*command)(Desk *k);
} table[] = {
#define KEYS(shown, does, key, command, other, other_command) {key, command}, {other, other_command},
#define VIEWS()
#include "keys.def"
#undef KEYS
#undef VIEWS
};

/* Without a run there is nothing for the others to be done to. */
static bool needs_no_run(void (*command)(Desk *k)) { return command == quit || command == toggle_full || command == open_other; }

static bool run_command(Desk *k, const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (strcmp(table[i].key, name) != 0) continue;
        if (k->show == NULL && !needs_no_run(table[i].command)) return false;
        table[i].command(k);
        return true;
    }
    return false;
}

static bool show_view(Desk *k, const char *name) {
    for (int i = 0; i < VIEW_COUNT; i++) {
        if (name[0] != view_spec[i].key || name[1] != '\0') continue;
        Scene *s = &k->show->scene;
        bool again = i == VIEW_COMPARE && s->view == VIEW_COMPARE;
        if (again) s->halves = s->halves == VIEW_STAGE ? VIEW_HEAP : s->halves == VIEW_HEAP ? VIEW_CHANNELS : VIEW_STAGE;
        s->view = (ViewKind)i;
        return true;
    }
    return false;
}

/* Esc leads back to the run that lies below. */
static bool key_of_front(Desk *k, const char *name) {
    if (front_key(&k->front, name)) return true;
    if (strcmp(name, "Escape") == 0 && k->show) k->front_over = false;
    else if (strcmp(name, "Ctrl+Q") == 0 || strcmp(name, "F11") == 0) return run_command(k, name);
    else return false;
    return true;
}

bool desk_key(Desk *k, const char *name) {
    if (name[0] == '\0') return false;
    k->dirty = true;
    unsay(k);
    if (desk_is_front(k)) return key_of_front(k, name);
    if (k->show->scene.black && strcmp(name, "Ctrl+Q") != 0) { /* whatever is pressed: the picture is back */
        k->show->scene.black = false;
        return true;
    }
    const Scene *s = &k->show->scene;
    if (strcmp(name, "Ctrl+Q") != 0 && (s->search || s->knobs || s->saving || s->filtering)) {
        if (s->search) search_key(k, name);
        else if (s->filtering) filter_key(k, name);
        else if (s->knobs) knobs_key(k, name);
        else save_key(k, name);
        return true;
    }
    if (s->menu != NULL) {
        if (menu_key(k, name)) return true;
        menu_close(k);
    }
    return run_command(k, name) || show_view(k, name);
}

bool desk_takes_text(const Desk *k) { return !desk_is_front(k) && (k->show->scene.search != NULL || k->show->scene.filtering); }

void desk_type(Desk *k, const char *text) {
    k->dirty = true;
    if (desk_is_front(k)) {
        front_type(&k->front, text);
        return;
    }
    if (desk_takes_text(k)) {
        if (k->show->scene.filtering) typed_add(k->filter, sizeof k->filter, text);
        else search_type(k, text);
        return;
    }
    if (k->show->scene.knobs != NULL) {
        if (!k->knobs.runs) knobs_type(&k->knobs, text);
        return;
    }
    if (strcmp(text, " ") == 0) return; /* Space is a key of its own: it comes while it is held, too */
    char key[16];
    bool small = text[0] >= 'a' && text[0] <= 'z', large = text[0] >= 'A' && text[0] <= 'Z';
    snprintf(key, sizeof key, "Shift+%.8s", text);
    bool asks = k->show->scene.saving || k->show->scene.menu; /* for a letter */
    if (large && !asks && desk_key(k, key)) return;
    snprintf(key, sizeof key, "%.8s", text);
    if (small) key[0] = (char)(key[0] - 'a' + 'A');
    desk_key(k, key);
}
