/* at_desk.c -- opening a run without a window, and finding in its picture what can be clicked. */
#include "at_desk.h"

#include "../check.h"

Show show;
Desk desk;

void sit_down_before(const char *path) {
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    show_init(&show, f);
    desk = (Desk){.frame = frame_new()};
    desk_open(&desk, &show);
}

void sit_down(void (*make)(const char *path)) {
    const char *path = temp_path("desk.trace");
    make(path);
    sit_down_before(path);
}

void get_up(void) {
    desk_close(&desk);
    feed_close(show.feed);
    frame_free(desk.frame);
}

void look(void) { frame_build(desk.frame, show_scene(&show)); }

const Hit *find_hit(HitKind kind, Thing t) {
    for (size_t i = 0; i < desk.frame->hits.count; i++) {
        const Hit *h = &desk.frame->hits.hit[i];
        if (h->kind == kind && (kind != HIT_THING || same_thing(h->thing, t))) return h;
    }
    CU_FAIL_FATAL("nothing of the kind can be clicked");
    return NULL;
}
Point middle(const Hit *h) { return (Point){h->box.x + h->box.w / 2, h->box.y + h->box.h / 2}; }

const LanePlace *lane_of(LaneKind kind, uint64_t id) {
    for (size_t i = 0; i < desk.frame->time.lane_count; i++) {
        if (desk.frame->time.lane[i].kind == kind && desk.frame->time.lane[i].id == id) return &desk.frame->time.lane[i];
    }
    return NULL;
}
