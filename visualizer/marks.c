/* marks.c -- keys that set bookmarks, and go from one to the next. */
#include "desk.h"

#include "../sim/lens/narrate.h"

#include <stdio.h>

static void show_marks(Desk *k) {
    k->show->scene.bookmark = k->bookmarks.mark;
    k->show->scene.bookmark_count = k->bookmarks.count;
}

void marks_read(Desk *k) {
    Feed *f = k->show->feed;
    const char *options = feed_section(f, "options", NULL), *scenario = feed_section(f, "scenario", NULL);
    /* a recorded run of a real program says little about itself: then its file is what is known */
    uint64_t run = bookmarks_run(options ? options : "", scenario ? scenario : feed_path(f));
    bookmarks_read(&k->bookmarks, run, k->bookmarks_path ? k->bookmarks_path : "");
    show_marks(k);
}

void marks_toggle(Desk *k) {
    const Player *p = &k->show->player;
    const Story *told = show_scene(k->show)->story;
    char time[48];
    Diag d;
    if (p->seq == 0) return;
    size_t before = k->bookmarks.count;
    bool set = bookmarks_toggle(&k->bookmarks, p->seq, p->now_ns, told->seq ? told->words.headline : "");
    show_marks(k);
    if (k->bookmarks.count == before) desk_say(k, "There is room for %d bookmarks", BOOKMARKS_MAX);
    else desk_say(k, set ? "Bookmark at %s" : "Bookmark at %s removed", narrate_time(time, sizeof time, p->now_ns));
    bool kept = k->bookmarks_path && k->bookmarks_path[0];
    if (kept && !bookmarks_write(&k->bookmarks, k->bookmarks_path, &d)) desk_say(k, "The bookmark is not kept: %s", d.message);
}

static void step(Desk *k, int direction) {
    const Bookmark *m = bookmarks_step(&k->bookmarks, k->show->player.seq, direction);
    desk_halt(k);
    if (m) player_seek_seq(&k->show->player, k->show->feed, m->seq);
    else desk_say(k, k->bookmarks.count == 0 ? "No bookmarks yet: M sets one" : direction > 0 ? "No later bookmark" : "No earlier bookmark");
}
void marks_next(Desk *k) { step(k, 1); }
void marks_previous(Desk *k) { step(k, -1); }
