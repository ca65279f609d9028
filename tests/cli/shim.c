/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: makes calls of a program fail, as environment variables say.
 *
 *   SHIM_PREAD_FAIL=n      the n-th pread() fails with EIO
 *   SHIM_PREAD_TRUNCATE=n  before the n-th pread() the file is cut to 16 bytes
 *                          (the sandbox must be off)
 *   SHIM_PREAD_TOUCH=n     before the n-th pread() the file's times change
 *   SHIM_PREAD_SHORT=1     pread() returns few bytes, or EINTR
 *   SHIM_MALLOC_AT=n       the n-th allocation fails
 *   SHIM_MALLOC_FROM=n     the n-th allocation and all later ones fail
 *   SHIM_HIJACK=FILE       before a pread() writes to FILE what the process may
 *                          still do, a line each: a call and its errno
 *   SHIM_HIJACK_AT=n       which pread()
 *   SHIM_VICTIM=FOLDER     where it is tried; it has a file "victim"
 *   SHIM_BESIDE=FOLDER     and there: outputs are made in it
 *   SHIM_OTHER=PID         a process that is attacked
 *   SHIM_SECRET=HEX        bytes ^ 0x5a that are looked for in memory
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
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
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
static const unsigned char *heap;
static long pread_fail;
static long pread_truncate;
static long pread_touch;
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
    pread_touch = setting("SHIM_PREAD_TOUCH");
    pread_short = setting("SHIM_PREAD_SHORT");
    malloc_at = setting("SHIM_MALLOC_AT");
    malloc_from = setting("SHIM_MALLOC_FROM");
    hijack_at = setting("SHIM_HIJACK_AT");
    count = open_now(getenv("SHIM_COUNT"), O_WRONLY | O_CREAT | O_TRUNC);
    hijack = open_now(getenv("SHIM_HIJACK"), O_WRONLY | O_CREAT | O_TRUNC);
    peak = open_now(getenv("SHIM_PEAK"), O_WRONLY | O_CREAT | O_TRUNC);
    status = open_now(peak >= 0 ? "/proc/self/status" : NULL, O_RDONLY);
    first = getpid();
    heap = sbrk(0);
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

/* In the folder of a file that the program may write, or has read, or in
 * none. */
static void try_files(const char *folder)
{
    struct stat st;
    struct statx stx;
    char text[64];
    char victim[4096];
    char made[4096];
    snprintf(victim, sizeof victim, "%s/victim", folder);
    snprintf(made, sizeof made, "%s/made", folder);
    tried("read", open(victim, O_RDONLY));
    tried("write", open(victim, O_WRONLY));
    tried("create", open(made, O_WRONLY | O_CREAT, 0600));
    tried("mkdir", mkdir(made, 0700));
    tried("symlink", symlink(victim, made));
    tried("link", link(victim, made));
    tried("chmod", syscall(SYS_chmod, victim, 0777));
    tried("fchmodat", syscall(SYS_fchmodat, AT_FDCWD, victim, 04777));
    tried("chown", syscall(SYS_fchownat, AT_FDCWD, victim, 65534, 65534, 0));
    tried("utimens", syscall(SYS_utimensat, AT_FDCWD, victim, NULL, 0));
    tried("truncate", truncate(victim, 0));
    tried("stat", syscall(SYS_newfstatat, AT_FDCWD, victim, &st, 0));
    tried("empty_path",
          syscall(SYS_newfstatat, AT_FDCWD, victim, &st, AT_EMPTY_PATH));
    tried("statx", syscall(SYS_statx, AT_FDCWD, victim, 0, STATX_ALL, &stx));
    tried("access", access(victim, F_OK));
    tried("readlink", readlink("/proc/self/exe", text, sizeof text));
    tried("path", open(victim, O_PATH));
    tried("folder", open(folder, O_RDONLY | O_DIRECTORY));
    tried("unnamed", open(folder, O_TMPFILE | O_RDWR, 0600));
    tried("rename", rename(victim, made));
    tried("unlink", unlink(victim));
    tried("chdir", chdir(folder));
}

/* Signals to others, their limits, and one's own. */
static void try_others(void)
{
    struct rlimit limit = {0, 0};
    const pid_t other = (pid_t)setting("SHIM_OTHER");
    struct f_owner_ex owner = {F_OWNER_PID, other};
    int fds[2] = {STDIN_FILENO, STDERR_FILENO};
    for (int i = 0; i < 2; i++) {
        tried("F_SETOWN", fcntl(fds[i], F_SETOWN, other));
        tried("F_SETOWN_EX", fcntl(fds[i], F_SETOWN_EX, &owner));
        tried("F_SETSIG", fcntl(fds[i], F_SETSIG, SIGKILL));
        tried("F_SETFL", fcntl(fds[i], F_SETFL, O_ASYNC));
        tried("F_NOTIFY", fcntl(fds[i], F_NOTIFY, DN_MODIFY));
    }
    tried("kill", kill(getppid(), 0));
    tried("kill_other", kill(other, 0));
    tried("pidfd", syscall(SYS_pidfd_open, getppid(), 0));
    tried("limit_of_other",
          syscall(SYS_prlimit64, other, RLIMIT_CPU, NULL, &limit));
    tried("limit_other",
          syscall(SYS_prlimit64, other, RLIMIT_CPU, &limit, NULL));
    tried("limit", syscall(SYS_prlimit64, 0, RLIMIT_CORE, &limit, NULL));
    tried("setrlimit", syscall(SYS_setrlimit, RLIMIT_CORE, &limit));
    tried("memory",
          syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
    tried("ptrace", syscall(SYS_ptrace, PTRACE_SEIZE, other, 0, 0));
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tried("mmap_code", code == MAP_FAILED ? -1 : 0);
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    tried("mprotect_code",
          code == MAP_FAILED
              ? 0
              : syscall(SYS_mprotect, code, 4096, PROT_READ | PROT_EXEC));
}

/* Is SHIM_SECRET, whose bits 0x5a are the other way, on this process's heap? */
static int has_secret(void)
{
    const char *hex = getenv("SHIM_SECRET");
    const unsigned char *end = sbrk(0);
    unsigned char secret[64];
    size_t size = 0;
    for (; hex && hex[2 * size] && size < sizeof secret; size++) {
        const char digits[] = {hex[2 * size], hex[2 * size + 1], 0};
        secret[size] = (unsigned char)strtol(digits, NULL, 16);
    }
    for (const unsigned char *p = heap; size && p + size <= end; p++) {
        size_t k = 0;
        while (k < size && (p[k] ^ 0x5a) == secret[k]) {
            k++;
        }
        if (k == size) {
            return 1;
        }
    }
    errno = EPERM;
    return 0;
}

/* The warden's last call for an output: it has the key. */
int renameat(int from, const char *old, int to, const char *new)
{
    if (hijack >= 0) {
        tried("warden_secret", has_secret() ? 0 : -1);
    }
    return (int)syscall(SYS_renameat, from, old, to, new);
}

/* What one would try who has taken over the process. */
static void try_all(void)
{
    char *const none[] = {NULL};
    const char *beside = getenv("SHIM_BESIDE");
    try_files(getenv("SHIM_VICTIM"));
    if (beside) {
        try_files(beside);
    }
    try_others();
    tried("secret", has_secret() ? 0 : -1);
    tried("inet", socket(AF_INET, SOCK_STREAM, 0));
    tried("unix", socket(AF_UNIX, SOCK_STREAM, 0));
    tried("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    tried("execve", execve("/nonexistent", none, none));
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
    if (n == pread_touch) {
        const struct timespec now[2] = {{.tv_nsec = UTIME_NOW},
                                        {.tv_nsec = UTIME_NOW}};
        syscall(SYS_utimensat, fd, NULL, now, 0);
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
