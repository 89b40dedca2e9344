/* settings.c -- reading, writing and comparing a few values. */
#include "settings.h"

#include "keep.h"
#include "player.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void settings_default(Settings *s) { *s = (Settings){.theme = THEME_DARK, .zoom = 1, .speed = 1, .panel = true}; }

/* ---------------------------------------------------------------- a line */

static bool read_number(const char *text, double least, double most, double *to) {
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end != '\0' || !(x >= least && x <= most)) return false;
    *to = x;
    return true;
}

static bool read_window(Settings *s, const char *text) {
    int w, h, n = 0;
    if (sscanf(text, "%5dx%5d%n", &w, &h, &n) != 2 || text[n] != '\0' || w < 320 || h < 240 || w > 16384 || h > 16384) return false;
    s->window_w = w;
    s->window_h = h;
    return true;
}

static bool read_yes(const char *text, bool *to) {
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) return false;
    *to = text[0] == 'y';
    return true;
}

typedef enum { LINE_TAKEN, LINE_WRONG, LINE_OTHER } LineKind;

static LineKind take(Settings *s, const char *key, const char *value) {
    bool well;
    if (strcmp(key, "theme") == 0) well = theme_by_name(value, &s->theme);
    else if (strcmp(key, "zoom") == 0) well = read_number(value, .8, 1.5, &s->zoom);
    else if (strcmp(key, "divider") == 0) well = read_number(value, .45, .75, &s->divider);
    else if (strcmp(key, "speed") == 0) well = read_number(value, .001, 1000, &s->speed);
    else if (strcmp(key, "panel") == 0) well = read_yes(value, &s->panel);
    else if (strcmp(key, "window") == 0) well = read_window(s, value);
    else return LINE_OTHER;
    return well ? LINE_TAKEN : LINE_WRONG;
}

static void keep_other(Settings *s, const char *line, size_t len) {
    size_t n = strlen(s->others);
    if (n + len + 2 < sizeof s->others) snprintf(s->others + n, sizeof s->others - n, "%.*s\n", (int)len, line);
}

bool settings_read(Settings *s, const char *path, Diag *d) {
    char *text = keep_read(path, d);
    bool well = true;
    int number = 1;
    if (text == NULL) return d->message[0] == '\0';
    for (const char *line = text; *line; number++) {
        size_t len = strcspn(line, "\n");
        char key[32] = "", value[64] = "", more[2] = "", copy[128];
        snprintf(copy, sizeof copy, "%.*s", (int)(len < 127 ? len : 127), line);
        int words = sscanf(copy, "%31s %63s %1s", key, value, more);
        LineKind kind = words == 2 && key[0] != '#' ? take(s, key, value) : LINE_OTHER;
        if (kind == LINE_OTHER && len > 0) keep_other(s, line, len);
        if (kind == LINE_WRONG && well) well = diag_fail(d, EXIT_WORLD, "%s:%d: '%s' is no value of %s", path, number, value, key);
        line += len + (line[len] == '\n');
    }
    free(text);
    return well;
}

bool settings_write(const Settings *s, const char *path, Diag *d) {
    char text[SETTINGS_OTHERS + 256], divider[32] = "", speed[32] = "", window[48] = "";
    if (s->divider > 0) snprintf(divider, sizeof divider, "divider %.2f\n", s->divider);
    if (s->speed != 1) snprintf(speed, sizeof speed, "speed %.3f\n", s->speed);
    if (s->window_w > 0) snprintf(window, sizeof window, "window %dx%d\n", s->window_w, s->window_h);
    snprintf(text, sizeof text, "%stheme %s\nzoom %.1f\npanel %s\n%s%s%s", s->others, theme_is_dark(s->theme) ? "dark" : "light", s->zoom,
             s->panel ? "yes" : "no", divider, speed, window);
    return keep_write(path, text, d);
}

/* ---------------------------------------------------------------- to and from a picture */

void settings_apply(const Settings *s, Scene *to) {
    to->theme = s->theme;
    to->zoom = s->zoom;
    to->panel = s->panel;
    to->stage_share = s->divider;
    double speed = (double)to->own_speed_ns * s->speed;
    to->speed_ns = speed < SPEED_MIN_NS ? SPEED_MIN_NS : speed > SPEED_MAX_NS ? SPEED_MAX_NS : (uint64_t)llround(speed);
}

bool settings_learn(Settings *s, const Scene *before, const Scene *after) {
    bool any = false;
    if (before->theme != after->theme) s->theme = after->theme, any = true;
    if (fabs(before->zoom - after->zoom) > .01) s->zoom = after->zoom, any = true;
    if (before->panel != after->panel) s->panel = after->panel, any = true;
    if (fabs(before->stage_share - after->stage_share) > .001 && after->stage_share > 0) s->divider = after->stage_share, any = true;
    if (before->speed_ns != after->speed_ns && after->own_speed_ns > 0)
        s->speed = fmin(1000, fmax(.001, (double)after->speed_ns / (double)after->own_speed_ns)), any = true;
    return any;
}
