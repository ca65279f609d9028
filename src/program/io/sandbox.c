/* SPDX-License-Identifier: Apache-2.0 */
#include "io/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "io/place.h"

/* Later than the headers of Debian 12 (Linux 6.1). */
#define FS_TRUNCATE     (UINT64_C(1) << 14) /* since version 3 */
#define FS_IOCTL_DEV    (UINT64_C(1) << 15) /* since version 5 */
#define NET_BIND_TCP    (UINT64_C(1) << 0)  /* since version 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_SOCKETS   (UINT64_C(1) << 0) /* since version 6 */
#define SCOPE_SIGNALS   (UINT64_C(1) << 1)

/* Linux, include/uapi/linux/landlock.h, struct landlock_ruleset_attr. */
struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* since version 4 */
    uint64_t scoped;             /* since version 6 */
};

#define FS_READ  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)
/* Of a folder: a temporary file or folder that is then renamed. */
#define FS_MAKE                                                                \
    (LANDLOCK_ACCESS_FS_READ_DIR | FS_WRITE | LANDLOCK_ACCESS_FS_MAKE_REG |    \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |            \
     LANDLOCK_ACCESS_FS_REMOVE_DIR)
/* Rights that a rule about a file can have. */
#define FS_OF_FILES                                                            \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | FS_WRITE |    \
     FS_IOCTL_DEV)

/* What was put in force. */
static struct {
    long landlock; /* version of Landlock, or 0 */
    bool privileges;
    bool seccomp;
    bool starved; /* a rule is missing, since no more files can be open */
} state;

/* A call failed, as errno says. */
static void note_failure(void)
{
    state.starved |= errno == EMFILE || errno == ENFILE;
}

/* --- Landlock ---------------------------------------------------------- */

static uint64_t handled_by(long version)
{
    /* The first version knows 13 rights, from bit 0. */
    uint64_t rights = (UINT64_C(1) << 13) - 1;
    rights |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
    rights |= version >= 3 ? FS_TRUNCATE : 0;
    rights |= version >= 5 ? FS_IOCTL_DEV : 0;
    return rights;
}

static void allow(int rules, int fd, uint64_t rights, long version)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rights & handled_by(version), .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule,
                0) != 0) {
        rule.allowed_access &=
            FS_OF_FILES; /* not a folder: only the rights of files are valid */
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                      &rule, 0);
    }
}

/* A path that cannot be opened needs no rule. */
static void allow_path(int rules, const char *path, uint64_t rights,
                       long version)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        note_failure();
        return;
    }
    allow(rules, fd, rights, version);
    close(fd);
}

/* The folder in which an output is made; the output itself, too, which may be a
 * device, or a folder. */
static void allow_output(int rules, const char *name, long version)
{
    struct place place;
    if (strcmp(name, "-") == 0) {
        return;
    }
    errno = place_find_folder(&place, name);
    if (errno) {
        note_failure();
        return;
    }
    const int fd =
        openat(place.folder, place.name,
               O_PATH | O_CLOEXEC | (place.in_place ? 0 : O_NOFOLLOW));
    if (fd >= 0) {
        allow(rules, fd, FS_MAKE, version);
        close(fd);
    } else {
        note_failure();
    }
    allow(rules, place.folder, FS_MAKE, version);
    place_free(&place);
}

/* What a warden may do; a worker may do nothing. */
static void allow_warden(int rules, const struct files *files, long version)
{
    for (size_t i = 0; i < files->output_count; i++) {
        allow_output(rules, files->outputs[i].path, version);
    }
    allow_path(rules, "/", FS_READ, version);
    allow_path(rules, input_temporary_folder(), FS_MAKE, version);
    allow_path(rules, "/dev/tty", FS_READ | FS_WRITE | FS_IOCTL_DEV, version);
}

/* files: of a warden, or NULL. */
static void enter_landlock(const struct files *files)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* its version */);
    if (version < 1) {
        return;
    }
    /* A warden ends its worker by a signal. */
    const struct ruleset ruleset = {
        handled_by(version), NET_BIND_TCP | NET_CONNECT_TCP,
        SCOPE_SOCKETS | (files ? 0 : SCOPE_SIGNALS)};
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &ruleset,
                                   version < 4   ? sizeof(uint64_t)
                                   : version < 6 ? 2 * sizeof(uint64_t)
                                                 : sizeof ruleset,
                                   0);
    if (rules < 0) {
        note_failure();
        return;
    }
    if (files) {
        allow_warden(rules, files, version);
    }
    if (syscall(SYS_landlock_restrict_self, rules, 0) == 0) {
        state.landlock = version;
    }
    close(rules);
}

/* --- seccomp ----------------------------------------------------------- */

/*
 * A program of the kernel's for each call, written out here and not made by
 * libseccomp, which frees memory twice where there is too little (2.5.4).
 */
#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __i386__
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined __s390x__
#define ARCHITECTURE AUDIT_ARCH_S390X
#endif

#ifdef ARCHITECTURE
#ifdef __s390x__
#define CLONE_FLAGS 1 /* which argument of clone() */
#else
#define CLONE_FLAGS 0
#endif

/* What reading, hashing, threads and printing take. None of them is given a
 * path. */
static const uint32_t always[] = {
    __NR_brk,
    __NR_mremap,
    __NR_munmap,
    __NR_madvise,
    __NR_read,
    __NR_readv,
    __NR_pread64,
    __NR_write,
    __NR_writev,
    __NR_lseek,
    __NR_close,
    __NR_ppoll,
    __NR_fstat,
    __NR_recvmsg, /* from a warden */
    __NR_futex,
    __NR_set_robust_list,
    __NR_rseq,
    __NR_sched_getaffinity,
    __NR_sched_yield,
    __NR_gettid,
    __NR_getpid,
    __NR_exit,
    __NR_exit_group,
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_restart_syscall,
    __NR_clock_gettime,
    __NR_gettimeofday,
    __NR_getrandom,
    __NR_sysinfo,
    __NR_uname,
    __NR_getrlimit,
    __NR_umask,
#ifdef __NR_poll /* newer machines have it not */
    __NR_poll,
#endif
#ifdef __NR_time
    __NR_time,
#endif
#ifdef __NR_mmap2 /* 32 bits */
    __NR__llseek,
    __NR_fstat64,
    __NR_ugetrlimit,
    __NR_sigreturn,
    __NR_futex_time64,
    __NR_clock_gettime64,
    __NR_ppoll_time64,
#endif
#ifdef __s390x__ /* its arguments are in memory, where no filter sees them */
    __NR_mmap,
#endif
};

/* What a warden takes: opening inputs, writing output files, reading a key. */
static const uint32_t of_warden[] = {
    __NR_openat,     __NR_mkdirat,    __NR_renameat,  __NR_renameat2,
    __NR_unlinkat,   __NR_readlinkat, __NR_faccessat, __NR_faccessat2,
    __NR_fchmod,     __NR_fchown,     __NR_statx,     __NR_fcntl,
    __NR_getdents64, __NR_fstatfs,    __NR_getuid,    __NR_geteuid,
    __NR_getgid,     __NR_getegid,    __NR_setrlimit, __NR_prlimit64,
    __NR_sendmsg,    __NR_wait4,      __NR_waitid,    __NR_kill,
    __NR_fsync,
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_open
    __NR_open,       __NR_stat,       __NR_lstat,     __NR_access,
    __NR_readlink,   __NR_mkdir,      __NR_unlink,    __NR_rmdir,
#endif
#ifdef __NR_mmap2
    __NR_fcntl64,    __NR_stat64,     __NR_lstat64,   __NR_fstatat64,
    __NR_fstatfs64,  __NR_geteuid32,  __NR_getuid32,  __NR_fchown32,
#endif
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Two instructions a call, more with an argument. */
struct program {
    struct sock_filter code[2 * (COUNT(always) + COUNT(of_warden)) + 140];
    unsigned short count;
};

static void add(struct program *p, uint16_t code, uint8_t yes, uint8_t no,
                uint32_t operand)
{
    p->code[p->count++] = (struct sock_filter){code, yes, no, operand};
}

static void add_load(struct program *p, size_t offset)
{
    add(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void add_result(struct program *p, uint32_t result)
{
    add(p, BPF_RET | BPF_K, 0, 0, result);
}

/* The call gives result. */
static void add_call(struct program *p, uint32_t call, uint32_t result)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call);
    add_result(p, result);
}

static void add_calls(struct program *p, const uint32_t *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_call(p, calls[i], SECCOMP_RET_ALLOW);
    }
}

/* The low half of an argument, masked, must have this value, and the high half
 * must be 0. */
struct condition {
    unsigned argument;
    uint32_t mask;
    uint32_t value;
};

#define CONDITION_SIZE 5 /* instructions */

/* The call is allowed if all conditions hold. */
static void add_checked(struct program *p, uint32_t call,
                        const struct condition *conditions, unsigned count)
{
    const size_t low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(count * CONDITION_SIZE + 2),
        call);
    for (unsigned i = 0; i < count; i++) {
        const struct condition *c = &conditions[i];
        const size_t at = offsetof(struct seccomp_data, args) +
                          c->argument * sizeof(uint64_t);
        const unsigned left = (count - i - 1) * CONDITION_SIZE;
        add_load(p, at + 4 - low);
        add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(left + 4), 0);
        add_load(p, at + low);
        add(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, c->mask);
        add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(left + 1), c->value);
    }
    add_result(p, SECCOMP_RET_ALLOW);
    add_result(p, SECCOMP_RET_ERRNO | EPERM);
}

/* Allows a call under one condition. */
static void add_argument(struct program *p, uint32_t call, unsigned argument,
                         uint32_t mask, uint32_t value)
{
    const struct condition condition = {argument, mask, value};
    add_checked(p, call, &condition, 1);
}

/* Copies of a descriptor and what it is; not who gets signals of it, of
 * which kind, and when. */
static void add_fcntl(struct program *p, uint32_t call)
{
    /* F_GETFD is 1, F_GETFL 3: one mask is both. */
    const uint32_t other = (uint32_t)(F_GETFD ^ F_GETFL);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, call);
    add_load(p, offsetof(struct seccomp_data, args) + sizeof(uint64_t) +
                    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, F_DUPFD_CLOEXEC);
    add_result(p, SECCOMP_RET_ALLOW);
    add_load(p, offsetof(struct seccomp_data, nr));
    add_argument(p, call, 1, ~other, F_GETFD & ~other);
}

/* What a worker takes that a filter must look into. */
static void add_worker(struct program *p)
{
    /* getrlimit(): of this process, and no new limits */
    const struct condition limits[] = {{0, UINT32_MAX, 0}, {2, UINT32_MAX, 0}};
    add_checked(p, __NR_prlimit64, limits, 2);
#ifdef __NR_fcntl64
    add_fcntl(p, __NR_fcntl64);
#endif
    add_fcntl(p, __NR_fcntl);
}

static void add_all(struct program *p, bool is_warden)
{
    add_calls(p, always, COUNT(always));
    /* No code that comes from elsewhere. */
    add_argument(p, __NR_mprotect, 2, PROT_EXEC, 0);
#if defined __NR_mmap2
    add_argument(p, __NR_mmap2, 2, PROT_EXEC, 0);
#elif !defined __s390x__
    add_argument(p, __NR_mmap, 2, PROT_EXEC, 0);
#endif
    /* isatty(), and TCSETS for the echo of a passphrase; not TIOCSTI,
     * which types into the user's terminal */
    const uint32_t mask = is_warden ? ~UINT32_C(3) : UINT32_MAX;
    add_argument(p, __NR_ioctl, 1, mask, TCGETS & mask);
    if (is_warden) {
        add_calls(p, of_warden, COUNT(of_warden));
    } else {
        add_worker(p);
    }
    /* abort() */
    add_argument(p, __NR_tgkill, 0, UINT32_MAX, (uint32_t)getpid());
    /* Threads, not processes; clone3() keeps its flags in memory, where no
     * filter sees them, and glibc goes back to clone(). */
    add_argument(p, __NR_clone, CLONE_FLAGS, CLONE_THREAD, CLONE_THREAD);
    add_call(p, __NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
}

static void enter_seccomp(bool is_warden)
{
    struct program p = {.count = 0};
    add_load(&p, offsetof(struct seccomp_data, arch));
    add(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    add_result(&p, SECCOMP_RET_KILL_PROCESS);
    add_load(&p, offsetof(struct seccomp_data, nr));
    add_all(&p, is_warden);
    add_result(&p, SECCOMP_RET_ERRNO | EPERM);

    const struct sock_fprog program = {.len = p.count, .filter = p.code};
    state.seccomp |=
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#else
static void enter_seccomp(bool is_warden)
{
    (void)is_warden;
}
#endif

/* --- The two of them --------------------------------------------------- */

static bool is_off(void)
{
    const char *wish = getenv("MRTD_SANDBOX");
    return wish && strcmp(wish, "off") == 0;
}

/* files: of a warden, or NULL. */
static enum exit_status restrict_self(const struct files *files)
{
    if (is_off()) {
        return EXIT_DONE;
    }
    state.privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    enter_landlock(files);
    if (state.starved) {
        diagnostic("too few files can be open at once: %s; 'ulimit -n' raises "
                   "the limit",
                   strerror(EMFILE));
        return EXIT_IO;
    }
    enter_seccomp(files != NULL);
    return EXIT_DONE;
}

enum exit_status sandbox_enter(const struct files *files)
{
    return restrict_self(files);
}

enum exit_status sandbox_seal(void)
{
    return restrict_self(NULL);
}

void sandbox_describe(void)
{
    if (is_off()) {
        output("sandbox: switched off by MRTD_SANDBOX\n");
        return;
    }
    output("sandbox: %s, ",
           state.privileges ? "no new privileges" : "no no_new_privs");
    if (state.landlock) {
        output("Landlock (version %ld), ", state.landlock);
    } else {
        output("no Landlock in this kernel, ");
    }
    output("%s\n", state.seccomp ? "seccomp" : "no seccomp in this kernel");
}
