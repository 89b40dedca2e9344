/* shot.c -- pictures without a window: for books, tests, and for measuring. */
#include "shot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool kind_by_name(const char *path, CanvasKind *kind, Diag *d) {
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot, ".png") == 0) *kind = CANVAS_PIXELS;
    else if (dot && strcmp(dot, ".svg") == 0) *kind = CANVAS_SVG;
    else if (dot && strcmp(dot, ".pdf") == 0) *kind = CANVAS_PDF;
    else {
        diag_fail(d, EXIT_USAGE, "'%s' does not say what kind of picture is wanted", path);
        return diag_remedy(d, "End the name in .png, .svg or .pdf; .mp4 or .webm for a film.");
    }
    return true;
}

void shot_build(Show *w, Frame *f) {
    bool read = false;
    frame_build(f, show_scene(w));
    while (show_read_lives(w, &f->time, SIZE_MAX)) read = true;
    if (read) frame_build(f, show_scene(w));
}

bool shot_write(Show *w, const char *path, Diag *d) {
    CanvasKind kind;
    char description[512];
    if (!kind_by_name(path, &kind, d)) return false;
    const Scene *s = &w->scene;
    Frame *f = frame_new();
    shot_build(w, f);
    Canvas *c = canvas_open(kind, s->width_px, s->height_px, f->layout.u);
    frame_paint(f, c, s->theme, true);
    const char *title = s->story->seq ? s->story->words.headline : s->title;
    narrate_plain(s->story->seq ? s->story->words.reason : "", description, sizeof description);
    bool well = canvas_save(c, path, title, description, d);
    canvas_close(c);
    frame_free(f);
    return well;
}

bool shot_tokens(const char *path, Diag *d) {
    CanvasKind kind;
    if (!kind_by_name(path, &kind, d)) return false;
    DrawList list = {0};
    view_tokens(&list);
    Canvas *c = canvas_open(kind, 1600, 1000, 1);
    canvas_paint(c, &list, THEME_DARK, (Box){0, 0, 1600, 1000});
    bool well = canvas_save(c, path, "Tokens", "Every token of the pictures with its name", d);
    canvas_close(c);
    draw_free(&list);
    return well;
}

/* ---------------------------------------------------------------- measuring */

static uint64_t wall_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void shot_bench(Show *w, unsigned frames, void *out) {
    uint64_t *took = mem_zero(frames, sizeof *took), build = 0;
    Frame *f = frame_new();
    shot_build(w, f);
    Canvas *c = canvas_open(CANVAS_PIXELS, w->scene.width_px, w->scene.height_px, f->layout.u);
    w->player.playing = true;
    for (unsigned i = 0; i < frames; i++) {
        uint64_t start = wall_ns();
        player_tick(&w->player, w->feed, 16666667);
        w->player.playing = true;
        frame_build(f, show_scene(w));
        build += wall_ns() - start;
        frame_paint(f, c, w->scene.theme, false);
        took[i] = wall_ns() - start;
    }
    qsort(took, frames, sizeof *took, by_size);
    fprintf(out,
            "%u frames of %dx%d: median %.2f ms, 99th percentile %.2f ms, longest %.2f ms; %.2f ms "
            "of a frame before painting\n",
            frames, w->scene.width_px, w->scene.height_px, (double)took[frames / 2] / 1e6,
            (double)took[(frames - 1) * 99 / 100] / 1e6, (double)took[frames - 1] / 1e6,
            (double)build / 1e6 / frames);
    canvas_close(c);
    frame_free(f);
    free(took);
}
