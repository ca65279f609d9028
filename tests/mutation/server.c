/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the program again and again without starting it: the libraries are
 * loaded once, and each run is a fork() that goes into main(), which is here
 * compiled as program_main(). Thousands of runs a mutant are cheap so.
 *
 * On standard input: u32 size, then u32 milliseconds, then strings, each with
 * its NUL: the folder to run in, and the arguments with the program's name. On
 * standard output: u32 exit status (or 256 + signal), u32 size and bytes of
 * what was written to standard output, and the same of standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#define MAX_REQUEST   (1 << 20)
#define MAX_ARGUMENTS 1024
#define OUTPUT_LIMIT  (256UL << 20)
#define MEMORY_LIMIT  (4UL << 30)

int program_main(int argc, char **argv);

static void all(int fd, char *data, size_t size, int writing)
{
    while (size > 0) {
        ssize_t n = writing ? write(fd, data, size) : read(fd, data, size);
        if (n <= 0) {
            _exit(n < 0);
        }
        data += n;
        size -= (size_t)n;
    }
}

static void limit(int resource, rlim_t value)
{
    struct rlimit r = {value, value};
    setrlimit(resource, &r);
}

static void child(char *folder, int argc, char **argv, unsigned ms)
{
    /* Wall-clock time by its own timer: a loop ends by SIGALRM. */
    alarm(ms / 1000 + 1);
    limit(RLIMIT_CPU, ms / 1000 + 1);
    limit(RLIMIT_FSIZE, OUTPUT_LIMIT);
    limit(RLIMIT_CORE, 0);
    /* A sanitizer's shadow is terabytes of addresses. */
    int sanitized = getenv("ASAN_OPTIONS") != NULL;
    if (!sanitized) {
        limit(RLIMIT_AS, MEMORY_LIMIT);
    }
    if (chdir(folder)) {
        _exit(99);
    }
    int status = program_main(argc, argv);
    fflush(NULL);
    if (!sanitized) {
        _exit(status); /* what libcrypto tidies up takes longest of all */
    }
    exit(status);
}

static uint32_t run(char *folder, int argc, char **argv, unsigned ms,
                    const int out[2])
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDONLY);
        dup2(null, 0);
        dup2(out[0], 1);
        dup2(out[1], 2);
        close(null);
        close(out[0]);
        close(out[1]);
        child(folder, argc, argv, ms);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status)
                             : 256U + (uint32_t)WTERMSIG(status);
}

static void answer(int fd)
{
    off_t end = lseek(fd, 0, SEEK_END);
    uint32_t size = (uint32_t)end;
    all(1, (char *)&size, sizeof size, 1);
    if (size > 0) {
        char *data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
        all(1, data, size, 1);
        munmap(data, size);
    }
    close(fd);
}

int main(void)
{
    static char request[MAX_REQUEST];
    char *argv[MAX_ARGUMENTS];
    /* What libcrypto does at first is done once, and not in every child. */
    EVP_MD_free(EVP_MD_fetch(NULL, "SHA384", NULL));
    for (;;) {
        uint32_t head[2];
        all(0, (char *)head, sizeof head, 0);
        if (head[0] >= MAX_REQUEST) {
            return 1;
        }
        all(0, request, head[0], 0);
        char *end = request + head[0];
        char *folder = request;
        int argc = 0;
        for (char *p = folder + strlen(folder) + 1;
             p < end && argc < MAX_ARGUMENTS - 1; p += strlen(p) + 1) {
            argv[argc++] = p;
        }
        argv[argc] = NULL;
        int out[2] = {memfd_create("out", 0), memfd_create("err", 0)};
        uint32_t status = run(folder, argc, argv, head[1], out);
        all(1, (char *)&status, sizeof status, 1);
        answer(out[0]);
        answer(out[1]);
    }
}
