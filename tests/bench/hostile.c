/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mrtd-bench --hostile: time and memory that the program takes for the worst
 * known input of each kind, at several sizes. hostile.py makes the inputs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define MAX_ARGUMENTS 8

static const char *const kinds[] = {
    "modules", "sections", "shifted", "signatures", "nested", "unpack",
    "debug",   "claims",   "runs",    "shared",     "gaps",
};

static const unsigned sizes[] = {1, 4, 16, 64}; /* MiB */

/* "a" and "b" are the two files of a kind, "value" a list that matches none. */
static const struct command {
    const char *name;
    const char *arguments[MAX_ARGUMENTS];
} commands[] = {
    {"measure", {"a"}},
    {"show", {"show", "a"}},
    {"show --json", {"show", "--json", "a"}},
    {"show --html", {"show", "--html", "page", "a"}},
    {"diff", {"diff", "a", "b"}},
    {"diff --json", {"diff", "--json", "--all", "a", "b"}},
    {"check", {"check", "--against", "value", "a"}},
    {"lint", {"lint", "a"}},
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
    fprintf(stderr, "mrtd-bench: %s\n", what);
    exit(1);
}

/* Runs a program, what it prints thrown away; its exit status. */
static int run(const char *program, const char *const arguments[],
               struct rusage *usage)
{
    const char *argv[MAX_ARGUMENTS + 2] = {program};
    int status = 0;
    for (size_t i = 0; i < MAX_ARGUMENTS; i++) {
        argv[i + 1] = arguments[i];
    }
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, usage) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) == 127) {
        die("a program cannot be run, or ended by a signal");
    }
    return WEXITSTATUS(status);
}

static void make(const char *kind, unsigned mebibytes)
{
    struct rusage usage;
    char size[32];
    snprintf(size, sizeof size, "%lu", (unsigned long)mebibytes << 20);
    const char *const arguments[MAX_ARGUMENTS] = {MRTD_HOSTILE, kind, size, "a",
                                                  "b"};
    if (run(MRTD_PYTHON, arguments, &usage) != 0) {
        die("hostile.py failed");
    }
}

static void measure(const char *program, const char *kind, unsigned mebibytes,
                    const struct command *command, bool json)
{
    struct rusage usage;
    double start = now();
    int status = run(program, command->arguments, &usage);
    double seconds = now() - start;
    double memory = (double)usage.ru_maxrss / 1024;
    printf(json ? "{\"kind\":\"%s\",\"mebibytes\":%u,\"command\":\"%s\","
                  "\"status\":%d,\"seconds\":%.3f,\"peak_mebibytes\":%.1f}\n"
                : "%-11s %7u  %-12s %6d %9.2f %9.1f\n",
           kind, mebibytes, command->name, status, seconds, memory);
    fflush(stdout);
}

void bench_hostile(const char *program, bool json)
{
    char folder[] = "/tmp/mrtd-bench-XXXXXX";
    char path[4096];
    FILE *value;
    if (!realpath(program, path) || !mkdtemp(folder) || chdir(folder) != 0 ||
        !(value = fopen("value", "w"))) {
        die("cannot find the program, or make a folder in /tmp");
    }
    for (unsigned i = 0; i < 96; i++) {
        fputc('0', value);
    }
    fclose(value);
    if (!json) {
        printf("%-11s %7s  %-12s %6s %9s %9s\n", "kind", "MiB", "command",
               "status", "seconds", "peak MiB");
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            make(kinds[k], sizes[s]);
            for (size_t c = 0; c < sizeof commands / sizeof *commands; c++) {
                measure(path, kinds[k], sizes[s], &commands[c], json);
            }
        }
    }
    unlink("a");
    unlink("b");
    unlink("page");
    unlink("value");
    if (chdir("/") != 0 || rmdir(folder) != 0) {
        die("cannot remove the folder in /tmp");
    }
}
