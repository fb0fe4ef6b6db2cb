/* buffer.h - a text on its way through a socket, in as many pieces as the kernel likes. Support: no
 * lesson needs this file to be read. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A text that is being read or written. All zero: there is none. */
struct buffer {
    bool is_whole; /* there is room for HEAD_MAX bytes */
    char *bytes;
    size_t len;  /* so much of it has been read, or is to be written */
    size_t sent; /* so much of it has been written */
};

/* Gives back the memory; there is no text then. */
void buffer_drop(struct buffer *buffer);

/* Keeps a copy of TEXT, to be written. Returns false without memory. */
bool buffer_keep(struct buffer *buffer, const char *text, size_t len);

/* Writes what is left of the text to FD. Returns 1 when that was all, 0 if FD takes no more now, -1
 * if the other side is gone. */
int buffer_write(struct buffer *buffer, int fd);

/* Reads from FD to the end of the text, up to HEAD_MAX in all. Returns what read() does; without
 * memory -1 and ENOMEM. The memory is there only from the first byte on: who waits, or is idle,
 * holds none. */
ssize_t buffer_read(struct buffer *buffer, int fd);

#endif
