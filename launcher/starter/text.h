/* Texts put together in memory that somebody else has. What does not fit is left out. */
#pragma once

#include "system.h"

struct text {
    char *bytes;
    size_t length, capacity;
};

static inline void put_text(struct text *text, const char *more) {
    while (*more != 0 && text->length < text->capacity) text->bytes[text->length++] = *more++;
}

static inline void put_number(struct text *text, long number) {
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put_text(text, digits + at);
}

/* The number that `text` begins with; 0 for none. */
static inline long read_number(const char *text) {
    long number = 0;
    for (int digits = 0; digits < 18 && *text >= '0' && *text <= '9'; digits++) number = 10 * number + *text++ - '0';
    return number;
}
