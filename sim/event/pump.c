/* pump.c -- a small ring of blocks between the simulator's thread and the sinks'. */
#include "pump.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The other thread is mostly the faster one, and sleeps; waking it is a call of the system's. So it is woken when several
 * blocks are there, or when somebody waits for the last. */
enum { SLOTS = 16, WORTH_WAKING = 4 };

typedef struct {
    Block block; /* bytes points into `bytes` */
    Bytes bytes, text;
} Slot;

struct Pump {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool started, stop;
    uint64_t put, done; /* blocks handed over; gone through the sinks */
    Slot slot[SLOTS];
    Intern *text; /* the other thread's own */
    int sink_count;
    struct {
        SinkFn fn;
        void *ctx;
    } sink[SINKS_MAX];
};

Pump *pump_new(void) {
    Pump *p = mem_zero(1, sizeof *p);
    p->text = intern_new();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return p;
}

void pump_add(Pump *p, SinkFn fn, void *ctx) {
    ASSERT(!p->started);
    ASSERT(p->sink_count < SINKS_MAX);
    p->sink[p->sink_count].fn = fn;
    p->sink[p->sink_count].ctx = ctx;
    p->sink_count++;
}

const Intern *pump_text(const Pump *p) { return p->text; }

/* The strings get the same ids here, since they come in the same order. */
static void learn_text(Pump *p, const Slot *s) {
    const uint8_t *t = s->text.data, *end = t + s->text.len;
    for (uint64_t id = s->block.text_from; id < s->block.text_to; id++) {
        uint64_t len;
        t = varint_get(t, end, &len);
        ASSERT(t != NULL);
        uint64_t mine = intern_id_n(p->text, (const char *)t, len);
        ASSERT(mine == id);
        t += len;
    }
}

static void *work(void *pump) {
    Pump *p = pump;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->done == p->put && !p->stop) pthread_cond_wait(&p->changed, &p->lock);
        if (p->done == p->put) break;
        Slot *s = &p->slot[p->done % SLOTS];
        pthread_mutex_unlock(&p->lock);
        learn_text(p, s);
        for (int i = 0; i < p->sink_count; i++) p->sink[i].fn(p->sink[i].ctx, &s->block, p->text);
        pthread_mutex_lock(&p->lock);
        p->done++;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void pump_sink(void *pump, const Block *b, const Intern *text) {
    Pump *p = pump;
    if (!p->started) {
        p->started = true;
        if (pthread_create(&p->thread, NULL, work, p) != 0)
            assert_failed("a thread can be made", __FILE__, __LINE__, __func__);
    }
    pthread_mutex_lock(&p->lock);
    while (p->put - p->done == SLOTS) pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
    Slot *s = &p->slot[p->put % SLOTS]; /* free, and ours until put is counted up */
    s->bytes.len = s->text.len = 0;
    bytes_add(&s->bytes, b->bytes, b->len);
    for (uint64_t id = b->text_from; id < b->text_to; id++) {
        const char *t = intern_text(text, id);
        bytes_add_text(&s->text, t, strlen(t));
    }
    s->block = *b;
    s->block.bytes = s->bytes.data;
    pthread_mutex_lock(&p->lock);
    p->put++;
    if (p->put - p->done >= WORTH_WAKING) pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pump_from(Pump *p, Stream *s) {
    stream_add(s, pump_sink, p);
}

void pump_drain(Pump *p) {
    pthread_mutex_lock(&p->lock);
    pthread_cond_broadcast(&p->changed);
    while (p->done < p->put) pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void pump_free(Pump *p) {
    if (p == NULL) return;
    if (p->started) {
        pthread_mutex_lock(&p->lock);
        p->stop = true;
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->lock);
        pthread_join(p->thread, NULL);
    }
    for (int i = 0; i < SLOTS; i++) {
        bytes_free(&p->slot[i].bytes);
        bytes_free(&p->slot[i].text);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->changed);
    intern_free(p->text);
    free(p);
}
