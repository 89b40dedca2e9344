/* liveness.c -- a local variable is live until its last use, not until the end of its scope: as in Go.
 *
 *     local x = heap.floats("x", 8)   -- 1
 *     k:launch()                      -- 2   x is live: line 3 needs it
 *     runtime.KeepAlive(x)            -- 3
 *     cl.finish()                     -- 4   x is dead
 *
 * One walk over the source, by Lua's grammar, finds the scopes and each variable's last use. A frame only knows
 * its line, so all is by lines, and in doubt live:
 *     an assignment to the variable is no use
 *     a use counts for the whole statement (an operand is read when the others have been computed), or, in
 *         the head of an if or a loop, for the whole expression
 *     a use inside an inner function counts for that function's whole text; whoever holds the closure
 *         later holds the variable by it
 *     a use in a loop that began after the declaration counts for the whole loop, which may come round again; from a
 *         label to a goto back to it is a loop
 *
 * What the walk reads, Lua has compiled: so nothing here is checked, only asserted, and Lua's limits hold
 * for how deep things nest.
 */
#include "liveness.h"

#include "word.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t at; /* in the source */
    uint32_t line;
} Spot;

typedef struct {
    Word name;
    size_t next;               /* of its function; NO_VARIABLE: it is the last */
    Spot declared, last, ends; /* last: of its life; ends: its scope */
    bool closes;               /* <close>: the end of its scope uses it */
    bool package;
} Variable;
#define NO_VARIABLE SIZE_MAX

typedef struct {
    uint32_t first_line, last_line;
    size_t first, last; /* variables, in the order of their declarations */
} Function;

typedef struct {
    Spot begins, ends;
} Loop;

struct Liveness {
    Variable *variable;
    size_t count, cap;
    Function *function; /* in the order in which they begin */
    size_t function_count, function_cap;
};

typedef struct {
    Word name;
    Spot at;
    uint32_t function;
} Label;

typedef struct {
    const char *source;
    Word word, before; /* the one to be read; the one that was */
    Liveness *found;
    uint32_t function; /* the innermost */
    size_t *active;    /* variables in scope */
    size_t active_count, active_cap;
    Label *label; /* of the open blocks */
    size_t label_count, label_cap;
    Loop *loop;
    size_t loop_count, loop_cap;
} Reader;

/* ---- words ---- */

static Spot spot(const Reader *r, Word w) { return (Spot){(size_t)(w.at - r->source), w.line}; }
static Spot here(const Reader *r) { return spot(r, r->word); }
static Spot behind(const Reader *r) { return spot(r, r->before); }

static bool is_at(const Reader *r, const char *text) { return word_is(r->word, text); }

static bool is_one_of(Word w, const char *const *texts) {
    while (*texts != NULL && !word_is(w, *texts)) texts++;
    return *texts != NULL;
}

static Word advance(Reader *r) {
    ASSERT(r->word.at < r->word.end);
    r->before = r->word;
    r->word = word_after(r->word);
    return r->before;
}

static bool accept(Reader *r, const char *text) {
    if (!is_at(r, text)) return false;
    advance(r);
    return true;
}

static void expect(Reader *r, const char *text) {
    bool there = accept(r, text);
    ASSERT(there);
}

static Word name(Reader *r) {
    ASSERT(isalpha((unsigned char)*r->word.at) || *r->word.at == '_');
    return advance(r);
}

/* ---- variables ---- */

typedef struct {
    size_t active, labels;
} Block;

static Block open_block(const Reader *r) { return (Block){r->active_count, r->label_count}; }

static void close_block(Reader *r, Block b, Spot ends) {
    while (r->active_count > b.active) {
        Variable *v = &r->found->variable[r->active[--r->active_count]];
        v->ends = ends;
        if (v->closes) v->last = ends;
    }
    r->label_count = b.labels;
}

static Variable *declare(Reader *r, Word name, Spot at) {
    Liveness *l = r->found;
    GROW(l->variable, l->cap, l->count + 1);
    GROW(r->active, r->active_cap, r->active_count + 1);
    Function *f = &l->function[r->function];
    if (f->first == NO_VARIABLE) f->first = l->count;
    else l->variable[f->last].next = l->count;
    f->last = l->count;
    r->active[r->active_count++] = l->count;
    Variable *v = &l->variable[l->count++];
    *v = (Variable){.name = name, .next = NO_VARIABLE, .declared = at, .last = at};
    return v;
}

static void use(Reader *r, Word name) {
    for (size_t i = r->active_count; i-- > 0;) {
        Variable *v = &r->found->variable[r->active[i]];
        if (!word_same(v->name, name)) continue;
        v->last = spot(r, name);
        return;
    }
}

/* What was used since `from` lives on until what has been read now. */
static void extend(Reader *r, Spot from) {
    Spot to = behind(r);
    if (to.line == from.line) return;
    for (size_t i = 0; i < r->active_count; i++) {
        Variable *v = &r->found->variable[r->active[i]];
        if (v->last.at >= from.at) v->last = to;
    }
}

static void add_loop(Reader *r, Spot begins, Spot ends) {
    GROW(r->loop, r->loop_cap, r->loop_count + 1);
    r->loop[r->loop_count++] = (Loop){begins, ends};
}

/* ---- expressions ---- */

static void expression(Reader *r);
static void statements(Reader *r);

static void expressions(Reader *r) {
    do expression(r);
    while (accept(r, ","));
}

static uint32_t add_function(Liveness *l, uint32_t first_line) {
    GROW(l->function, l->function_cap, l->function_count + 1);
    l->function[l->function_count] = (Function){.first_line = first_line, .first = NO_VARIABLE};
    return (uint32_t)l->function_count++;
}

/* From the parameters on. The line is the one that Lua says the function is defined in. */
static void function_body(Reader *r, uint32_t first_line, bool method) {
    static const char self[] = "self";
    uint32_t outer = r->function;
    r->function = add_function(r->found, first_line);
    Spot from = here(r);
    Block b = open_block(r);
    expect(r, "(");
    if (method) declare(r, (Word){self, self + strlen(self), from.line}, from);
    while (!accept(r, ")")) {
        Word parameter = advance(r);
        if (!word_is(parameter, ",") && !word_is(parameter, "..."))
            declare(r, parameter, behind(r));
    }
    statements(r);
    r->found->function[r->function].last_line = r->word.line;
    close_block(r, b, here(r));
    expect(r, "end");
    r->function = outer;
    extend(r, from);
}

static void table(Reader *r) {
    expect(r, "{");
    while (!accept(r, "}")) {
        if (accept(r, "[")) {
            expression(r);
            expect(r, "]");
            expect(r, "=");
        } else if (word_is(word_after(r->word), "=")) { /* a key */
            advance(r);
            advance(r);
        }
        expression(r);
        if (!accept(r, ",")) accept(r, ";");
    }
}

static bool is_call(const Reader *r) {
    return is_at(r, "(") || is_at(r, "{") || word_is_text(r->word);
}

static void arguments(Reader *r) {
    if (is_at(r, "{")) table(r);
    else if (word_is_text(r->word)) advance(r);
    else {
        expect(r, "(");
        if (!is_at(r, ")")) expressions(r);
        expect(r, ")");
    }
}

/* a.b[c]:d(e), behind its first word. */
static void suffixes(Reader *r) {
    for (;;) {
        if (accept(r, ".") || accept(r, ":")) {
            name(r);
        } else if (accept(r, "[")) {
            expression(r);
            expect(r, "]");
        } else if (is_call(r)) {
            arguments(r);
        } else {
            return;
        }
    }
}

static void suffixed(Reader *r) {
    if (accept(r, "(")) {
        expression(r);
        expect(r, ")");
    } else {
        use(r, name(r));
    }
    suffixes(r);
}

static void operand(Reader *r) {
    static const char *const constant[] = {"nil", "true", "false", "...", NULL};
    if (is_one_of(r->word, constant) || word_is_text(r->word) ||
        isdigit((unsigned char)*r->word.at) ||
        (*r->word.at == '.' && r->word.end > r->word.at + 1)) {
        advance(r);
    } else if (is_at(r, "{")) {
        table(r);
    } else if (accept(r, "function")) {
        function_body(r, r->word.line, false);
    } else {
        suffixed(r);
    }
}

/* Who binds closer does not matter. */
static void expression(Reader *r) {
    static const char *const before[] = {"-", "not", "#", "~", NULL};
    static const char *const between[] = {"+",  "-",  "*",  "/",   "//", "%",  "^", "..",
                                          "==", "~=", "<",  "<=",  ">",  ">=", "&", "|",
                                          "~",  "<<", ">>", "and", "or", NULL};
    Spot from = here(r);
    do {
        while (is_one_of(r->word, before)) advance(r);
        operand(r);
    } while (is_one_of(r->word, between) && advance(r).at);
    extend(r, from);
}

/* ---- statements ---- */

static void block(Reader *r) {
    Block b = open_block(r);
    statements(r);
    close_block(r, b, here(r));
}

static void if_statement(Reader *r) {
    do {
        expression(r);
        expect(r, "then");
        block(r);
    } while (accept(r, "elseif"));
    if (accept(r, "else")) block(r);
    expect(r, "end");
}

static void while_statement(Reader *r) {
    Spot begins = behind(r);
    expression(r);
    expect(r, "do");
    block(r);
    add_loop(r, begins, here(r));
    expect(r, "end");
}

/* The condition sees the variables of the body. */
static void repeat_statement(Reader *r) {
    Spot begins = behind(r);
    Block b = open_block(r);
    statements(r);
    expect(r, "until");
    expression(r);
    close_block(r, b, behind(r));
    add_loop(r, begins, behind(r));
}

enum { NAMES_MAX = 256 }; /* Lua: 200 local variables in a function */

static size_t names(Reader *r, Word *list) {
    size_t count = 0;
    do {
        ASSERT(count < NAMES_MAX);
        list[count++] = name(r);
    } while (accept(r, ","));
    return count;
}

/* Each time round has variables of its own, so they are declared inside the loop. */
static void for_statement(Reader *r) {
    Word list[NAMES_MAX];
    size_t count = names(r, list);
    if (!accept(r, "in")) expect(r, "=");
    expressions(r);
    Spot begins = here(r);
    expect(r, "do");
    Block b = open_block(r);
    for (size_t i = 0; i < count; i++) declare(r, list[i], begins);
    statements(r);
    close_block(r, b, here(r));
    add_loop(r, begins, here(r));
    expect(r, "end");
}

/* function a.b.c:d() ... end: only a is a variable; function a() ... end assigns to it. */
static void function_statement(Reader *r) {
    uint32_t line = r->before.line;
    Word first = name(r);
    bool method = false;
    if (!is_at(r, "(")) use(r, first);
    while (!is_at(r, "(")) {
        method = is_at(r, ":");
        advance(r);
        name(r);
    }
    function_body(r, line, method);
}

static bool attribute(Reader *r, const char *text) {
    if (!accept(r, "<")) return false;
    bool is = word_is(name(r), text);
    expect(r, ">");
    return is;
}

/* Behind `local`. The names are not in scope before the statement is over; a function's is. */
static void local_statement(Reader *r, bool package) {
    if (accept(r, "function")) {
        Word function = name(r);
        declare(r, function, behind(r))->package = package;
        function_body(r, r->word.line, false);
        return;
    }
    Word list[NAMES_MAX];
    bool closes[NAMES_MAX];
    size_t count = 0;
    do {
        ASSERT(count < NAMES_MAX);
        list[count] = name(r);
        closes[count++] = attribute(r, "close");
    } while (accept(r, ","));
    if (accept(r, "=")) expressions(r);
    for (size_t i = 0; i < count; i++) {
        Variable *v = declare(r, list[i], spot(r, list[i]));
        v->closes = closes[i];
        v->package = package;
    }
}

static void label_statement(Reader *r) {
    Word label = name(r);
    expect(r, "::");
    GROW(r->label, r->label_cap, r->label_count + 1);
    r->label[r->label_count++] = (Label){label, spot(r, label), r->function};
}

/* Back to a label of an open block, or forward: then there is none yet. */
static void goto_statement(Reader *r) {
    Word to = name(r);
    for (size_t i = r->label_count; i-- > 0;) {
        const Label *label = &r->label[i];
        if (label->function != r->function || !word_same(label->name, to)) continue;
        add_loop(r, label->at, behind(r));
        return;
    }
}

static bool is_block_end(const Reader *r) {
    static const char *const end[] = {"end", "else", "elseif", "until", NULL};
    return r->word.at == r->word.end || is_one_of(r->word, end);
}

/* A variable alone on the left side is written only; t[i] reads t and i. */
static void assignment_target(Reader *r) {
    Word next = word_after(r->word);
    if (word_is(next, "=") || word_is(next, ",")) name(r);
    else suffixed(r);
}

/* A call, or targets = expressions. */
static void expression_statement(Reader *r) {
    do assignment_target(r);
    while (accept(r, ","));
    if (accept(r, "=")) expressions(r);
}

static void statement(Reader *r, bool package) {
    Spot from = here(r);
    if (accept(r, ";")) return;
    if (accept(r, "if")) if_statement(r);
    else if (accept(r, "while")) while_statement(r);
    else if (accept(r, "for")) for_statement(r);
    else if (accept(r, "repeat")) repeat_statement(r);
    else if (accept(r, "function")) function_statement(r);
    else if (accept(r, "::")) label_statement(r);
    else if (accept(r, "goto")) goto_statement(r);
    else if (accept(r, "break")) return;
    else if (accept(r, "do")) {
        block(r);
        expect(r, "end");
    } else {
        if (accept(r, "local")) local_statement(r, package);
        else if (!accept(r, "return")) expression_statement(r);
        else if (!is_block_end(r) && !is_at(r, ";")) expressions(r);
        extend(r, from);
    }
}

static void statements(Reader *r) {
    while (!is_block_end(r)) statement(r, false);
}

/* ---- all of it ---- */

/* From a use on, control may come back to before it, as long as there is a loop around it. */
static void carry_around_loops(const Reader *r, Variable *v) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < r->loop_count; i++) {
            const Loop *loop = &r->loop[i];
            bool around = loop->begins.at <= v->last.at && v->last.at < loop->ends.at;
            if (!around || loop->begins.at <= v->declared.at) continue;
            v->last = loop->ends;
            again = true;
        }
    }
}

Liveness *liveness_new(const char *source) {
    Liveness *l = mem_zero(1, sizeof *l);
    Reader r = {.source = source, .word = word_first(source), .found = l};
    r.before = r.word;
    add_function(l, 0);
    while (!is_block_end(&r)) statement(&r, true);
    ASSERT(r.word.at == r.word.end);
    close_block(&r, (Block){0, 0}, here(&r));
    for (size_t i = 0; i < l->count; i++) carry_around_loops(&r, &l->variable[i]);
    free(r.active);
    free(r.label);
    free(r.loop);
    return l;
}

void liveness_free(Liveness *l) {
    if (l == NULL) return;
    free(l->variable);
    free(l->function);
    free(l);
}

/* ---- questions ---- */

/* The first function that begins in this line, or later. */
static size_t first_function(const Liveness *l, uint32_t line) {
    size_t low = 0, high = l->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->function[middle].first_line < line) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool has_name(const Variable *v, const char *name) {
    size_t len = (size_t)(v->name.end - v->name.at);
    return strncmp(v->name.at, name, len) == 0 && name[len] == '\0';
}

typedef struct {
    int count;     /* variables that may be the one */
    bool any, nth; /* is one of them, is the nth of them live? */
} Candidates;

static void look(const Liveness *l, const Function *f, const LocalAt *at, Candidates *c) {
    uint32_t line = (uint32_t)at->line;
    for (size_t i = f->first; i != NO_VARIABLE; i = l->variable[i].next) {
        const Variable *v = &l->variable[i];
        if (line < v->declared.line || line > v->ends.line || !has_name(v, at->name)) continue;
        bool live = line <= v->last.line;
        c->any = c->any || live;
        if (++c->count == at->nth) c->nth = live;
    }
}

bool liveness_is_live(const Liveness *l, const LocalAt *at) {
    if (at->line <= 0) return true;
    uint32_t first_line = (uint32_t)at->first_line;
    Candidates c = {0};
    for (size_t i = first_function(l, first_line); i < l->function_count; i++) {
        const Function *f = &l->function[i];
        if (f->first_line != first_line) break;
        if (f->last_line == (uint32_t)at->last_line) look(l, f, at, &c);
    }
    if (c.count == 0) return true;
    return c.count == at->of ? c.nth : c.any;
}

bool liveness_is_package(const Liveness *l, const char *name) {
    for (size_t i = l->function[0].first; i != NO_VARIABLE; i = l->variable[i].next) {
        if (l->variable[i].package && has_name(&l->variable[i], name)) return true;
    }
    return false;
}
