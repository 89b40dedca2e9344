/* browser.c -- Chromium's remote debugging protocol: JSON texts with a NUL at the end, to it on 3 and from it on 4. */
#include "browser.h"

#include "../../sim/base/bytes.h"
#include "../check.h"
#include "../cli/command.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MS = 30000 };

struct Browser {
    pid_t pid;
    int to, from;
    Bytes in; /* what has come of a message that is not whole yet, or of the next ones */
    int last_id;
    char session[80];
    bool loaded;
    Bytes complaints, requests; /* texts */
};

const char *browser_name(void) {
    static const char *const names[] = {"chromium-headless-shell", "chromium", "google-chrome"};
    static const char *found;
    for (size_t i = 0; i < ARRAY_LEN(names) && found == NULL; i++) {
        Result r = command("command -v %s", names[i]);
        if (r.status == 0) found = names[i];
        result_free(&r);
    }
    return found;
}

/* ---------------------------------------------------------------- messages */

static void say(Bytes *list, const char *text) {
    if (list->len > 0) list->data[list->len - 1] = '\n';
    bytes_add(list, text, strlen(text) + 1);
}

static const char *text_of(const cJSON *o, const char *a, const char *b) {
    const cJSON *x = b ? cJSON_GetObjectItem(cJSON_GetObjectItem(o, a), b) : cJSON_GetObjectItem(o, a);
    return cJSON_IsString(x) ? x->valuestring : "";
}

static void take_event(Browser *b, const char *method, const cJSON *p) {
    if (strcmp(method, "Page.loadEventFired") == 0) b->loaded = true;
    else if (strcmp(method, "Network.requestWillBeSent") == 0) {
        const char *url = text_of(p, "request", "url");
        if (strncmp(url, "data:", 5) != 0) say(&b->requests, url);
    } else if (strcmp(method, "Log.entryAdded") == 0) say(&b->complaints, text_of(p, "entry", "text"));
    else if (strcmp(method, "Runtime.exceptionThrown") == 0) say(&b->complaints, text_of(p, "exceptionDetails", "text"));
    else if (strcmp(method, "Runtime.consoleAPICalled") == 0) say(&b->complaints, text_of(p, "type", NULL));
}

/* The next message; NULL if none comes in time. */
static cJSON *receive(Browser *b) {
    for (;;) {
        uint8_t *end = b->in.len ? memchr(b->in.data, '\0', b->in.len) : NULL;
        if (end) {
            cJSON *m = cJSON_Parse((const char *)b->in.data);
            size_t used = (size_t)(end + 1 - b->in.data);
            memmove(b->in.data, end + 1, b->in.len -= used);
            return m;
        }
        struct pollfd p = {.fd = b->from, .events = POLLIN};
        char chunk[65536];
        if (poll(&p, 1, ANSWER_MS) <= 0) return NULL;
        ssize_t n = read(b->from, chunk, sizeof chunk);
        if (n <= 0) return NULL;
        bytes_add(&b->in, chunk, (size_t)n);
    }
}

/* Reads until there is an answer to message `id`, or with id 0 until the page is loaded. */
static cJSON *await(Browser *b, int id) {
    while (id != 0 || !b->loaded) {
        cJSON *m = receive(b);
        if (m == NULL) return NULL;
        const cJSON *its = cJSON_GetObjectItem(m, "id");
        if (id != 0 && cJSON_IsNumber(its) && its->valueint == id) return m;
        take_event(b, text_of(m, "method", NULL), cJSON_GetObjectItem(m, "params"));
        cJSON_Delete(m);
    }
    return NULL;
}

/* Takes the parameters over; the answer's result, NULL if it is an error. The caller deletes the message. */
static cJSON *ask(Browser *b, const char *method, cJSON *params, cJSON **message) {
    cJSON *m = cJSON_CreateObject();
    cJSON_AddNumberToObject(m, "id", ++b->last_id);
    cJSON_AddStringToObject(m, "method", method);
    if (params) cJSON_AddItemToObject(m, "params", params);
    if (b->session[0]) cJSON_AddStringToObject(m, "sessionId", b->session);
    char *text = cJSON_PrintUnformatted(m);
    bool sent = write(b->to, text, strlen(text) + 1) == (ssize_t)strlen(text) + 1;
    free(text);
    cJSON_Delete(m);
    *message = sent ? await(b, b->last_id) : NULL;
    return cJSON_GetObjectItem(*message, "result");
}

static bool tell(Browser *b, const char *method, cJSON *params) {
    cJSON *m;
    bool well = ask(b, method, params, &m) != NULL;
    cJSON_Delete(m);
    return well;
}

static cJSON *with(const char *key, cJSON *value) {
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, key, value);
    return o;
}

/* ---------------------------------------------------------------- its life */

static void become(const char *name, int in, int out) {
    char folder[600];
    snprintf(folder, sizeof folder, "--user-data-dir=%s", temp_path("browser"));
    const char *const args[] = {name, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
                                folder, "about:blank", NULL};
    int in3 = fcntl(in, F_DUPFD, 10), out4 = fcntl(out, F_DUPFD, 10), nowhere = open("/dev/null", O_RDWR);
    dup2(in3, 3);
    dup2(out4, 4);
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execvp(name, (char *const *)args);
    _exit(127);
}

static bool find_page(Browser *b) {
    cJSON *m, *a = ask(b, "Target.createTarget", with("url", cJSON_CreateString("about:blank")), &m);
    cJSON *params = with("targetId", cJSON_CreateString(text_of(a, "targetId", NULL)));
    cJSON_AddBoolToObject(params, "flatten", true);
    cJSON_Delete(m);
    snprintf(b->session, sizeof b->session, "%s", text_of(ask(b, "Target.attachToTarget", params, &m), "sessionId", NULL));
    cJSON_Delete(m);
    return b->session[0] && tell(b, "Page.enable", NULL) && tell(b, "Runtime.enable", NULL) && tell(b, "Log.enable", NULL) &&
           tell(b, "Network.enable", NULL);
}

Browser *browser_open(void) {
    int there[2], back[2];
    if (pipe2(there, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0) return NULL;
    Browser *b = mem_zero(1, sizeof *b);
    const char *name = browser_name();
    b->pid = fork();
    if (b->pid == 0) become(name, there[0], back[1]);
    close(there[0]);
    close(back[1]);
    b->to = there[1];
    b->from = back[0];
    if (find_page(b)) return b;
    browser_close(b);
    return NULL;
}

void browser_close(Browser *b) {
    b->session[0] = '\0';
    if (!tell(b, "Browser.close", NULL)) kill(b->pid, SIGKILL);
    waitpid(b->pid, NULL, 0);
    close(b->to);
    close(b->from);
    bytes_free(&b->in);
    bytes_free(&b->complaints);
    bytes_free(&b->requests);
    free(b);
}

/* ---------------------------------------------------------------- what a user does */

bool browser_show(Browser *b, const char *path, const char *hash) {
    char url[700];
    /* by way of an empty page, else only another hash would load nothing */
    for (int i = 0; i < 2; i++) {
        snprintf(url, sizeof url, i ? "file://%s%s" : "about:blank", path, hash);
        b->loaded = false;
        if (!tell(b, "Page.navigate", with("url", cJSON_CreateString(url)))) return false;
        cJSON_Delete(await(b, 0));
        if (!b->loaded) return false;
    }
    return true;
}

void browser_size(Browser *b, int w, int h) {
    cJSON *p = with("width", cJSON_CreateNumber(w));
    cJSON_AddNumberToObject(p, "height", h);
    cJSON_AddNumberToObject(p, "deviceScaleFactor", 1);
    cJSON_AddBoolToObject(p, "mobile", false);
    tell(b, "Emulation.setDeviceMetricsOverride", p);
}

void browser_scripts(Browser *b, bool allowed) {
    tell(b, "Emulation.setScriptExecutionDisabled", with("value", cJSON_CreateBool(!allowed)));
}

void browser_key(Browser *b, const char *key, bool shift) {
    static const struct {
        const char *key, *text;
        int code;
    } keys[] = {{"ArrowLeft", "", 37}, {"ArrowRight", "", 39}, {"PageUp", "", 33}, {"PageDown", "", 34}, {"Home", "", 36},
                {"End", "", 35}, {" ", " ", 32}, {"Enter", "\r", 13}, {"Escape", "", 27}, {"Tab", "", 9}};
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(keys) && strcmp(keys[i].key, key) != 0) i++;
    for (int down = 1; down >= 0; down--) {
        cJSON *p = with("type", cJSON_CreateString(!down ? "keyUp" : keys[i].text[0] ? "keyDown" : "rawKeyDown"));
        cJSON_AddStringToObject(p, "key", key);
        cJSON_AddNumberToObject(p, "windowsVirtualKeyCode", keys[i].code);
        cJSON_AddNumberToObject(p, "modifiers", shift ? 8 : 0);
        if (down && keys[i].text[0]) cJSON_AddStringToObject(p, "text", keys[i].text);
        tell(b, "Input.dispatchKeyEvent", p);
    }
}

void browser_click(Browser *b, double x, double y) {
    static const char *const types[] = {"mousePressed", "mouseReleased"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        cJSON *p = with("type", cJSON_CreateString(types[i]));
        cJSON_AddNumberToObject(p, "x", x);
        cJSON_AddNumberToObject(p, "y", y);
        cJSON_AddStringToObject(p, "button", "left");
        cJSON_AddNumberToObject(p, "clickCount", 1);
        tell(b, "Input.dispatchMouseEvent", p);
    }
}

/* ---------------------------------------------------------------- what one sees */

char *browser_value(Browser *b, const char *expression) {
    char text[4096], error[256];
    snprintf(text, sizeof text, "String(%s)", expression);
    cJSON *m, *p = with("expression", cJSON_CreateString(text));
    cJSON_AddBoolToObject(p, "returnByValue", true);
    const cJSON *result = ask(b, "Runtime.evaluate", p, &m);
    const cJSON *thrown = cJSON_GetObjectItem(result, "exceptionDetails");
    snprintf(error, sizeof error, "error: %s", thrown ? text_of(thrown, "exception", "description") : "no answer");
    char *value = mem_text(thrown || result == NULL ? error : text_of(result, "result", "value"));
    cJSON_Delete(m);
    return value;
}

/* The bytes of an answer's "data", which is base64; malloced. */
static uint8_t *data_of(const cJSON *answer, size_t *len) {
    const char *text = text_of(answer, "data", NULL);
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *bytes = mem_zero(strlen(text) + 1, 1);
    uint32_t bits = 0;
    unsigned have = 0;
    *len = 0;
    for (const char *at; *text && (at = strchr(letters, *text)) != NULL; text++) {
        bits = bits << 6 | (uint32_t)(at - letters);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        bytes[(*len)++] = (uint8_t)(bits >> have);
    }
    return bytes;
}

size_t browser_printed_pages(Browser *b) {
    cJSON *m, *p = with("preferCSSPageSize", cJSON_CreateBool(true));
    cJSON_AddBoolToObject(p, "printBackground", true);
    size_t len, pages = 0;
    uint8_t *pdf = data_of(ask(b, "Page.printToPDF", p, &m), &len);
    static const char page[] = "/Type /Page\n";
    for (uint8_t *at = pdf; (at = memmem(at, len - (size_t)(at - pdf), page, sizeof page - 1)) != NULL; at++) pages++;
    free(pdf);
    cJSON_Delete(m);
    return pages;
}

bool browser_picture(Browser *b, const char *path) {
    cJSON *m;
    size_t len;
    uint8_t *png = data_of(ask(b, "Page.captureScreenshot", NULL, &m), &len);
    FILE *f = fopen(path, "wb");
    bool well = f && fwrite(png, 1, len, f) == len && len > 0;
    if (f) fclose(f);
    free(png);
    cJSON_Delete(m);
    return well;
}

const char *browser_complaints(const Browser *b) { return b->complaints.len ? (const char *)b->complaints.data : ""; }
const char *browser_requests(const Browser *b) { return b->requests.len ? (const char *)b->requests.data : ""; }
