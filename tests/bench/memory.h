/* memory.h - how the benchmarks find out how much memory the process has. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kilobytes behind NAME in /proc/self/status; -1 where there are none. */
static inline long status(const char *name)
{
    char line[256];
    size_t len = strlen(name);
    long value = -1;
    FILE *from = fopen("/proc/self/status", "r");

    while (from != NULL && value == -1 && fgets(line, sizeof line, from) != NULL)
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            value = strtol(line + len + 1, NULL, 10);
    if (from != NULL)
        fclose(from);
    return value;
}

/* The bytes that are resident, page tables counted; a negative number where there is no /proc. */
static inline double memory(void)
{
    return ((double)status("VmRSS") + (double)status("VmPTE")) * 1024;
}

#endif
