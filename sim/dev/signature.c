/* signature.c -- what a kernel wants, read from its source text.
 *
 * A scanner that skips comments, literals and preprocessor lines, and a reader that knows just
 *
 *     [__]kernel void NAME ( PARAM, PARAM ... ) {
 *     PARAM:  [__]global [const] float|int|uint|uchar * [restrict] x   |   float x | int x | uint x
 *
 * Differs from a compiler: macros are not expanded and #if is not obeyed. A parameter whose type
 * is a macro is refused; a kernel inside #if 0 is found here and then refused by the driver.
 */
#include "signature.h"

#include <stdio.h>
#include <string.h>

typedef enum { TOKEN_WORD, TOKEN_OTHER, TOKEN_END } TokenKind;

typedef struct {
    TokenKind kind;
    const char *text; /* into the source */
    size_t length;
    int line;
    int column;
} Token;

typedef struct {
    const char *at;
    const char *line_start;
    int line;
} Scanner;

/* ---- scanner ------------------------------------------------------------------------------- */

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Every character is passed here, so the line number cannot go wrong. */
static void step(Scanner *s) {
    if (*s->at++ == '\n') {
        s->line++;
        s->line_start = s->at;
    }
}

static bool continues_line(const char *p) {
    return p[0] == '\\' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n'));
}

/* Up to the end of the line; a backslash at the end of a line continues it. */
static void skip_line(Scanner *s) {
    while (*s->at && *s->at != '\n') {
        if (continues_line(s->at)) {
            while (*s->at != '\n') step(s);
        }
        step(s);
    }
}

static void skip_comment(Scanner *s) {
    step(s);
    step(s);
    while (*s->at && !(s->at[0] == '*' && s->at[1] == '/')) step(s);
    if (*s->at) step(s);
    if (*s->at) step(s);
}

static void skip_literal(Scanner *s) {
    char quote = *s->at;
    step(s);
    while (*s->at && *s->at != quote && *s->at != '\n') {
        if (*s->at == '\\' && s->at[1]) step(s);
        step(s);
    }
    if (*s->at == quote) step(s);
}

/* '#' begins a directive only where nothing but blanks stands before it. */
static bool begins_line(const Scanner *s) {
    for (const char *p = s->line_start; p < s->at; p++) {
        if (*p != ' ' && *p != '\t') return false;
    }
    return true;
}

static void skip_blank(Scanner *s) {
    for (;;) {
        char c = *s->at;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v') {
            step(s);
        } else if (continues_line(s->at)) {
            step(s);
        } else if (c == '/' && s->at[1] == '/') {
            skip_line(s);
        } else if (c == '/' && s->at[1] == '*') {
            skip_comment(s);
        } else if (c == '#' && begins_line(s)) {
            skip_line(s);
        } else {
            return;
        }
    }
}

static Token next(Scanner *s) {
    skip_blank(s);
    Token t = {TOKEN_OTHER, s->at, 1, s->line, (int)(s->at - s->line_start) + 1};
    if (*s->at == '\0') {
        t.kind = TOKEN_END;
        t.length = 0;
    } else if (is_word(*s->at)) {
        t.kind = TOKEN_WORD;
        while (is_word(*s->at)) step(s);
        t.length = (size_t)(s->at - t.text);
    } else if (*s->at == '"' || *s->at == '\'') {
        skip_literal(s);
        t.length = (size_t)(s->at - t.text);
    } else {
        step(s);
    }
    return t;
}

static bool is(Token t, const char *text) {
    return t.length == strlen(text) && memcmp(t.text, text, t.length) == 0;
}

/* OpenCL C spells its keywords with and without underscores. */
static bool is_either(Token t, const char *text) {
    return is(t, text) || (t.length > 2 && memcmp(t.text, "__", 2) == 0 &&
                           is((Token){t.kind, t.text + 2, t.length - 2, t.line, t.column}, text));
}

static bool is_name(Token t) { return t.kind == TOKEN_WORD && !(*t.text >= '0' && *t.text <= '9'); }

/* ---- parameters ---------------------------------------------------------------------------- */

/* What a message needs to point at the source. */
typedef struct {
    const char *file;
    const char *kernel;
    const char *source;
} Place;

static bool fail_at(Diag *d, const Place *place, Token t, const char *message) {
    diag_fail_at(d, EXIT_SCENARIO, place->file, t.line, t.column, "%s", message);
    diag_excerpt(d, place->source);
    return false;
}

static const char *const supported = "A parameter is a buffer (__global, perhaps const, then float "
                                     "*, int *, uint * or uchar *) or a "
                                     "float, an int or a uint.";

static bool refuse(Diag *d, const Place *place, const DevParam *p, Token t, const char *why) {
    char message[256];
    if (p->name[0]) {
        snprintf(message, sizeof message, "parameter %s of kernel %.100s %s", p->name,
                 place->kernel, why);
    } else {
        snprintf(message, sizeof message, "a parameter of kernel %.100s %s", place->kernel, why);
    }
    fail_at(d, place, t, message);
    return diag_remedy(d, "%s", supported);
}

/* `double`, `float4`, `image2d_t`...: named in the message, cut if it is very long. */
static bool refuse_word(Diag *d, const Place *place, const DevParam *p, Token t) {
    char why[96];
    snprintf(why, sizeof why, "has '%.*s', which is not supported",
             (int)(t.length < 48 ? t.length : 48), t.text);
    return refuse(d, place, p, t, why);
}

typedef struct {
    const char *word;
    DevElement element;
} ElementWord;

static const ElementWord element_words[] = {
    {"float", DEV_FLOAT},
    {"int", DEV_INT},
    {"uint", DEV_UINT},
    {"uchar", DEV_UCHAR},
};

static bool find_element(Token t, DevElement *element) {
    for (size_t i = 0; i < ARRAY_LEN(element_words); i++) {
        if (!is(t, element_words[i].word)) continue;
        *element = element_words[i].element;
        return true;
    }
    return false;
}

enum { PARAM_TOKENS_MAX = 24 };

static bool read_name(DevParam *p, Token t, const Place *place, Diag *d) {
    if (t.length >= sizeof p->name)
        return fail_at(d, place, t, "a parameter's name has at most 47 characters");
    memcpy(p->name, t.text, t.length);
    return true;
}

/* One parameter from its `count` tokens. The name is read first, so that every refusal names it. */
static bool read_param(DevParam *p, const Token *token, size_t count, const Place *place, Diag *d) {
    bool global = false, read_only = false, pointer = false, typed = false;
    DevElement element = DEV_FLOAT;
    Token last = token[count - 1];
    memset(p, 0, sizeof *p);
    if (is_name(last) && count > 1 && !read_name(p, last, place, d)) return false;
    size_t types = p->name[0] ? count - 1 : count;

    for (size_t i = 0; i < types; i++) {
        Token t = token[i];
        if (is_either(t, "global") && !pointer) {
            global = true;
        } else if (is(t, "const")) {
            read_only = read_only || !pointer; /* after the star it is the pointer that is const */
        } else if ((is_either(t, "restrict") || is(t, "volatile")) &&
                   (pointer || is(t, "volatile"))) {
            continue;
        } else if (is(t, "*") && typed && !pointer) {
            pointer = true;
        } else if (!typed && !pointer && find_element(t, &element)) {
            typed = true;
        } else {
            return refuse_word(d, place, p, t);
        }
    }
    if (!p->name[0] || !typed) return refuse(d, place, p, last, "needs a type and a name");
    if (pointer && !global)
        return refuse(d, place, p, token[0], "is a pointer that is not __global");
    if (global && !pointer) return refuse(d, place, p, token[0], "is __global and no pointer");

    p->element = element;
    p->written = pointer && !read_only;
    if (pointer) {
        p->kind = DEV_ARG_BUFFER;
    } else if (element == DEV_FLOAT) {
        p->kind = DEV_ARG_FLOAT;
    } else if (element == DEV_INT) {
        p->kind = DEV_ARG_INT;
    } else if (element == DEV_UINT) {
        p->kind = DEV_ARG_UINT;
    } else {
        return refuse(d, place, p, token[0], "is a uchar, which is supported in buffers only");
    }
    return true;
}

/* From behind '(' to behind ')'. */
static bool read_params(DevSignature *signature, Scanner *s, const Place *place, Diag *d) {
    Token token[PARAM_TOKENS_MAX];
    size_t count = 0;
    signature->count = 0;
    for (;;) {
        Token t = next(s);
        bool ends = is(t, ")");
        if (ends && signature->count == 0 && (count == 0 || (count == 1 && is(token[0], "void"))))
            return true;
        if (t.kind == TOKEN_END || is(t, "{") || is(t, ";")) {
            return fail_at(d, place, t, "the parameters of this kernel do not end: ')' is missing");
        }
        if (!ends && !is(t, ",")) {
            if (count == PARAM_TOKENS_MAX)
                return fail_at(d, place, t, "this parameter is too long to be understood");
            token[count++] = t;
            continue;
        }
        if (count == 0) return fail_at(d, place, t, "a parameter is missing here");
        if (signature->count == DEV_ARGS_MAX)
            return fail_at(d, place, token[0], "a kernel has at most 16 parameters");
        if (!read_param(&signature->param[signature->count], token, count, place, d)) return false;
        signature->count++;
        count = 0;
        if (ends) return true;
    }
}

/* ---- kernels ------------------------------------------------------------------------------- */

/* The names seen on the way, for "it has A, B". */
typedef struct {
    char text[600];
    size_t length;
} Names;

static void names_add(Names *names, Token t) {
    if (t.length > 100 || names->length + t.length + 8 > sizeof names->text) return;
    names->length +=
        (size_t)snprintf(names->text + names->length, sizeof names->text - names->length, "%s%.*s",
                         names->length ? ", " : "", (int)t.length, t.text);
}

/* Passes a bracketed part whose opening bracket has been read. */
static Token skip_brackets(Scanner *s) {
    for (size_t depth = 1; depth > 0;) {
        Token t = next(s);
        if (t.kind == TOKEN_END) return t;
        if (is(t, "(") || is(t, "{") || is(t, "[")) depth++;
        if (is(t, ")") || is(t, "}") || is(t, "]")) depth--;
    }
    return next(s);
}

static bool is_definition(Scanner ahead) {
    return !is(skip_brackets(&ahead),
               ";"); /* a prototype ends there, and its parameters may lack names */
}

/* The scanner stands behind `kernel`. *found when it is the kernel that is looked for. */
static bool read_kernel(DevSignature *signature, Scanner *s, const Place *place, Names *names,
                        bool *found, Diag *d) {
    static const char attributes[] =
        "a kernel with __attribute__ is not supported here; leave it out";
    Token type = next(s);
    Token attribute = type;
    bool attributed = is(type, "__attribute__");
    while (is(type, "__attribute__")) {
        next(s);
        type = skip_brackets(s);
    }
    Token name = next(s);
    if (!is_name(name) || !is(next(s), "(")) return true; /* the compiler will say what it is */
    if (!is_definition(*s)) return true;
    names_add(names, name);
    if (!is(name, place->kernel)) return true;

    *found = true;
    if (attributed) return fail_at(d, place, attribute, attributes);
    if (!is(type, "void")) return fail_at(d, place, type, "a kernel returns void");
    if (!read_params(signature, s, place, d)) return false;
    Token after = next(s);
    if (is(after, "__attribute__")) return fail_at(d, place, after, attributes);
    return true;
}

bool signature_read(DevSignature *signature, const char *file, const char *name, const char *source,
                    Diag *d) {
    Scanner s = {source, source, 1};
    Place place = {file, name, source};
    Names names = {.length = 0};
    size_t depth = 0; /* kernels stand outside all braces */
    memset(signature, 0, sizeof *signature);
    for (Token t = next(&s); t.kind != TOKEN_END; t = next(&s)) {
        if (is(t, "{")) depth++;
        if (is(t, "}") && depth > 0) depth--;
        if (depth > 0 || !is_either(t, "kernel")) continue;
        bool found = false;
        if (!read_kernel(signature, &s, &place, &names, &found, d)) return false;
        if (found) return true;
    }
    return diag_fail(d, EXIT_SCENARIO, "kernel %.100s is not in %.200s; it has %s", name, file,
                     names.length ? names.text : "no kernel at all");
}

bool signature_sliceable(const char *file, const char *source, Diag *d) {
    static const char *const words[] = {"get_global_size", "get_num_groups", "get_group_id",
                                        "get_global_offset"};
    Scanner s = {source, source, 1};
    Place place = {file, "", source};
    for (Token t = next(&s); t.kind != TOKEN_END; t = next(&s)) {
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (!is(t, words[i])) continue;
            char message[128];
            snprintf(message, sizeof message,
                     "%s would speak of one slice: a launch is executed in slices", words[i]);
            fail_at(d, &place, t, message);
            return diag_remedy(
                d, "Pass the number of work items as an argument, and use get_global_id alone.");
        }
    }
    return true;
}

const char *signature_kind_text(DevArgKind kind) {
    static const char *const text[DEV_ARG_KIND_COUNT] = {
        [DEV_ARG_BUFFER] = "a buffer",
        [DEV_ARG_FLOAT] = "a float",
        [DEV_ARG_INT] = "an int",
        [DEV_ARG_UINT] = "a uint",
    };
    ASSERT(kind < DEV_ARG_KIND_COUNT);
    return text[kind];
}
