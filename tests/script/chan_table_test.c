/* chan_table_test.c -- every operation on a channel in every state, with those who can wait there, against Go.
 *
 * tests/go/chan/table.txt is what Go does, row by row: who gets what, in which order, who panics, who waits for what. Where Go
 * is installed its program makes the table again, from the same rows, and must come to the same (UPDATE=1: writes it).
 */
#include "../check.h"
#include "../cli/command.h"
#include "../dev/driver.h"
#include "attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_chan_table_tests(void);

#define TABLE "tests/go/chan/table.txt"
#define OK "(v or 0) .. ' ' .. tostring(ok))"
#define OTHER "case.recv(other)"

static const struct {
    const char *name, *body;
} ops[] = {
    {"send", "c:send(7) print 'sent'"},
    {"recv", "print('got ' .. (c:recv() or 0))"},
    {"recv-ok", "local v, ok = c:recv() print('got ' .. " OK},
    {"close", "c:close() print 'closed'"},
    {"len", "print('len ' .. c:len())"},
    {"cap", "print('cap ' .. c:cap())"},
    {"select-send", "select { case.send(c, 7, function() print 'case' end) }"},
    {"select-recv", "select { case.recv(c, function(v, ok) print('case ' .. " OK " end) }"},
    {"select2-send", "select { case.send(c, 7, function() print 'case' end), " OTHER " }"},
    {"select2-recv", "select { case.recv(c, function(v, ok) print('case ' .. " OK " end), " OTHER " }"},
    {"default-send", "select { case.send(c, 7, function() print 'case' end), default = function() print 'default' end }"},
    {"default-recv", "select { case.recv(c, function(v, ok) print('case ' .. " OK " end), default = function() print 'default' end }"},
    {"range", "for v in c:each() do print('got ' .. v) return end print 'ends'"},
};

static const struct {
    const char *name, *make, *fill;
    bool full, empty; /* who sends, who receives, has to wait */
} states[] = {
    {"nil", "nilchan", "", true, true},
    {"unbuffered", "chan()", "", true, true},
    {"empty", "chan(2)", "", false, true},
    {"part", "chan(2)", "c:send(101)", false, false},
    {"full", "chan(2)", "c:send(101) c:send(102)", true, false},
    {"closed", "chan(2)", "c:close()", false, false},
    {"closed-left", "chan(2)", "c:send(101) c:close()", false, false},
};

#define SENDS "c:send(%d) print 'p%d sent'"
#define SELECT_SENDS "select { case.send(c, %d, function() print 'p%d sent' end), " OTHER " }"

typedef enum { SENDER, RECEIVER, SELECT_SENDER, SELECT_RECEIVER } PeerKind;
static const struct {
    const char *name;
    PeerKind kind;
    int count;
} peers[] = {
    {"none", SENDER, 0},
    {"sender", SENDER, 1},
    {"senders", SENDER, 2},
    {"select-sender", SELECT_SENDER, 1},
    {"select-senders", SELECT_SENDER, 2},
    {"receiver", RECEIVER, 1},
    {"receivers", RECEIVER, 2},
    {"select-receiver", SELECT_RECEIVER, 1},
    {"select-receivers", SELECT_RECEIVER, 2},
};

static int peer_text(char *out, size_t size, PeerKind kind, int n) {
    switch (kind) {
    case SENDER: return snprintf(out, size, SENDS, 200 + n, n);
    case RECEIVER: return snprintf(out, size, "local v, ok = c:recv() print('p%d got ' .. " OK, n);
    case SELECT_SENDER: return snprintf(out, size, SELECT_SENDS, 200 + n, n);
    case SELECT_RECEIVER:
        return snprintf(out, size, "select { case.recv(c, function(v, ok) print('p%d got ' .. " OK " end), " OTHER " }", n);
    }
    UNREACHABLE();
}

static void add(Bytes *b, const char *text) { bytes_add(b, text, strlen(text)); }

static void started(Bytes *source, const char *name, const char *body) {
    add(source, "go('");
    add(source, name);
    add(source, "', function() ");
    add(source, body);
    add(source, " end)\nfor _ = 1, 5 do runtime.Gosched() end\n");
}

/* Who still waits at the end, for what: "; op waits [chan send]". */
static void add_waiting(Bytes *out, const char *events, const char *name) {
    char born[48], id[16] = "", at[48];
    snprintf(born, sizeof born, " name=\"%s\"", name);
    const char *made = strstr(events, born);
    if (made == NULL) return;
    while (made > events && strncmp(made, " g=", 3) != 0) made--;
    snprintf(id, sizeof id, "%.*s", (int)strcspn(made + 3, " "), made + 3);
    snprintf(at, sizeof at, "GO_BLOCK g=%s ", id);
    const char *blocked = NULL, *p = events;
    for (; (p = strstr(p, at)) != NULL; p++) blocked = p;
    snprintf(at, sizeof at, "GO_UNBLOCK g=%s ", id);
    if (blocked == NULL || strstr(blocked, at) != NULL) return;
    const char *reason = strchr(blocked, '"') + 1;
    add(out, out->len > 0 && out->data[out->len - 1] != ' ' ? "; " : "");
    add(out, name);
    add(out, " waits [");
    bytes_add(out, reason, strcspn(reason, "\""));
    add(out, "]");
}

/* Runs the row, and adds what happens. */
static void add_row(Bytes *out, size_t o, size_t s, size_t p) {
    Bytes source = {0};
    char body[256], name[16];
    add(&source, HEAD "\nlocal c, other = ");
    add(&source, states[s].make);
    add(&source, ", chan()\nmain(function()\n");
    add(&source, states[s].fill);
    add(&source, "\n");
    for (int n = 1; n <= peers[p].count; n++) {
        peer_text(body, sizeof body, peers[p].kind, n);
        snprintf(name, sizeof name, "p%d", n);
        started(&source, name, body);
    }
    started(&source, "op", ops[o].body);
    bytes_add(&source, "end)", sizeof "end)");
    Attempt a = attempt((const char *)source.data, NULL);
    if (a.failed) printf("\n  %s\n  line %d: %s\n", (const char *)source.data, a.diag.line, a.diag.message);
    CU_ASSERT_FALSE(a.failed);
    for (const char *note = a.notes; *note; note += strcspn(note, "\n") + 1) {
        add(out, note > a.notes ? "; " : "");
        bytes_add(out, note, strcspn(note, "\n"));
    }
    for (int n = 1; n <= 3 && a.outcome == RUN_EXITED; n++) {
        snprintf(name, sizeof name, "p%d", n);
        add_waiting(out, a.events, n <= 2 ? name : "op");
    }
    attempt_free(&a);
    bytes_free(&source);
}

/* "op state peers" of all rows, a line each; with what we do, if that is wanted. */
static char *rows(bool run) {
    Bytes out = {0};
    char row[80];
    for (size_t o = 0; o < ARRAY_LEN(ops); o++) {
        for (size_t s = 0; s < ARRAY_LEN(states); s++) {
            for (size_t p = 0; p < ARRAY_LEN(peers); p++) {
                bool sends = peers[p].kind == SENDER || peers[p].kind == SELECT_SENDER;
                if (peers[p].count > 0 && !(sends ? states[s].full : states[s].empty)) continue; /* they would not wait */
                snprintf(row, sizeof row, "%s %s %s%s", ops[o].name, states[s].name, peers[p].name, run ? ": " : "\n");
                add(&out, row);
                if (run) add_row(&out, o, s, p);
                if (run) add(&out, "\n");
            }
        }
    }
    bytes_add(&out, "", 1);
    return (char *)out.data;
}

static void a_channel_does_what_gos_does(void) {
    char *ours = rows(true), *table = driver_read_file(TABLE);
    check_text("the table of channels", table, ours);
    free(ours);
    free(table);
}

static void the_table_is_gos(void) {
    char path[300];
    Result built = command("cd tests/go/chan && GO111MODULE=off go build -o $T/chan . && go env GOVERSION && echo $T");
    bool known = built.status == 0 && (strncmp(built.out, "go1.26", 6) == 0 || strncmp(built.out, "go1.27", 6) == 0);
    const char *folder = strchr(built.out, '\n');
    snprintf(path, sizeof path, "%.*s/rows", folder ? (int)strcspn(folder + 1, "\n") : 0, folder ? folder + 1 : "");
    result_free(&built);
    if (!known) {
        check_skip("no Go 1.26");
        return;
    }
    char *all = rows(false);
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(all, f);
    fclose(f);
    free(all);
    if (getenv("UPDATE")) {
        Result made = command("$T/chan <$T/rows >" TABLE);
        result_free(&made);
    }
    Result differ = command("$T/chan <$T/rows | diff " TABLE " -");
    check_text("Go against the table", "", differ.out);
    CU_ASSERT_EQUAL(differ.status, 0);
    result_free(&differ);
}

void script_chan_table_tests(void) {
    static const Check checks[] = {
        {"the table is Go's", the_table_is_gos},
        {"a channel does what Go's does", a_channel_does_what_gos_does},
        {NULL, NULL},
    };
    suite("script: channels against Go", checks);
}
