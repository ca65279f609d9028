/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/input.h"

/* Later than the headers of Debian 12 (Linux 6.1). */
#define FS_TRUNCATE     (UINT64_C(1) << 14) /* since version 3 */
#define FS_IOCTL_DEV    (UINT64_C(1) << 15) /* since version 5 */
#define NET_BIND_TCP    (UINT64_C(1) << 0)  /* since version 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)

/* Linux, include/uapi/linux/landlock.h, struct landlock_ruleset_attr. */
struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* since version 4 */
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
    long landlock; /* version, or 0 */
    bool privileges;
    bool seccomp;
} state;

/* --- Landlock ------------------------------------------------------------ */

static uint64_t handled_by(long version)
{
    /* The first version knows 13 rights, from bit 0. */
    uint64_t rights = (UINT64_C(1) << 13) - 1;
    rights |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
    rights |= version >= 3 ? FS_TRUNCATE : 0;
    rights |= version >= 5 ? FS_IOCTL_DEV : 0;
    return rights;
}

/* A path that cannot be opened needs no rule. */
static void allow(int rules, const char *path, uint64_t rights, long version)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rights & handled_by(version),
        .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) {
        return;
    }
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule,
                0) != 0) {
        rule.allowed_access &= FS_OF_FILES; /* it was none of a folder */
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                      &rule, 0);
    }
    close(rule.parent_fd);
}

/* The folder in which an output is made, links followed; the output itself,
 * too, which may be a device. */
static void allow_output(int rules, const char *name, long version)
{
    char path[PATH_MAX];
    if (!name || strcmp(name, "-") == 0) {
        return;
    }
    if (!realpath(name, path)) {
        const size_t len = strlen(name);
        if (len >= sizeof path) {
            return;
        }
        memcpy(path, name, len + 1);
    }
    allow(rules, path, FS_MAKE, version);
    char *end = path + strlen(path);
    while (end > path + 1 && end[-1] == '/') {
        *--end = '\0';
    }
    char *slash = strrchr(path, '/');
    if (slash) {
        slash[slash == path] = '\0';
    }
    allow(rules, slash ? path : ".", FS_MAKE, version);
}

static bool has_outputs(const struct options *o)
{
    const char *outputs[OPTIONS_OUTPUTS];
    bool has = false;
    options_outputs(o, outputs);
    for (size_t i = 0; i < OPTIONS_OUTPUTS; i++) {
        has |= outputs[i] && strcmp(outputs[i], "-") != 0;
    }
    return has;
}

static void enter_landlock(const struct options *o, bool may_open)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* its version */);
    if (version < 1) {
        return;
    }
    const struct ruleset ruleset = {handled_by(version),
                                    NET_BIND_TCP | NET_CONNECT_TCP};
    const int rules = (int)syscall(
        SYS_landlock_create_ruleset, &ruleset,
        version < 4 ? sizeof ruleset.handled_access_fs : sizeof ruleset, 0);
    if (rules < 0) {
        return;
    }
    const char *outputs[OPTIONS_OUTPUTS];
    options_outputs(o, outputs);
    for (size_t i = 0; i < OPTIONS_OUTPUTS; i++) {
        allow_output(rules, outputs[i], version);
    }
    if (may_open) {
        allow(rules, "/", FS_READ, version);
        allow(rules, input_temporary_folder(), FS_MAKE, version);
        allow(rules, "/dev/tty", FS_READ | FS_WRITE | FS_IOCTL_DEV, version);
    }
    if (syscall(SYS_landlock_restrict_self, rules, 0) == 0) {
        state.landlock = version;
    }
    close(rules);
}

/* --- seccomp ------------------------------------------------------------- */

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

/* What reading, hashing, threads and printing take. */
static const uint32_t always[] = {
    __NR_brk,
    __NR_mmap,
    __NR_mremap,
    __NR_munmap,
    __NR_mprotect,
    __NR_madvise,
    __NR_read,
    __NR_readv,
    __NR_pread64,
    __NR_write,
    __NR_writev,
    __NR_lseek,
    __NR_close,
    __NR_fcntl,
    __NR_ppoll, //
    __NR_fstat,
    __NR_statx,
    __NR_faccessat,
    __NR_faccessat2,
    __NR_readlinkat, //
    __NR_futex,
    __NR_set_robust_list,
    __NR_rseq,
    __NR_sched_getaffinity,
    __NR_sched_yield,
    __NR_gettid,
    __NR_getpid,
    __NR_exit,
    __NR_exit_group, //
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_restart_syscall, //
    __NR_clock_gettime,
    __NR_gettimeofday,
    __NR_getrandom,
    __NR_sysinfo,
    __NR_uname,
    __NR_getrlimit,
    __NR_umask,
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_open /* and the other calls that newer machines have not */
    __NR_stat,
    __NR_lstat,
    __NR_access,
    __NR_readlink,
    __NR_poll,
#endif
#ifdef __NR_time
    __NR_time,
#endif
#ifdef __NR_mmap2 /* 32 bits */
    __NR_mmap2,
    __NR__llseek,
    __NR_fcntl64,
    __NR_stat64,
    __NR_lstat64,
    __NR_fstat64,
    __NR_fstatat64,
    __NR_ugetrlimit,
    __NR_sigreturn,
    __NR_futex_time64,
    __NR_clock_gettime64,
    __NR_ppoll_time64,
#endif
};

/* What opening inputs, the second step and writing output files take. */
static const uint32_t with_files[] = {
    __NR_openat,
    __NR_mkdirat,
    __NR_renameat,
    __NR_renameat2,
    __NR_unlinkat,
    __NR_fchmod,
    __NR_fchmodat,
    __NR_getcwd,
    __NR_getdents64,
    __NR_fstatfs,
    __NR_getuid,
    __NR_geteuid,
    __NR_getgid,
    __NR_getegid,
    __NR_setrlimit,
    __NR_prlimit64, //
    __NR_prctl,
    __NR_seccomp,
    __NR_landlock_create_ruleset,
    __NR_landlock_add_rule,
    __NR_landlock_restrict_self,
#ifdef __NR_open
    __NR_open,
    __NR_mkdir,
    __NR_rename,
    __NR_unlink,
    __NR_rmdir,
    __NR_chmod,
    __NR_getdents,
#endif
#ifdef __NR_mmap2
    __NR_fstatfs64,
#endif
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Two instructions a call, eight with an argument, and a few. */
struct program {
    struct sock_filter code[2 * (COUNT(always) + COUNT(with_files)) + 40];
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

/* The call is allowed if the low half of an argument, masked, has this value,
 * and if the high half is 0. */
static void add_checked(struct program *p, uint32_t call, unsigned argument,
                        uint32_t mask, uint32_t value)
{
    const size_t at =
        offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t);
    const size_t low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 7, call);
    add_load(p, at + 4 - low);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, 0);
    add_load(p, at + low);
    add(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    add_result(p, SECCOMP_RET_ALLOW);
    add_result(p, SECCOMP_RET_ERRNO | EPERM);
}

static void enter_seccomp(bool files, bool terminal)
{
    struct program p = {.count = 0};
    add_load(&p, offsetof(struct seccomp_data, arch));
    add(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    add_result(&p, SECCOMP_RET_KILL_PROCESS);
    add_load(&p, offsetof(struct seccomp_data, nr));
    add_calls(&p, always, COUNT(always));
    /* isatty(), and TCSETS for the echo of a passphrase; not TIOCSTI,
     * which types into the user's terminal */
    const uint32_t mask = terminal ? ~UINT32_C(3) : UINT32_MAX;
    add_checked(&p, __NR_ioctl, 1, mask, TCGETS & mask);
    if (files) {
        add_calls(&p, with_files, COUNT(with_files));
    } else {
        /* getrlimit(): no new limits */
        add_checked(&p, __NR_prlimit64, 2, UINT32_MAX, 0);
    }
    /* abort() */
    add_checked(&p, __NR_tgkill, 0, UINT32_MAX, (uint32_t)getpid());
    /* Threads, not processes; clone3() keeps its flags in memory, where no
     * filter sees them, and glibc goes back to clone(). */
    add_checked(&p, __NR_clone, CLONE_FLAGS, CLONE_THREAD, CLONE_THREAD);
    add_call(&p, __NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    add_result(&p, SECCOMP_RET_ERRNO | EPERM);

    const struct sock_fprog program = {.len = p.count, .filter = p.code};
    state.seccomp |=
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#else
static void enter_seccomp(bool files, bool terminal)
{
    (void)files;
    (void)terminal;
}
#endif

/* --- The two steps ------------------------------------------------------- */

static bool is_off(void)
{
    const char *wish = getenv("MRTD_SANDBOX");
    return wish && strcmp(wish, "off") == 0;
}

static void restrict_self(const struct options *o, bool may_open)
{
    if (!is_off()) {
        state.privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
        enter_landlock(o, may_open);
        enter_seccomp(may_open || has_outputs(o), may_open);
    }
}

void sandbox_enter(const struct options *options)
{
    restrict_self(options, true);
}

void sandbox_seal(const struct options *options)
{
    restrict_self(options, !input_kept_all());
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
