/* The command trtserver: takes LD_PRELOAD out of the loader's reach and becomes the launcher, lib/trtserver.sh.
 *
 * The dynamic loader never runs for a static program. It would for a script's shell, and preload what is named before
 * the script's first line: an op library that needs an engine's own library ends the shell there with status 127. So
 * the value moves to ESPALIER_PRELOAD; the launcher gives back to the server's process what is no op library. */
#include "system.h"

#include "text.h"

static const char LAUNCHER[] = "/lib/trtserver.sh";
static const char MOVED[] = "ESPALIER_PRELOAD=";

static int complain(const char *what, long error) {
    char line[4352];
    struct text text = {line, 0, sizeof line - 1};
    put_text(&text, "trtserver: ");
    put_text(&text, what);
    put_text(&text, ": error ");
    put_number(&text, -error);
    line[text.length++] = '\n';
    CALL3(__NR_write, 2, line, text.length);
    return 127;
}

/* Removes LD_PRELOAD, and what an outer server has moved. The value that the loader would take, or NULL. */
static const char *take_preload(char **environment) {
    const char *preload = NULL;
    char **kept = environment;
    for (char **each = environment; *each != NULL; each++) {
        const char *value = after("LD_PRELOAD=", *each);
        if (value != NULL) {
            preload = value;
        } else if (after(MOVED, *each) == NULL) {
            *kept++ = *each;
        }
    }
    *kept = NULL;
    return preload;
}

/* Where the launcher lies: beside the folder of this program, whatever link has led here. */
static long find_launcher(struct text *path) {
    long read = CALL4(__NR_readlinkat, AT_FDCWD, "/proc/self/exe", path->bytes, path->capacity);
    if (read < 0) return read;
    path->length = (size_t)read;
    for (int level = 0; level < 2; level++) {
        while (path->length > 0 && path->bytes[--path->length] != '/') {
        }
    }
    put_text(path, LAUNCHER);
    path->bytes[path->length] = 0;
    return 0;
}

static int start(char **arguments, char **environment) {
    char bytes[4096 + sizeof LAUNCHER];
    struct text path = {bytes, 0, sizeof bytes - 1};
    long failure = find_launcher(&path);
    if (failure < 0) return complain("cannot find itself by /proc/self/exe", failure);
    const char *preload = take_preload(environment);
    char variable[sizeof MOVED + (preload == NULL ? 0 : length(preload))];
    if (preload != NULL) {
        struct text text = {variable, 0, sizeof variable - 1};
        put_text(&text, MOVED);
        put_text(&text, preload);
        variable[text.length] = 0;
        char **end = environment;
        while (*end != NULL) end++;
        /* There is room: LD_PRELOAD has left some. */
        *end++ = variable;
        *end = NULL;
    }
    return complain(bytes, CALL3(__NR_execve, bytes, arguments, environment));
}

__attribute__((used, noreturn)) void begin(long *stack) {
    char **arguments = (char **)(stack + 1);
    int status = start(arguments, arguments + stack[0] + 1);
    for (;;) CALL1(__NR_exit_group, status);
}
