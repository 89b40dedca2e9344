/* sdl.c -- the only file with SDL: a window, its input as calls of the desk, its time.
 *
 * A still window uses no CPU: without play, a growing file or a trace being read, the loop sleeps
 * in SDL_WaitEvent. A picture is painted only when something asked for one, and of it only the
 * parts that differ (frame.c).
 */
#define SDL_MAIN_HANDLED
#include "window.h"

#include "desk.h"

#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    Canvas *canvas;
    int w, h;            /* device pixels */
    double u;            /* of the canvas */
    double px_per_point; /* device pixels per unit of SDL's mouse coordinates */

    Desk desk;
    Theme theme; /* while nothing is open */
    double zoom;
    int first_w, first_h; /* of the window, as it was first seen; 0 = not yet */
    bool front; /* so the last picture was */
} win;

/* Without a display SDL falls back to drivers that show nothing: a window that nobody sees would
 * wait for ever. Who names one in SDL_VIDEODRIVER means it. */
static bool shows_nothing(void) {
    static const char *const blind[] = {"offscreen", "dummy", "evdev"};
    const char *driver = SDL_GetCurrentVideoDriver(), *asked = getenv("SDL_VIDEODRIVER");
    if (driver == NULL) return true;
    if (asked && *asked) return false;
    for (size_t i = 0; i < ARRAY_LEN(blind); i++) {
        if (strcmp(driver, blind[i]) == 0) return true;
    }
    return false;
}

static bool no_window(const char *why, Diag *d) {
    diag_fail(d, EXIT_WORLD, "no window can be opened: %s", why);
    return diag_remedy(
        d, "Without a display, `faultline-view --shot -o picture.png TRACE` writes pictures.");
}

bool window_open(const Settings *s, const char *bookmarks, Diag *d) {
    SDL_SetMainReady();
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) return no_window(SDL_GetError(), d);
    if (shows_nothing()) {
        SDL_Quit();
        return no_window("there is no display", d);
    }
    SDL_Rect usable = {0, 0, 1600, 1000};
    SDL_GetDisplayUsableBounds(0, &usable);
    int w = usable.w < 1640 ? usable.w : 1600, h = usable.h < 1040 ? usable.h : 1000;
    if (s->window_w > 0) w = s->window_w < usable.w ? s->window_w : usable.w;
    if (s->window_h > 0) h = s->window_h < usable.h ? s->window_h : usable.h;
    win.window = SDL_CreateWindow("faultline", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                                  SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (win.window) win.renderer = SDL_CreateRenderer(win.window, -1, SDL_RENDERER_PRESENTVSYNC);
    if (win.window && win.renderer == NULL)
        win.renderer = SDL_CreateRenderer(win.window, -1, SDL_RENDERER_SOFTWARE);
    if (win.renderer == NULL)
        return diag_fail(d, EXIT_WORLD, "no window can be opened: %s", SDL_GetError());
    win.desk.frame = frame_new();
    win.desk.bookmarks_path = bookmarks;
    win.theme = s->theme;
    win.zoom = s->zoom;
    SDL_StartTextInput();
    return true;
}

static void drop_canvas(void) {
    if (win.texture) SDL_DestroyTexture(win.texture);
    canvas_close(win.canvas);
    win.texture = NULL;
    win.canvas = NULL;
}

void window_close(void) {
    drop_canvas();
    desk_close(&win.desk);
    front_free(&win.desk.front);
    free(win.desk.front_hits.hit);
    frame_free(win.desk.frame);
    if (win.renderer) SDL_DestroyRenderer(win.renderer);
    if (win.window) SDL_DestroyWindow(win.window);
    SDL_Quit();
}

/* ---------------------------------------------------------------- painting */

static void measure_window(void) {
    int points;
    SDL_GetRendererOutputSize(win.renderer, &win.w, &win.h);
    SDL_GetWindowSize(win.window, &points, NULL);
    win.px_per_point = points > 0 ? (double)win.w / points : 1;
}

/* True when the canvas is new and has to be painted whole. */
static bool fit_canvas(double u) {
    static int w, h;
    if (win.canvas && w == win.w && h == win.h && win.u == u) return false;
    drop_canvas();
    w = win.w;
    h = win.h;
    win.u = u;
    win.canvas = canvas_open(CANVAS_PIXELS, w, h, u);
    win.texture =
        SDL_CreateTexture(win.renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING, w, h);
    return true;
}

static void upload(Box b) {
    int stride;
    uint32_t *pixels = canvas_pixels(win.canvas, &stride);
    int x0 = (int)floor(b.x * win.u), y0 = (int)floor(b.y * win.u);
    int x1 = (int)ceil((b.x + b.w) * win.u), y1 = (int)ceil((b.y + b.h) * win.u);
    x0 = x0 < 0 ? 0 : x0, y0 = y0 < 0 ? 0 : y0;
    x1 = x1 > win.w ? win.w : x1, y1 = y1 > win.h ? win.h : y1;
    if (x1 <= x0 || y1 <= y0) return;
    SDL_Rect r = {x0, y0, x1 - x0, y1 - y0};
    SDL_UpdateTexture(win.texture, &r, pixels + (size_t)y0 * ((size_t)stride / 4) + x0, stride);
}

static void present(void) {
    SDL_RenderCopy(win.renderer, win.texture, NULL, NULL);
    SDL_RenderPresent(win.renderer);
}

/* The page before a run. */
static void paint_front(void) {
    Desk *k = &win.desk;
    DrawList list = {0};
    double u = fmax(1, fmin(win.w / 1600.0, win.h / 1000.0) * win.zoom);
    Box whole = {0, 0, win.w / u, win.h / u};
    Theme theme = k->show ? k->show->scene.theme : win.theme;
    fit_canvas(u);
    k->front_hits.count = 0;
    k->front.page = view_front(&list, &k->front_hits, whole.w, whole.h, theme, &k->front);
    canvas_paint(win.canvas, &list, theme, whole);
    upload(whole);
    draw_free(&list);
    present();
}

static void repaint(void) {
    measure_window();
    if (win.w < 1 || win.h < 1) return;
    Show *w = win.desk.show;
    bool front = desk_is_front(&win.desk);
    if (front != win.front) drop_canvas(); /* nothing of the one is left in the other */
    win.front = front;
    if (front) {
        paint_front();
        return;
    }
    Frame *f = win.desk.frame;
    w->scene.width_px = win.w;
    w->scene.height_px = win.h;
    desk_picture(&win.desk, SDL_GetTicks64());
    bool fresh = fit_canvas(f->layout.u);
    unsigned painted = frame_paint(f, win.canvas, w->scene.theme, fresh);
    for (int i = 0; i < PART_COUNT; i++) {
        if (fresh || (painted >> PART_OVERLAY & 1)) upload(f->box[PART_OVERLAY]), i = PART_COUNT;
        else if (painted >> i & 1) upload(f->box[i]);
    }
    if (painted || fresh) present();
}

/* ---------------------------------------------------------------- input */

/* The names of desk.h. What writes a character comes as text, so that + and ? are found on every keyboard; with Ctrl there is none. */
static void key_down(const SDL_Keysym *key) {
    static const struct {
        SDL_Keycode sym;
        const char *name;
    } same[] = {{SDLK_KP_ENTER, "Return"}, {SDLK_KP_PLUS, "+"}, {SDLK_KP_MINUS, "-"}, {SDLK_KP_0, "0"}};
    bool ctrl = key->mod & KMOD_CTRL, shift = key->mod & KMOD_SHIFT;
    const char *name = SDL_GetKeyName(key->sym);
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        if (key->sym == same[i].sym) name = same[i].name;
    }
    bool writes = name[0] != '\0' && (name[1] == '\0' || (name[0] & 0x80));
    if (writes && !ctrl) return;
    char full[64];
    snprintf(full, sizeof full, "%s%s%s", ctrl ? "Ctrl+" : "", shift && !writes ? "Shift+" : "", name);
    desk_key(&win.desk, full);
}

static Point at_pointer(int x, int y) {
    return (Point){x * win.px_per_point / win.u, y * win.px_per_point / win.u};
}

static void wheel(const SDL_MouseWheelEvent *e) {
    int x, y;
    SDL_GetMouseState(&x, &y);
    if (SDL_GetModState() & KMOD_ALT) {
        desk_lanes(&win.desk, -LANES_A_NOTCH * e->y);
        return;
    }
    bool across = (SDL_GetModState() & KMOD_SHIFT) || e->x != 0;
    desk_wheel(&win.desk, at_pointer(x, y), e->y, !across ? 0 : e->x ? e->x : -e->y);
}

/* Many window managers keep Alt for themselves; Ctrl does the same. */
static void button_down(const SDL_MouseButtonEvent *e) {
    Desk *k = &win.desk;
    Point at = at_pointer(e->x, e->y);
    bool measure = SDL_GetModState() & (KMOD_ALT | KMOD_CTRL);
    if (e->button == SDL_BUTTON_RIGHT) desk_right(k, at);
    if (e->button != SDL_BUTTON_LEFT) return;
    if (measure) desk_measure(k, at);
    else if (e->clicks == 2) desk_double(k, at);
    else desk_press(k, at);
}

/* A capital is another key only when Shift is held: Caps Lock makes none. */
static void typed(const char *text) {
    char other[2] = {(char)(text[0] ^ 0x20), '\0'};
    bool letter = (text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z');
    bool caps = (SDL_GetModState() & KMOD_CAPS) && letter && text[1] == '\0' && !desk_takes_text(&win.desk);
    desk_type(&win.desk, caps ? other : text);
}

/* What the desk wishes of the system. */
static void fulfil_copy(void) {
    if (win.desk.copy[0] == '\0') return;
    SDL_SetClipboardText(win.desk.copy);
    win.desk.copy[0] = '\0';
}

static void fit_screen(bool full) {
    bool is_full = SDL_GetWindowFlags(win.window) & SDL_WINDOW_FULLSCREEN_DESKTOP;
    if (full != is_full) SDL_SetWindowFullscreen(win.window, full ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

static void take_event(const SDL_Event *e) {
    Desk *k = &win.desk;
    switch (e->type) {
    case SDL_QUIT: k->quit = true; break;
    case SDL_DROPFILE:
        desk_drop(k, e->drop.file);
        SDL_free(e->drop.file);
        break;
    case SDL_WINDOWEVENT:
        if (e->window.event == SDL_WINDOWEVENT_EXPOSED && win.canvas) present();
        k->dirty = true;
        break;
    case SDL_KEYDOWN:
        k->held = e->key.repeat != 0;
        key_down(&e->key.keysym);
        break;
    case SDL_TEXTINPUT: typed(e->text.text); break;
    case SDL_MOUSEMOTION: desk_move(k, at_pointer(e->motion.x, e->motion.y), SDL_GetTicks64()); break;
    case SDL_MOUSEBUTTONDOWN: button_down(&e->button); break;
    case SDL_MOUSEBUTTONUP:
        if (e->button.button == SDL_BUTTON_LEFT) desk_release(k, at_pointer(e->button.x, e->button.y));
        break;
    case SDL_MULTIGESTURE:
        if (e->mgesture.numFingers == 2)
            desk_pinch(k, (Point){(double)e->mgesture.x * win.w / win.u, (double)e->mgesture.y * win.h / win.u}, (double)e->mgesture.dDist);
        break;
    case SDL_MOUSEWHEEL: wheel(&e->wheel); break;
    default: break;
    }
}

/* ---------------------------------------------------------------- the loop */

static void wait_for_events(void) {
    SDL_Event e;
    int ms = desk_patience(&win.desk);
    bool got = ms < 0   ? SDL_WaitEvent(&e)
               : ms > 0 ? SDL_WaitEventTimeout(&e, ms)
                        : SDL_PollEvent(&e);
    for (; got; got = SDL_PollEvent(&e)) take_event(&e);
}

/* Wall time since the last call, in ns. */
static uint64_t elapsed(Uint64 *last) {
    Uint64 now = SDL_GetPerformanceCounter();
    uint64_t wall = (now - *last) * 1000000000 / SDL_GetPerformanceFrequency();
    *last = now;
    return wall;
}

/* How large it is when it can be seen for the first time is not the user's doing. */
static void note_size(void) {
    if (win.first_w == 0) SDL_GetWindowSize(win.window, &win.first_w, &win.first_h);
}

bool window_learn_size(Settings *s) {
    int w, h;
    Uint32 flags = SDL_GetWindowFlags(win.window);
    SDL_GetWindowSize(win.window, &w, &h);
    bool of_system = flags & (SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_MAXIMIZED | SDL_WINDOW_MINIMIZED);
    if (of_system || win.first_w == 0 || (w == win.first_w && h == win.first_h)) return false;
    s->window_w = w;
    s->window_h = h;
    return true;
}

void window_drop(const char *path) { desk_drop(&win.desk, path); }
void window_opened(const char *why) { desk_opened(&win.desk, why); }

char *window_run(Show *w) {
    Uint64 last = SDL_GetPerformanceCounter();
    Desk *k = &win.desk;
    if (k->show != w) {
        desk_open(k, w);
        drop_canvas();
    }
    if (w == NULL && !k->front.listed && k->front.state == FRONT_LIST) front_list(&k->front);
    SDL_SetWindowTitle(win.window, w ? w->scene.title : "faultline");
    while (!k->quit && k->front.wants[0] == '\0') {
        wait_for_events();
        desk_tick(k, elapsed(&last), SDL_GetTicks64());
        fit_screen(k->full_screen);
        fulfil_copy();
        if (!k->dirty) continue;
        k->dirty = false;
        Uint64 start = SDL_GetTicks64();
        repaint();
        note_size();
        /* where presenting does not wait for the screen, 60 pictures a second are enough */
        Uint64 took = SDL_GetTicks64() - start;
        if (w && (w->player.playing || k->moves) && took < 15) SDL_Delay((Uint32)(15 - took));
    }
    return k->quit ? NULL : mem_text(k->front.wants);
}

void window_leave(void) { desk_open(&win.desk, NULL); }
