/* SPDX-License-Identifier: Apache-2.0 */
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/warden.h"

/* The longest tick of a kernel: CONFIG_HZ is 100 at least. */
#define TICK_MS 10

static bool is_stdin(const char *name)
{
    return strcmp(name, "-") == 0;
}

const char *input_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

/* An unnamed file that goes away with its descriptor, or -1. */
static int temporary_file(void)
{
    const char *folder = input_temporary_folder();
    char path[4096];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0) {
        return fd;
    }
    /* Not every file system has O_TMPFILE. */
    if (snprintf(path, sizeof path, "%s/mrtd-calc.XXXXXX", folder) >=
        (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkstemp(path);
    if (fd >= 0) {
        unlink(path);
    }
    return fd;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* Copies all of the pipe or device from into to. */
static enum exit_status copy(const char *name, int from, int to, uint64_t *size)
{
    static _Thread_local char buffer[1 << 16];
    *size = 0;
    for (;;) {
        ssize_t n = read(from, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return input_failed(name, "cannot read");
        }
        if (n == 0) {
            return EXIT_DONE;
        }
        *size += (uint64_t)n;
        if (*size > INPUT_PIPE_LIMIT) {
            diagnostic_file(name,
                            "not a regular file, and it has more than %" PRIu64
                            " bytes, the limit for pipes and devices; save it "
                            "to a file first [pipe-limit]",
                            INPUT_PIPE_LIMIT);
            return EXIT_REFUSED;
        }
        if (!write_all(to, buffer, (size_t)n)) {
            return input_failed(name,
                                "cannot write its copy to a temporary file");
        }
    }
}

/* Puts a copy with known size in the place of input->fd. */
static enum exit_status spool(struct input *input)
{
    int to = temporary_file();
    if (to < 0) {
        return input_failed(input->name,
                            "cannot make a temporary file for its copy");
    }
    uint64_t size = 0;
    enum exit_status status = copy(input->name, input->fd, to, &size);
    if (!status && input_is_changed(input)) {
        diagnostic_file(input->name, "cannot read: %s [read]",
                        input_changed_text);
        status = EXIT_IO;
    }
    if (status) {
        close(to);
        return status;
    }
    close(input->fd);
    input->fd = to;
    input->size = size;
    input->is_watched = false;
    return EXIT_DONE;
}

/* Waits until the FIFO, opened without blocking, has a writer with data. */
static enum exit_status await_writer(const char *name, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int n = poll(&p, 1, INPUT_FIFO_SECONDS * 1000);
    if (n == 0) {
        diagnostic_file(name,
                        "a FIFO to which nobody has written for %d "
                        "seconds",
                        INPUT_FIFO_SECONDS);
        return EXIT_IO;
    }
    if (n < 0 || fcntl(fd, F_SETFL, 0) < 0) {
        return input_failed(name, "cannot read");
    }
    return EXIT_DONE;
}

/* Timestamps of files are those of the kernel's last tick (4 to 10 ms, Linux
 * before 6.13): what is written later in the tick of the last change cannot be
 * told from it. So waits for the next. */
static int status_of_old(int fd, struct stat *st)
{
    for (unsigned i = 0; i < 2 * TICK_MS; i++) {
        struct timespec now;
        if (input_status(fd, st) < 0) {
            return -1;
        }
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
        if (now.tv_sec != st->st_ctim.tv_sec ||
            now.tv_nsec > st->st_ctim.tv_nsec) {
            return 0;
        }
        poll(NULL, 0, 1);
    }
    return 0;
}

/* Finds the size of input->fd, or copies what has none. */
static enum exit_status find_size(struct input *input)
{
    struct stat st;
    if (status_of_old(input->fd, &st) < 0) {
        return input_failed(input->name, "cannot read");
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return input_failed(input->name, "cannot read");
    }
    input->size = (uint64_t)st.st_size;
    input->is_watched = S_ISREG(st.st_mode);
    input->modified = st.st_mtim;
    input->changed = st.st_ctim;
    /* Standard input may have been read from already; and files of /proc say
     * that they are empty. */
    if (S_ISREG(st.st_mode) && st.st_size > 0 &&
        lseek(input->fd, 0, SEEK_CUR) == 0) {
        return EXIT_DONE;
    }
    if (S_ISFIFO(st.st_mode) && !is_stdin(input->name)) {
        enum exit_status status = await_writer(input->name, input->fd);
        if (status) {
            return status;
        }
    }
    return spool(input);
}

/* A descriptor, or -1. */
static int open_name(const char *name)
{
    return is_stdin(name)
               /* A copy, to be closed like any other; not 0 to 2. */
               ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
               /* O_NONBLOCK: a FIFO without a writer would block for ever. */
               : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

enum exit_status input_look(struct input *input, const char *name)
{
    struct input in = {.name = name, .fd = open_name(name)};
    if (in.fd < 0) {
        return input_open_failed(name);
    }
    const enum exit_status status = find_size(&in);
    if (status) {
        input_close(&in);
        return status;
    }
    *input = in;
    return EXIT_DONE;
}

/* --- Inputs that are kept open ----------------------------------------- */

/* Descriptors that are open anyway. */
#define KEPT_SPARE 8
/* More are opened by a warden, one after the other. */
#define KEPT_MOST 256

struct kept {
    struct input input;
    enum exit_status status;
    bool is_missing; /* there is no such file */
    char *text;      /* what is to be said on stderr, or NULL */
};

static struct {
    struct kept items[KEPT_MOST];
    size_t count;
} kept;

static const struct kept *find_kept(const char *name)
{
    for (size_t i = 0; i < kept.count; i++) {
        if (strcmp(kept.items[i].input.name, name) == 0) {
            return &kept.items[i];
        }
    }
    return NULL;
}

bool input_can_keep(size_t count)
{
    struct rlimit limit;
    /* As many descriptors again are for other uses. */
    return count <= KEPT_MOST && getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           count + KEPT_SPARE <= limit.rlim_cur / 2;
}

void input_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

bool input_is_there(const char *name)
{
    return access(name, F_OK) == 0;
}

static bool is_missing(const char *name)
{
    return !input_is_there(name) && errno == ENOENT;
}

/* input_look() of this process, its messages kept; false: no memory. */
static bool look(struct kept *k, const char *name)
{
    struct capture capture;
    k->input.fd = -1;
    k->is_missing = is_missing(name);
    if (!capture_begin(&capture)) {
        return false;
    }
    k->status = input_look(&k->input, name);
    if (!capture_end(&capture)) {
        input_close(&k->input);
        return false;
    }
    size_t size;
    k->text = capture_take(&capture, &size);
    return true;
}

enum exit_status input_keep(const char *name)
{
    struct kept k = {.input = {.name = name}};
    if (find_kept(name)) {
        return EXIT_DONE;
    }
    if (!input_can_keep(kept.count + 1)) {
        return warden_is_there() ? warden_admit(name) : EXIT_DONE;
    }
    if (warden_is_there()) {
        k.is_missing = warden_is_missing(name);
        k.status = warden_input(&k.input, name, &k.text);
    } else if (!look(&k, name)) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    kept.items[kept.count++] = k;
    return EXIT_DONE;
}

size_t input_kept_count(void)
{
    return kept.count;
}

bool input_is_missing(const char *name)
{
    const struct kept *k = find_kept(name);
    return k                   ? k->is_missing
           : warden_is_there() ? warden_is_missing(name)
                               : is_missing(name);
}

/* A descriptor of its own for the same open file. */
static enum exit_status open_kept(struct input *input, const struct kept *k)
{
    *input = k->input;
    diagnostic_again(k->input.name, k->text);
    if (k->status) {
        return k->status;
    }
    input->fd = fcntl(k->input.fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return input->fd < 0 ? input_failed(input->name, "cannot open") : EXIT_DONE;
}

/* --- The interface ----------------------------------------------------- */

enum exit_status input_open(struct input *input, const char *name)
{
    const struct kept *k = find_kept(name);
    if (k) {
        return open_kept(input, k);
    }
    if (!warden_is_there()) {
        return input_look(input, name);
    }
    char *text = NULL;
    const enum exit_status status = warden_input(input, name, &text);
    diagnostic_again(name, text);
    free(text);
    return status;
}

#ifdef __i386__
/* Linux, arch/x86/include/uapi/asm/stat.h, struct stat64, which is not that of
 * libc. */
struct status_i386 {
    uint64_t device;
    uint32_t unused[2];
    uint32_t mode;
    uint32_t links;
    uint32_t user;
    uint32_t group;
    uint32_t other_device[3];
    uint32_t size[2];
    uint32_t blocks[3];
    uint32_t times[6]; /* of access, of change, of the inode's change */
    uint32_t inode[2];
};

int input_status(int fd, struct stat *status)
{
    struct status_i386 st;
    if (syscall(__NR_fstat64, fd, &st) < 0) {
        return -1;
    }
    memset(status, 0, sizeof *status);
    status->st_dev = st.device;
    status->st_ino = (uint64_t)st.inode[1] << 32 | st.inode[0];
    status->st_mode = st.mode;
    status->st_uid = st.user;
    status->st_gid = st.group;
    status->st_size = (off_t)((uint64_t)st.size[1] << 32 | st.size[0]);
    status->st_mtim = (struct timespec){st.times[2], (long)st.times[3]};
    status->st_ctim = (struct timespec){st.times[4], (long)st.times[5]};
    return 0;
}
#else
int input_status(int fd, struct stat *status)
{
    return (int)syscall(__NR_fstat, fd, status);
}
#endif
