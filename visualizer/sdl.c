/* sdl.c -- the only file with SDL: a window, its input as calls of the player, its time.
 *
 * A still window uses no CPU: without play, a growing file or a trace being read, the loop sleeps
 * in SDL_WaitEvent. A picture is painted only when something asked for one, and of it only the
 * parts that differ (frame.c).
 */
#define SDL_MAIN_HANDLED
#include "window.h"

#include "find.h"
#include "frame.h"

#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_EVENTS = 200000, POLL_MS = 100, TOOLTIP_MS = 80 };

typedef enum { DRAG_NONE, DRAG_SEEK, DRAG_SCRUB, DRAG_PAN, DRAG_SPEED, DRAG_DIVIDER } Drag;

static struct {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    Canvas *canvas;
    int w, h;            /* device pixels */
    double u;            /* of the canvas */
    double px_per_point; /* device pixels per unit of SDL's mouse coordinates */

    Frame *frame;
    Show *show; /* NULL: nothing is open */
    bool dirty, quit;
    char *dropped;
    Drag drag;
    double drag_x;
    bool pressed_moved; /* since the button went down */
    Uint32 hover_since;
    Thing hover_next; /* what the pointer is over, shown after TOOLTIP_MS */
    bool zoomed;      /* the user has chosen a window of time */
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

bool window_open(Diag *d) {
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
    win.window = SDL_CreateWindow("faultline", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                                  SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (win.window) win.renderer = SDL_CreateRenderer(win.window, -1, SDL_RENDERER_PRESENTVSYNC);
    if (win.window && win.renderer == NULL)
        win.renderer = SDL_CreateRenderer(win.window, -1, SDL_RENDERER_SOFTWARE);
    if (win.renderer == NULL)
        return diag_fail(d, EXIT_WORLD, "no window can be opened: %s", SDL_GetError());
    win.frame = frame_new();
    win.hover_next = NO_THING;
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
    frame_free(win.frame);
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

static void paint_empty(void) {
    DrawList list = {0};
    double u = fmax(1, fmin(win.w / 1600.0, win.h / 1000.0));
    Box whole = {0, 0, win.w / u, win.h / u};
    fit_canvas(u);
    view_empty(&list, whole.w, whole.h, "Open a trace",
               "Drop one on this window, or run faultline-view TRACE. faultline run SCENARIO --out "
               "TRACE makes one.");
    canvas_paint(win.canvas, &list, THEME_DARK, whole);
    upload(whole);
    draw_free(&list);
    present();
}

static void repaint(void) {
    measure_window();
    if (win.w < 1 || win.h < 1) return;
    if (win.show == NULL) {
        paint_empty();
        return;
    }
    Frame *f = win.frame;
    win.show->scene.width_px = win.w;
    win.show->scene.height_px = win.h;
    frame_build(f, show_scene(win.show));
    bool fresh = fit_canvas(f->layout.u);
    unsigned painted = frame_paint(f, win.canvas, win.show->scene.theme, fresh);
    for (int i = 0; i < PART_COUNT; i++) {
        if (fresh || (painted >> PART_OVERLAY & 1)) upload(f->box[PART_OVERLAY]), i = PART_COUNT;
        else if (painted >> i & 1) upload(f->box[i]);
    }
    if (painted || fresh) present();
}

/* ---------------------------------------------------------------- keys */

static void step(int direction, SDL_Keymod mod) {
    Player *p = &win.show->player;
    Feed *f = win.show->feed;
    Thing selected = win.show->scene.selected;
    p->playing = p->follow = false;
    if (mod & KMOD_CTRL)
        player_seek_ns(p, f,
                       direction > 0         ? p->now_ns + 1000000
                       : p->now_ns > 1000000 ? p->now_ns - 1000000
                                             : 0);
    else if ((mod & KMOD_SHIFT) && selected.id != NONE)
        player_step_thing(p, f, direction, selected.kind, selected.id);
    else player_step(p, f, direction);
}

static void play(void) {
    Player *p = &win.show->player;
    p->follow = false;
    if (!p->playing && p->now_ns >= feed_end_ns(win.show->feed) && !feed_is_open(win.show->feed))
        player_seek_seq(p, win.show->feed, 1);
    p->playing = !p->playing;
}

static void zoom_time(unsigned hundredths, uint64_t at_ns) {
    player_zoom(&win.show->player, win.show->feed, hundredths, at_ns);
    win.zoomed = true;
}

static void resize_everything(int direction) {
    double *zoom = &win.show->scene.zoom;
    *zoom = direction == 0 ? 1 : fmin(1.5, fmax(.8, *zoom + .1 * direction));
}

static void key_down(const SDL_Keysym *key) {
    SDL_Keymod mod = (SDL_Keymod)key->mod;
    if (key->sym == SDLK_F11) {
        bool full = SDL_GetWindowFlags(win.window) & SDL_WINDOW_FULLSCREEN_DESKTOP;
        SDL_SetWindowFullscreen(win.window, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
    }
    if (key->sym == SDLK_q && (mod & KMOD_CTRL)) win.quit = true;
    if (win.show == NULL) return;
    Player *p = &win.show->player;
    Scene *s = &win.show->scene;
    Feed *f = win.show->feed;
    if (mod & KMOD_CTRL) {
        if (key->sym == SDLK_PLUS || key->sym == SDLK_EQUALS || key->sym == SDLK_KP_PLUS)
            resize_everything(1);
        if (key->sym == SDLK_MINUS || key->sym == SDLK_KP_MINUS) resize_everything(-1);
        if (key->sym == SDLK_0 || key->sym == SDLK_KP_0) resize_everything(0);
    }
    switch (key->sym) {
    case SDLK_SPACE: play(); break;
    case SDLK_RIGHT: step(1, mod); break;
    case SDLK_LEFT: step(-1, mod); break;
    case SDLK_PAGEDOWN: p->playing = p->follow = false, player_step_story(p, f, 1); break;
    case SDLK_PAGEUP: p->playing = p->follow = false, player_step_story(p, f, -1); break;
    case SDLK_HOME: p->playing = p->follow = false, player_seek_seq(p, f, 1); break;
    case SDLK_END:
        player_seek_ns(p, f, feed_end_ns(f));
        p->follow = feed_is_open(f);
        p->playing = false;
        break;
    case SDLK_TAB: s->panel = !s->panel; break;
    case SDLK_ESCAPE: s->help = s->asks_why = false, s->selected = NO_THING; break;
    default: break;
    }
}

/* ---- the search line ---- */

enum { SEARCH_MAX = 64 };
static char search[SEARCH_MAX];

static void search_open(bool open) {
    Scene *s = &win.show->scene;
    search[0] = '\0';
    s->search = open ? search : NULL;
    s->search_failed = false;
}

static void search_type(const char *text) {
    size_t n = strlen(search);
    if (n + strlen(text) < sizeof search) snprintf(search + n, sizeof search - n, "%s", text);
    win.show->scene.search_failed = false;
}

/* Back by one letter, not by one byte. */
static void search_back(void) {
    size_t n = strlen(search);
    while (n > 0 && (search[--n] & 0xc0) == 0x80) continue;
    search[n] = '\0';
    win.show->scene.search_failed = false;
}

/* A thing is selected; an event is gone to, and Enter again goes to the next. */
static void search_go(void) {
    Scene *s = &win.show->scene;
    Player *p = &win.show->player;
    Found found;
    s->search_failed = !find_in(win.show->feed, search, p->told_seq, &found);
    if (s->search_failed) return;
    p->playing = p->follow = false;
    if (found.seq != 0) {
        player_seek_seq(p, win.show->feed, found.seq);
    } else {
        s->selected = found.thing;
        search_open(false);
    }
}

/* True: the key was the search line's. */
static bool search_key(SDL_Keycode key) {
    if (win.show == NULL || win.show->scene.search == NULL) return false;
    if (key == SDLK_ESCAPE) search_open(false);
    else if (key == SDLK_BACKSPACE) search_back();
    else if (key == SDLK_RETURN || key == SDLK_KP_ENTER) search_go();
    return true;
}

/* What a key writes, so that + and ? are found on every keyboard. */
static void text_typed(const char *text) {
    if (win.show == NULL) return;
    Player *p = &win.show->player;
    Scene *s = &win.show->scene;
    if (s->search != NULL) {
        search_type(text);
        return;
    }
    switch (text[0]) {
    case '/': search_open(true); break;
    case '+':
    case '=': zoom_time(80, p->now_ns); break;
    case '-': zoom_time(125, p->now_ns); break;
    case '0':
        player_fit(p, win.show->feed);
        win.zoomed = false;
        break;
    case 'p':
    case 'P':
        p->predict = !p->predict;
        p->ask_seq = 0;
        break;
    case 'y':
    case 'Y': s->asks_why = !s->asks_why; break;
    case '.': player_speed(p, 1); break;
    case ']':
    case '[':
        p->playing = p->follow = false;
        player_step_finding(p, win.show->feed, text[0] == ']' ? 1 : -1);
        break;
    case ',': player_speed(p, -1); break;
    case 't':
    case 'T': s->theme = theme_is_dark(s->theme) ? THEME_LIGHT : THEME_DARK; break;
    case 'a':
    case 'A': s->lecture = !s->lecture; break;
    case '?': s->help = !s->help; break;
    default: break;
    }
    for (int i = 0; i < VIEW_COUNT; i++) {
        if (text[0] == view_spec[i].key) s->view = (ViewKind)i;
    }
}

/* ---------------------------------------------------------------- mouse */

static Point at_pointer(int x, int y) {
    return (Point){x * win.px_per_point / win.u, y * win.px_per_point / win.u};
}

static void seek_to_pointer(Point at) {
    Player *p = &win.show->player;
    const TimelineLayout *l = &win.frame->time;
    p->playing = p->follow = false;
    uint64_t ns = win.drag == DRAG_SCRUB ? scrub_ns(l, &win.show->scene, at.x)
                                         : timeline_ns(l, &win.show->scene, at.x);
    player_seek_ns(p, win.show->feed, ns);
}

static void set_speed(Point at, Box slider) {
    double share = fmin(1, fmax(0, (at.x - slider.x - 6) / 120));
    win.show->player.speed_ns = (uint64_t)llround(10 * pow(10, share * 8));
}

static void drag_to(Point at) {
    static const double snaps[] = {.45, .55, .64, .75};
    Player *p = &win.show->player;
    const FrameLayout *l = &win.frame->layout;
    win.pressed_moved = true;
    if (win.drag == DRAG_SEEK || win.drag == DRAG_SCRUB) seek_to_pointer(at);
    if (win.drag == DRAG_PAN) {
        player_pan(p, win.show->feed, (int64_t)((win.drag_x - at.x) * win.frame->time.ns_per_lp));
        win.zoomed = true;
        win.drag_x = at.x;
    }
    if (win.drag == DRAG_DIVIDER) {
        double share = (at.y - l->top.h) / (l->h - l->top.h - l->transport.h);
        for (size_t i = 0; i < ARRAY_LEN(snaps); i++) {
            if (fabs(share - snaps[i]) < .03) win.show->scene.stage_share = snaps[i];
        }
    }
    const Hit *hit = hits_at(&win.frame->hits, at);
    if (win.drag == DRAG_SPEED && hit && hit->kind == HIT_SPEED) set_speed(at, hit->box);
}

static void button_down(Point at) {
    Player *p = &win.show->player;
    const FrameLayout *l = &win.frame->layout;
    win.pressed_moved = false;
    win.drag_x = at.x;
    if (win.show->scene.help) {
        win.show->scene.help = false;
        return;
    }
    if (l->stage.h > 0 && fabs(at.y - (l->stage.y + l->stage.h)) < 5 && at.x < l->stage.w &&
        !win.show->scene.lecture) {
        win.drag = DRAG_DIVIDER;
        return;
    }
    const Hit *hit = hits_at(&win.frame->hits, at);
    if (hit == NULL) {
        win.show->scene.selected = NO_THING;
        return;
    }
    switch (hit->kind) {
    case HIT_THING:
        win.show->scene.selected = hit->thing;
        if (at.y > l->timeline.y) win.drag = DRAG_PAN;
        break;
    case HIT_EVENT:
        p->playing = p->follow = false, player_seek_seq(p, win.show->feed, hit->value);
        break;
    case HIT_RULER: win.drag = DRAG_SEEK, seek_to_pointer(at); break;
    case HIT_SCRUB: win.drag = DRAG_SCRUB, seek_to_pointer(at); break;
    case HIT_LANES: win.drag = DRAG_PAN; break;
    case HIT_TO_START: p->playing = p->follow = false, player_seek_seq(p, win.show->feed, 1); break;
    case HIT_BACK: step(-1, KMOD_NONE); break;
    case HIT_STEP: step(1, KMOD_NONE); break;
    case HIT_PLAY: play(); break;
    case HIT_SPEED: win.drag = DRAG_SPEED, set_speed(at, hit->box); break;
    case HIT_KEYS: win.show->scene.help = true; break;
    case HIT_VIEW: win.show->scene.view = (ViewKind)hit->value; break;
    }
}

static void button_up(Point at) {
    const Hit *hit = hits_at(&win.frame->hits, at);
    if (win.drag == DRAG_PAN && !win.pressed_moved && hit && hit->kind == HIT_LANES)
        seek_to_pointer(at);
    win.drag = DRAG_NONE;
}

static void wheel(const SDL_MouseWheelEvent *e) {
    int x, y;
    SDL_GetMouseState(&x, &y);
    Point at = at_pointer(x, y);
    const TimelineLayout *l = &win.frame->time;
    double span = (double)(win.show->player.to_ns - win.show->player.from_ns);
    if (SDL_GetModState() & KMOD_SHIFT || e->x != 0) {
        player_pan(&win.show->player, win.show->feed, (int64_t)(span / 20 * (e->x ? e->x : -e->y)));
        win.zoomed = true;
    } else if (e->y != 0) {
        zoom_time(e->y > 0 ? 80 : 125, timeline_ns(l, &win.show->scene, at.x));
    }
}

/* The pointer rests on a thing: its tooltip comes after a moment, and stays where it came. */
static void hover(Point at) {
    const Hit *hit = hits_at(&win.frame->hits, at);
    Thing t = hit && hit->kind == HIT_THING ? hit->thing : NO_THING;
    Scene *s = &win.show->scene;
    bool same = t.kind == win.hover_next.kind && t.id == win.hover_next.id;
    if (same) return;
    win.hover_next = t;
    win.hover_since = SDL_GetTicks();
    s->pointer = at;
    if (s->hovered.id != NONE) {
        s->hovered = NO_THING;
        win.dirty = true;
    }
}

static void show_tooltip_when_due(void) {
    Scene *s = &win.show->scene;
    if (win.hover_next.id == NONE || s->hovered.id != NONE ||
        SDL_GetTicks() - win.hover_since < TOOLTIP_MS)
        return;
    s->hovered = win.hover_next;
    win.dirty = true;
}

/* ---------------------------------------------------------------- the loop */

static void take_event(const SDL_Event *e) {
    switch (e->type) {
    case SDL_QUIT: win.quit = true; return;
    case SDL_DROPFILE:
        free(win.dropped);
        win.dropped = mem_text(e->drop.file);
        SDL_free(e->drop.file);
        return;
    case SDL_WINDOWEVENT:
        if (e->window.event == SDL_WINDOWEVENT_EXPOSED && win.canvas) present();
        win.dirty = true;
        return;
    case SDL_KEYDOWN:
        if (!search_key(e->key.keysym.sym)) key_down(&e->key.keysym);
        break;
    case SDL_TEXTINPUT: text_typed(e->text.text); break;
    case SDL_MOUSEMOTION:
        if (win.show == NULL) return;
        if (win.drag == DRAG_NONE) {
            hover(at_pointer(e->motion.x, e->motion.y));
            return;
        }
        drag_to(at_pointer(e->motion.x, e->motion.y));
        break;
    case SDL_MOUSEBUTTONDOWN:
        if (win.show && e->button.button == SDL_BUTTON_LEFT)
            button_down(at_pointer(e->button.x, e->button.y));
        break;
    case SDL_MOUSEBUTTONUP:
        if (win.show && e->button.button == SDL_BUTTON_LEFT)
            button_up(at_pointer(e->button.x, e->button.y));
        break;
    case SDL_MOUSEWHEEL:
        if (win.show) wheel(&e->wheel);
        break;
    default: return;
    }
    win.dirty = true;
}

/* Reads what the file has more; the window of time grows with it unless the user chose one. */
static void read_more(void) {
    Feed *f = win.show->feed;
    if (feed_count(f) >= feed_total(f) && !(feed_is_open(f) && feed_poll(f))) return;
    if (!feed_read(f, READ_EVENTS)) return;
    if (!win.zoomed) player_fit(&win.show->player, f);
    win.dirty = true;
}

/* How long the loop may sleep, in ms; -1: until somebody does something. */
static int patience(void) {
    if (win.dirty) return 0;
    if (win.show == NULL) return -1;
    if (win.show->player.playing || feed_count(win.show->feed) < feed_total(win.show->feed))
        return 0;
    if (win.hover_next.id != NONE && win.show->scene.hovered.id == NONE) return TOOLTIP_MS;
    return feed_is_open(win.show->feed) ? POLL_MS : -1;
}

static void wait_for_events(void) {
    SDL_Event e;
    int ms = patience();
    bool got = ms < 0   ? SDL_WaitEvent(&e)
               : ms > 0 ? SDL_WaitEventTimeout(&e, ms)
                        : SDL_PollEvent(&e);
    for (; got; got = SDL_PollEvent(&e)) take_event(&e);
}

static void pass_time(Uint64 *last) {
    Uint64 now = SDL_GetPerformanceCounter();
    uint64_t wall = (now - *last) * 1000000000 / SDL_GetPerformanceFrequency();
    *last = now;
    Player *p = &win.show->player;
    if (!p->playing && !p->follow) return;
    uint64_t before = p->now_ns;
    player_tick(p, win.show->feed, wall);
    if (p->playing || p->now_ns != before) win.dirty = true;
}

char *window_run(Show *w) {
    Uint64 last = SDL_GetPerformanceCounter();
    win.show = w;
    win.dirty = true;
    win.quit = false;
    win.zoomed = false;
    win.hover_next = NO_THING;
    drop_canvas();
    if (w) SDL_SetWindowTitle(win.window, w->scene.title);
    while (!win.quit && win.dropped == NULL) {
        wait_for_events();
        if (w) {
            read_more();
            show_tooltip_when_due();
            pass_time(&last);
        }
        if (!win.dirty) continue;
        win.dirty = false;
        Uint32 start = SDL_GetTicks();
        repaint();
        /* where presenting does not wait for the screen, 60 pictures a second are enough */
        Uint32 took = SDL_GetTicks() - start;
        if (w && w->player.playing && took < 15) SDL_Delay(15 - took);
    }
    win.show = NULL;
    char *path = win.quit ? NULL : win.dropped;
    if (win.quit) free(win.dropped);
    win.dropped = NULL;
    return path;
}
