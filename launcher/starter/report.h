/* Lines that the starter writes for the server, on a pipe that no worker has. */
#pragma once

#include "text.h"

/* A line in the making. */
struct report {
    char line[2200];
    struct text text;
};

static inline void begin_report(struct report *report) {
    report->text = (struct text){report->line, 0, sizeof report->line - 1};
}

/* One line, whatever the paths in it are called. */
static inline void send_report(struct report *report) {
    for (size_t i = 0; i < report->text.length; i++) {
        if ((unsigned char)report->line[i] < ' ') report->line[i] = '?';
    }
    report->line[report->text.length++] = '\n';
    CALL3(__NR_write, 1, report->line, report->text.length);
}

/* Reports a failure, with the error number unless it is 0. Returns the exit status for it. */
static inline int fail(const char *what, long error) {
    struct report report;
    begin_report(&report);
    put_text(&report.text, what);
    if (error != 0) {
        put_text(&report.text, ": error ");
        put_number(&report.text, -error);
    }
    send_report(&report);
    return 127;
}
