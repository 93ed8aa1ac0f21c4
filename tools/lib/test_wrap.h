/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that tests replace, by the linker's option --wrap.
 */
#ifndef _TEST_WRAP_H
#define _TEST_WRAP_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

int __wrap_stat(const char *path, struct stat *st);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

int __real_stat(const char *path, struct stat *st);
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

#endif /* _TEST_WRAP_H */
