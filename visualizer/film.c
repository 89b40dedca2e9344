/* film.c -- the same scene at many moments, one after the other. */
#include "film.h"

#include "frame.h"
#include "shot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- names */

bool film_is_film(const char *path) { return text_ends(path, ".mp4") || text_ends(path, ".webm"); }

/* The length of a %d, %4d or %04d there; 0 = it is none. */
static size_t number_place(const char *text) {
    size_t n = 1;
    if (text[0] != '%') return 0;
    n += strspn(text + n, "0123456789");
    return n <= 3 && text[n] == 'd' ? n + 1 : 0;
}

static const char *find_place(const char *path) {
    const char *slash = strrchr(path, '/');
    for (const char *p = slash ? slash : path; *p; p++) {
        if (number_place(p) > 0) return p;
    }
    return NULL;
}

bool film_is_sequence(const char *path) { return find_place(path) != NULL; }

/* The path is a user's: it is never a format of ours. Zeroes fill it up, since files are sorted by name. */
static bool numbered(char *out, size_t size, const char *path, unsigned nth) {
    const char *place = find_place(path);
    int width = place[1] == 'd' ? 1 : (place[1] - '0') * (place[2] == 'd' ? 1 : 10) + (place[2] == 'd' ? 0 : place[2] - '0');
    int n = snprintf(out, size, "%.*s%0*u%s", (int)(place - path), path, width, nth, place + number_place(place));
    return n >= 0 && (size_t)n < size;
}

/* ---------------------------------------------------------------- moments */

typedef struct {
    Show *w;
    const FilmOptions *o;
    unsigned count;
    struct timespec began;
    bool shown;
} Film;

static void go_to(Film *k, unsigned i) {
    Player *p = &k->w->player;
    Feed *f = k->w->feed;
    player_seek_ns(p, f, k->o->from_ns + i * k->o->every_ns);
    if (k->o->span_ns) {
        player_span(p, f, k->o->span_ns);
        return;
    }
    uint64_t span = k->o->to_ns - k->o->from_ns;
    p->from_ns = k->o->from_ns;
    p->to_ns = p->from_ns + (span > WINDOW_MIN_NS ? span : WINDOW_MIN_NS) / 8 * 9;
}

static void show_life(Film *k, unsigned done) {
    struct timespec now;
    if (!isatty(STDERR_FILENO)) return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - k->began.tv_sec < 2) return;
    fprintf(stderr, "\rpicture %u of %u", done, k->count);
    k->shown = true;
}

/* ---------------------------------------------------------------- numbered files */

static bool write_sequence(Film *k, Diag *d) {
    char path[4096];
    for (unsigned i = 0; i < k->count; i++) {
        if (!numbered(path, sizeof path, k->o->out, i + 1)) return diag_fail(d, EXIT_USAGE, "the name '%.80s...' is too long", k->o->out);
        go_to(k, i);
        if (!shot_write(k->w, path, d)) return false;
        show_life(k, i + 1);
    }
    return true;
}

/* ---------------------------------------------------------------- a film */

typedef struct {
    pid_t pid;
    int pixels; /* to its standard input */
} Encoder;

static _Noreturn void become_ffmpeg(const Film *k, int pixels) {
    char size[32], fps[16];
    static const union {
        uint32_t word;
        uint8_t first;
    } order = {.word = 1};
    snprintf(size, sizeof size, "%dx%d", k->w->scene.width_px, k->w->scene.height_px);
    snprintf(fps, sizeof fps, "%u", k->o->fps);
    const char *const common[] = {"ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", order.first ? "bgr0" : "0rgb",
                                  "-s", size, "-r", fps, "-i", "-", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p",
                                  "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"};
    static const char *const mp4[] = {"-c:v", "libx264", "-crf", "18", "-movflags", "+faststart"};
    static const char *const webm[] = {"-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0"};
    const char *args[ARRAY_LEN(common) + ARRAY_LEN(mp4) + 2] = {NULL};
    bool is_mp4 = text_ends(k->o->out, ".mp4");
    char out[4096];
    snprintf(out, sizeof out, "file:%s", k->o->out); /* a name with a colon is no protocol */
    memcpy(args, common, sizeof common);
    memcpy(args + ARRAY_LEN(common), is_mp4 ? mp4 : webm, sizeof mp4);
    args[ARRAY_LEN(args) - 2] = out;
    dup2(pixels, STDIN_FILENO);
    execvp("ffmpeg", (char *const *)args);
    _exit(127);
}

static bool start(Encoder *e, const Film *k, Diag *d) {
    int ends_of_pipe[2];
    if (pipe2(ends_of_pipe, O_CLOEXEC) != 0) return diag_fail(d, EXIT_WORLD, "cannot start ffmpeg: %s", strerror(errno));
    e->pid = fork();
    if (e->pid == 0) become_ffmpeg(k, ends_of_pipe[0]);
    close(ends_of_pipe[0]);
    e->pixels = ends_of_pipe[1];
    if (e->pid > 0) return true;
    close(e->pixels);
    return diag_fail(d, EXIT_WORLD, "cannot start ffmpeg: %s", strerror(errno));
}

static bool write_all(int fd, const void *bytes, size_t len) {
    for (const uint8_t *p = bytes; len > 0;) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool send_pictures(Film *k, int pixels) {
    Frame *f = frame_new();
    Canvas *c = NULL;
    bool well = true;
    for (unsigned i = 0; i < k->count && well; i++) {
        int stride;
        go_to(k, i);
        const Scene *s = &k->w->scene;
        shot_build(k->w, f);
        if (c == NULL) c = canvas_open(CANVAS_PIXELS, s->width_px, s->height_px, f->layout.u);
        frame_paint(f, c, s->theme, i == 0);
        const uint32_t *row = canvas_pixels(c, &stride);
        for (int y = 0; y < s->height_px && well; y++, row += stride / 4) well = write_all(pixels, row, (size_t)s->width_px * 4);
        show_life(k, i + 1);
    }
    canvas_close(c);
    frame_free(f);
    return well;
}

static bool no_ffmpeg(const Film *k, Diag *d) {
    diag_fail(d, EXIT_WORLD, "a film is made by ffmpeg, and there is none here");
    return diag_remedy(d,
                       "Install it (apt-get install ffmpeg). Or write pictures, and make the film where it is: -o frames/%%06d.png here, and "
                       "there: ffmpeg -framerate %u -i frames/%%06d.png -pix_fmt yuv420p %.200s",
                       k->o->fps, k->o->out);
}

/* It ends when its input does; what it has to say it has said by itself, on standard error. */
static bool write_film(Film *k, Diag *d) {
    Encoder e;
    int status = 0;
    if (!start(&e, k, d)) return false;
    struct sigaction quiet = {.sa_handler = SIG_IGN}, before; /* who does not take the pixels is told by write */
    sigaction(SIGPIPE, &quiet, &before);
    bool sent = send_pictures(k, e.pixels);
    close(e.pixels);
    sigaction(SIGPIPE, &before, NULL);
    while (waitpid(e.pid, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return no_ffmpeg(k, d);
    if (sent && WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    return diag_fail(d, EXIT_WORLD, "ffmpeg could not write '%s'", k->o->out);
}

bool film_write(Show *w, const FilmOptions *o, Diag *d) {
    Film k = {.w = w, .o = o};
    uint64_t count = (o->to_ns - o->from_ns) / o->every_ns + 1;
    if (count > FILM_PICTURES_MAX) {
        diag_fail(d, EXIT_USAGE, "that would be %llu pictures, more than %d", (unsigned long long)count, FILM_PICTURES_MAX);
        return diag_remedy(d, "Give a longer --every, or --from and --to.");
    }
    k.count = (unsigned)count;
    clock_gettime(CLOCK_MONOTONIC, &k.began);
    bool well = film_is_film(o->out) ? write_film(&k, d) : write_sequence(&k, d);
    if (k.shown) fprintf(stderr, "\r%40s\r", "");
    return well;
}
