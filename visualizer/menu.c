/* menu.c -- opening the menu of a thing, and what its lines do.
 *
 * The command that it copies asks the program of the command line the same question about the same moment, so that what the
 * class has seen in the window can go into its notes.
 */
#include "desk.h"

#include "../sim/base/units.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *const menu_words[MENU_LINES] = {"Why is it here?", "Go to the line", "Follow it", "Show all of its time", "Copy the command"};

/* ---------------------------------------------------------------- the command */

/* For a shell: what is not plainly a word stands between quotes. */
static void put_word(char *buf, size_t size, const char *word) {
    size_t n = strlen(buf);
    const char *plain = "/._-+=@%,:";
    bool quote = word[0] == '\0';
    for (const char *p = word; *p; p++) quote = quote || !(isalnum((unsigned char)*p) || strchr(plain, *p));
    if (!quote) {
        snprintf(buf + n, size - n, "%s", word);
        return;
    }
    if (n + 1 < size) buf[n++] = '\'';
    for (; *word && n + 6 < size; word++) {
        if (*word == '\'') n += (size_t)snprintf(buf + n, size - n, "'\\''");
        else buf[n++] = *word;
    }
    snprintf(buf + n, size - n, "'");
}

static bool can_be_asked(Kind kind) {
    return kind == KIND_G || kind == KIND_P || kind == KIND_M || kind == KIND_CHAN || kind == KIND_OBJ;
}

/* A time, where it says which events have happened; in the middle of an instant the event's number. */
static void put_moment(char *buf, size_t size, Desk *k) {
    const Player *p = &k->show->player;
    size_t n = strlen(buf);
    char time[TIME_TEXT_MAX];
    if (feed_seq_at(k->show->feed, p->now_ns) == p->seq) snprintf(buf + n, size - n, " --at %s", time_text(time, sizeof time, p->now_ns));
    else snprintf(buf + n, size - n, " --at=#%llu", (unsigned long long)p->seq);
}

static void put_command(char *buf, size_t size, Desk *k, Thing t) {
    char letter = (char)tolower((unsigned char)kind_letter[t.kind][0]);
    snprintf(buf, size, "faultline why ");
    put_word(buf, size, feed_path(k->show->feed));
    size_t n = strlen(buf);
    const char *sort = t.kind == KIND_CHAN ? "chan " : t.kind == KIND_OBJ ? "obj " : "";
    snprintf(buf + n, size - n, " %s%c%llu", sort, letter, (unsigned long long)t.id);
    put_moment(buf, size, k);
}

/* ---------------------------------------------------------------- its lines */

void menu_open(Desk *k, Thing t, Point at) {
    Scene *s = &k->show->scene;
    if (t.id == NONE) return;
    k->menu = (Menu){.of = t, .at = at};
    k->menu.can[MENU_WHY] = k->menu.can[MENU_COPY] = can_be_asked(t.kind);
    k->menu.can[MENU_LINE] = s->source[0] && show_line_of(s->model, t) != 0;
    k->menu.can[MENU_FOLLOW] = t.kind == KIND_G || t.kind == KIND_M || t.kind == KIND_P;
    k->menu.can[MENU_FIT] = true;
    while (!k->menu.can[k->menu.chosen]) k->menu.chosen++;
    s->selected = t;
    s->hovered = k->hover_next = NO_THING;
    s->menu = &k->menu;
}

void menu_close(Desk *k) { k->show->scene.menu = NULL; }

void menu_choose(Desk *k, MenuLine line) {
    Scene *s = &k->show->scene;
    Thing t = k->menu.of;
    if (line >= MENU_LINES || !k->menu.can[line]) return;
    menu_close(k);
    s->selected = t;
    switch (line) {
    case MENU_WHY: s->asks_why = s->panel = true; break;
    case MENU_LINE: show_turn_to(k->show, t); break;
    case MENU_FOLLOW:
        s->followed = NO_THING;
        selection_follow(k);
        break;
    case MENU_FIT: selection_fit(k); break;
    case MENU_COPY:
        put_command(k->copy, sizeof k->copy, k, t);
        desk_say(k, "Copied: %s", k->copy);
        break;
    case MENU_LINES: break;
    }
}

static void move_by(Menu *m, int step) {
    int line = (int)m->chosen;
    do line = (line + step + MENU_LINES) % MENU_LINES;
    while (!m->can[line]);
    m->chosen = (MenuLine)line;
}

bool menu_key(Desk *k, const char *name) {
    if (strcmp(name, "Up") == 0) move_by(&k->menu, -1);
    else if (strcmp(name, "Down") == 0) move_by(&k->menu, 1);
    else if (strcmp(name, "Return") == 0) menu_choose(k, k->menu.chosen);
    else if (strcmp(name, "Escape") == 0) menu_close(k);
    else return false;
    return true;
}
