/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: makes calls of a program fail, as environment variables say.
 *
 *   SHIM_PREAD_FAIL=n      the n-th pread() fails with EIO
 *   SHIM_PREAD_TRUNCATE=n  before the n-th pread() the file is cut to 16 bytes
 *                          (the sandbox must be off)
 *   SHIM_PREAD_SHORT=1     pread() returns few bytes, or EINTR
 *   SHIM_MALLOC_AT=n       the n-th allocation fails
 *   SHIM_MALLOC_FROM=n     the n-th allocation and all later ones fail
 *   SHIM_HIJACK=FILE       before a pread() writes to FILE what the process may
 *                          still do, a line each: a call and its errno
 *   SHIM_HIJACK_AT=n       which pread()
 *   SHIM_VICTIM=FOLDER     where it is tried; it has a file "victim"
 *   SHIM_COUNT=FILE        at the end, writes the number of allocations to FILE
 *   SHIM_PEAK=FILE         at the end, writes the process's status to FILE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

/* Of this process and its children together. */
static struct counters {
    atomic_long preads;
    atomic_long allocations;
} * counters, early;
static pid_t first;
static long pread_fail;
static long pread_truncate;
static long pread_short;
static long malloc_at;
static long malloc_from;
static int count = -1;
static int hijack = -1;
static long hijack_at;
static int peak = -1;
static int status = -1;

static long setting(const char *name)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : 0;
}

/* Now, since the program's sandbox allows it no more at the end. The number is
 * none that the program would get. */
static int open_now(const char *path, int flags)
{
    int fd = path ? open(path, flags, 0600) : -1;
    int high = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 100) : -1;
    if (path && high < 0) {
        _exit(99);
    }
    close(fd);
    return high;
}

__attribute__((constructor)) static void begin(void)
{
    pread_fail = setting("SHIM_PREAD_FAIL");
    pread_truncate = setting("SHIM_PREAD_TRUNCATE");
    pread_short = setting("SHIM_PREAD_SHORT");
    malloc_at = setting("SHIM_MALLOC_AT");
    malloc_from = setting("SHIM_MALLOC_FROM");
    hijack_at = setting("SHIM_HIJACK_AT");
    count = open_now(getenv("SHIM_COUNT"), O_WRONLY | O_CREAT | O_TRUNC);
    hijack = open_now(getenv("SHIM_HIJACK"), O_WRONLY | O_CREAT | O_TRUNC);
    peak = open_now(getenv("SHIM_PEAK"), O_WRONLY | O_CREAT | O_TRUNC);
    status = open_now(peak >= 0 ? "/proc/self/status" : NULL, O_RDONLY);
    first = getpid();
    void *shared = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        _exit(99);
    }
    /* Counted from here on. */
    counters = shared;
}

static void write_out(int fd, const char *text, size_t len)
{
    if (fd >= 0 && write(fd, text, len) != (ssize_t)len) {
        _exit(99);
    }
}

__attribute__((destructor)) static void end(void)
{
    char text[4096];
    if (getpid() != first) {
        return;
    }
    int len = snprintf(text, sizeof text, "%ld\n",
                       atomic_load(&counters->allocations));
    write_out(count, text, (size_t)len);
    if (peak >= 0) {
        ssize_t got = read(status, text, sizeof text);
        write_out(peak, text, got > 0 ? (size_t)got : 0);
    }
}

static int fails(void)
{
    struct counters *c = counters ? counters : &early;
    long n = atomic_fetch_add(&c->allocations, 1) + 1;
    if (counters && (n == malloc_at || (malloc_from && n >= malloc_from))) {
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

static void tried(const char *call, long result)
{
    char text[64];
    int len =
        snprintf(text, sizeof text, "%s %d\n", call, result < 0 ? errno : 0);
    write_out(hijack, text, (size_t)len);
}

/* What one would try who has taken over the process. */
static void try_all(void)
{
    const char *folder = getenv("SHIM_VICTIM");
    char *const none[] = {NULL};
    tried("chdir", chdir(folder));
    char victim[4096];
    char made[4096];
    snprintf(victim, sizeof victim, "%s/victim", folder);
    snprintf(made, sizeof made, "%s/made", folder);
    tried("read", open(victim, O_RDONLY));
    tried("write", open(victim, O_WRONLY));
    tried("create", open(made, O_WRONLY | O_CREAT, 0600));
    tried("mkdir", mkdir(made, 0700));
    tried("symlink", symlink(victim, made));
    tried("rename", rename(victim, made));
    tried("unlink", unlink(victim));
    tried("inet", socket(AF_INET, SOCK_STREAM, 0));
    tried("unix", socket(AF_UNIX, SOCK_STREAM, 0));
    tried("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    tried("execve", execve("/nonexistent", none, none));
    tried("memory",
          syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
    tried("kill", kill(getppid(), 0));
    tried("mount", mount(NULL, NULL, NULL, 0, NULL));
    tried("bpf", syscall(SYS_bpf, 0, NULL, 0));
    tried("type", ioctl(STDERR_FILENO, TIOCSTI, "x"));
    tried("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
    tried("userfaultfd", syscall(SYS_userfaultfd, 0));
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    tried("fork", child);
}

ssize_t pread(int fd, void *buffer, size_t len, off_t offset)
{
    long n = atomic_fetch_add(&counters->preads, 1) + 1;
    if (hijack >= 0 && n == hijack_at) {
        try_all();
    }
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
