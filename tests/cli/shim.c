/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: makes calls of a program fail, as environment variables say.
 *
 *   SHIM_PREAD_FAIL=n      the n-th pread() fails with EIO
 *   SHIM_PREAD_TRUNCATE=n  before the n-th pread() the file is cut to 16 bytes
 *   SHIM_PREAD_SHORT=1     pread() returns few bytes, or EINTR
 *   SHIM_MALLOC_AT=n       the n-th allocation fails
 *   SHIM_MALLOC_FROM=n     the n-th allocation and all later ones fail
 *   SHIM_COUNT=FILE        at the end, writes the number of allocations to FILE
 *   SHIM_PEAK=FILE         at the end, writes the process's status to FILE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static atomic_long preads;
static atomic_long allocations;
static long pread_fail;
static long pread_truncate;
static long pread_short;
static long malloc_at;
static long malloc_from;

static long setting(const char *name)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    pread_fail = setting("SHIM_PREAD_FAIL");
    pread_truncate = setting("SHIM_PREAD_TRUNCATE");
    pread_short = setting("SHIM_PREAD_SHORT");
    malloc_at = setting("SHIM_MALLOC_AT");
    malloc_from = setting("SHIM_MALLOC_FROM");
    /* Counted from here on. */
    atomic_store(&allocations, 0);
}

static void write_file(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, len) != (ssize_t)len) {
        _exit(99);
    }
    close(fd);
}

__attribute__((destructor)) static void end(void)
{
    const char *count = getenv("SHIM_COUNT");
    const char *peak = getenv("SHIM_PEAK");
    char text[4096];
    if (count) {
        int len =
            snprintf(text, sizeof text, "%ld\n", atomic_load(&allocations));
        write_file(count, text, (size_t)len);
    }
    if (peak) {
        int fd = open("/proc/self/status", O_RDONLY);
        ssize_t len = read(fd, text, sizeof text);
        close(fd);
        write_file(peak, text, len > 0 ? (size_t)len : 0);
    }
}

static int fails(void)
{
    long n = atomic_fetch_add(&allocations, 1) + 1;
    if (n == malloc_at || (malloc_from && n >= malloc_from)) {
        errno = ENOMEM;
        return 1;
    }
    return 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

ssize_t pread(int fd, void *buffer, size_t len, off_t offset)
{
    long n = atomic_fetch_add(&preads, 1) + 1;
    if (n == pread_fail) {
        errno = EIO;
        return -1;
    }
    if (n == pread_truncate) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (truncate(path, 16) != 0) {
            _exit(99);
        }
    }
    if (pread_short) {
        if (n % 2 == 0) {
            errno = EINTR;
            return -1;
        }
        len = len > (size_t)(n % 1000) + 1 ? (size_t)(n % 1000) + 1 : len;
    }
    return syscall(SYS_pread64, fd, buffer, len, offset);
}

ssize_t pread64(int fd, void *buffer, size_t len, off64_t offset)
{
    return pread(fd, buffer, len, offset);
}
