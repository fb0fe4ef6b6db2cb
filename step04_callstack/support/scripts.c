/* scripts.c - who acts when, in the demos of all steps. */
#define _POSIX_C_SOURCE 200809L

#include "scripts.h"

#include <stddef.h>

const struct act three_at_once[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300},
    {.who = API, .path = "/foo", .request = 2, .ms = 200},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

const struct act three_ask_one[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 2, .ms = 200, .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

const struct act three_ask_two[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = CLIENT, .path = "/two", .after = "#1 asks"},
    {.who = CLIENT, .path = "/two", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 2, .ms = 100, .after = "#1 asks the API for /bar"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#2 asks the API for /bar"},
    {.who = API, .path = "/bar", .request = 1, .ms = 100, .after = "#3 asks the API for /bar"},
    {.who = API, .path = "/bar", .request = 2, .ms = 100, .after = "#1 is answered"},
    {.who = API, .path = "/bar", .request = 3, .ms = 100, .after = "#2 is answered"},
    {.path = NULL},
};

const struct act one_asks_two[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

const struct act two_calls[] = {
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

const struct act one_asks_two_in_vain[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100, .status = 500},
    {.path = NULL},
};

const struct act second_asks_for_nap[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/nap", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};
