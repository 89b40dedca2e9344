/* save.c -- a name that nobody has, and the same code as --shot and --deck. */
#include "save.h"

#include "deck.h"
#include "shot.h"

#include "../sim/base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const SaveSpec save_spec[SAVE_COUNT] = {
    [SAVE_PNG] = {'P', "PNG", "png"},
    [SAVE_SVG] = {'S', "SVG", "svg"},
    [SAVE_PDF] = {'F', "PDF", "pdf"},
    [SAVE_DECK] = {'D', "deck", "html"},
};

/* A trace names its scenario as it likes: in a file's name stay letters, digits, and few signs that no shell and no system takes for
 * something else. */
static void plain_name(char *out, size_t size, const char *file) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = strlen(file), n = 0;
    if (text_ends(file, ".lua")) len -= 4;
    for (size_t i = 0; i < len && n + 1 < size; i++) {
        char c = strchr(plain, file[i]) ? file[i] : '_';
        if (n > 0 || (c != '.' && c != '-')) out[n++] = c;
    }
    out[n] = '\0';
    if (n == 0) snprintf(out, size, "run");
}

static void moment_name(const Show *w, SaveKind kind, char *out, size_t size) {
    char scenario[64], time[TIME_TEXT_MAX];
    plain_name(scenario, sizeof scenario, w->scene.file);
    if (kind == SAVE_DECK) snprintf(out, size, "%s-deck", scenario);
    else
        snprintf(out, size, "%s-%s-%s", scenario, view_spec[w->scene.view].name, time_text(time, sizeof time, w->player.now_ns));
}

/* Takes the first name that is free, as an empty file. */
static bool take_name(const Show *w, SaveKind kind, char name[SAVE_NAME_MAX], Diag *d) {
    enum { TRIES = 1000 };
    char base[SAVE_NAME_MAX - 16];
    moment_name(w, kind, base, sizeof base);
    int fd = -1;
    errno = EEXIST;
    for (int i = 1; i <= TRIES && fd < 0 && errno == EEXIST; i++) {
        if (i == 1) snprintf(name, SAVE_NAME_MAX, "%s.%s", base, save_spec[kind].ending);
        else snprintf(name, SAVE_NAME_MAX, "%s-%d.%s", base, i, save_spec[kind].ending);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd < 0) return diag_fail(d, EXIT_WORLD, "cannot write '%s': %s", name, strerror(errno));
    close(fd);
    return true;
}

/* As the command makes it: whatever is selected, followed or compared in the window. */
static bool save_deck(const Show *w, const char *name, Diag *d) {
    Show fresh;
    show_init(&fresh, w->feed);
    fresh.scene.theme = w->scene.theme;
    DeckOptions deck = {.out = name, .to_ns = feed_end_ns(w->feed)};
    return deck_write(&fresh, &deck, d);
}

/* A copy is painted: the window stays where it is. */
static bool save_picture(const Show *w, const char *name, Diag *d) {
    Show copy = *w;
    Scene *s = &copy.scene;
    s->help = s->saving = false;
    s->search = s->said = NULL;
    s->knobs = NULL;
    s->menu = NULL;
    s->hovered = NO_THING;
    return shot_write(&copy, name, d);
}

bool save_view(const Show *w, SaveKind kind, char name[SAVE_NAME_MAX], Diag *d) {
    if (!take_name(w, kind, name, d)) return false;
    bool well = kind == SAVE_DECK ? save_deck(w, name, d) : save_picture(w, name, d);
    if (!well) unlink(name);
    return well;
}
