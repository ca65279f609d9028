/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mrtd-bench: how fast each SHA-384 engine measures, as a ratio to libcrypto's
 * EVP fed with whole pages, in the same run. Rounds over all engines are
 * interleaved, so that what else the machine does hits all of them alike.
 * docs/performance.md says how to read it.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "bench.h"
#include "model/sample.h"
#include "mrtd.h"

#define MOST_ENGINES 8
#define MOST_IMAGES  16
#define PAGE_STREAM  6272 /* bytes hashed for a page added and measured */
#define BLOCK        128

struct engine {
    char name[32];
    bool baseline;
    bool by_default; /* no engine is forced */
    double seconds[MOST_ROUNDS];
    double cycles[MOST_ROUNDS]; /* a block */
};

static bool json;
static unsigned rounds = 15;

void bench_die(const char *what)
{
    fprintf(stderr, "mrtd-bench: %s\n", what);
    exit(1);
}

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds that a core cycle takes now: of a chain of multiplications, 3 cycles
 * each on every x86-64 core since 2011. 0 on other CPUs. */
static double cycle_seconds(void)
{
#if defined(__x86_64__)
    double best = 1;
    for (unsigned i = 0; i < 5; i++) {
        uint64_t x = i;
        double start = bench_now();
        for (unsigned n = 0; n < 1000; n++) {
            __asm__ volatile(".rept 100\n imul %0, %0\n .endr" : "+r"(x));
        }
        double t = (bench_now() - start) / (3.0 * 100 * 1000);
        best = t < best ? t : best;
    }
    return best;
#else
    return 0;
#endif
}

/* What a careful user of EVP does: one update a page. */
static void evp_measure(const struct workload *w, uint8_t digest[48])
{
    uint8_t stream[PAGE_STREAM] = "MEM.PAGE.ADD";
    const uint8_t *data = w->source.data;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const struct mrtd_run *run;
    EVP_DigestInit_ex(context, EVP_sha384(), NULL);
    for (unsigned c = 0; c < 16; c++) {
        memcpy(stream + BLOCK + 384 * (size_t)c, "MR.EXTEND", 9);
    }
    for (uint32_t r = 0; (run = mrtd_plan_run(w->plan, r)); r++) {
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            uint64_t gpa = run->gpa + at;
            memcpy(stream + 16, &gpa, 8); /* little-endian machines only */
            for (unsigned c = 0; (run->ops & MRTD_OP_TDX_EXTEND) && c < 16;
                 c++) {
                uint8_t *block = stream + BLOCK + 384 * (size_t)c;
                gpa = run->gpa + at + 256 * (uint64_t)c;
                memcpy(block + 16, &gpa, 8);
                memcpy(block + BLOCK,
                       data + run->data_offset + at + 256 * (size_t)c, 256);
            }
            EVP_DigestUpdate(context, stream,
                             (run->ops & MRTD_OP_TDX_EXTEND) ? PAGE_STREAM
                                                             : BLOCK);
        }
    }
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
}

static void measure(const struct workload *w, bool baseline,
                    uint8_t digest[MRTD_DIGEST_SIZE])
{
    const struct mrtd_plan *plans[MOST_IMAGES];
    struct mrtd_measurement results[MOST_IMAGES];
    struct mrtd_error error;
    if (baseline) {
        for (unsigned i = 0; i < w->copies; i++) {
            w->evp(w, digest);
        }
        return;
    }
    if (w->copies == 1) {
        struct mrtd_value value;
        if (mrtd_measure(w->plan, NULL, &value, &error)) {
            bench_die(error.message);
        }
        memcpy(digest, value.digest.bytes, MRTD_DIGEST_SIZE);
        return;
    }
    for (unsigned i = 0; i < w->copies; i++) {
        plans[i] = w->plan;
    }
    mrtd_measure_many(plans, w->copies, results);
    memcpy(digest, results[w->copies - 1].value.digest.bytes, MRTD_DIGEST_SIZE);
}

int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_row(const struct workload *w, struct engine *e,
                      const struct engine *base)
{
    qsort(e->seconds, rounds, sizeof *e->seconds, bench_compare);
    qsort(e->cycles, rounds, sizeof *e->cycles, bench_compare);
    double median = e->seconds[rounds / 2];
    double ratio = base->seconds[rounds / 2] / median;
    if (json) {
        printf("{\"workload\":\"%s\",\"engine\":\"%s\",\"min_ms\":%.4f,"
               "\"median_ms\":%.4f,\"min_cycles_per_block\":%.1f,"
               "\"median_cycles_per_block\":%.1f,\"ratio\":%.3f}\n",
               w->name, e->name, e->seconds[0] * 1e3, median * 1e3,
               e->cycles[0], e->cycles[rounds / 2], ratio);
        return;
    }
    printf("%-24s %-12s %9.2f %9.2f %9.1f %9.1f %7.2f %7.2f\n", w->name,
           e->name, e->seconds[0] * 1e3, median * 1e3, e->cycles[0],
           e->cycles[rounds / 2], e->cycles[0] / 80, ratio);
}

static void run_workload(struct workload *w)
{
    static struct engine engines[MOST_ENGINES];
    struct mrtd_engine info;
    unsigned count = 1;
    double blocks = (double)mrtd_plan_info(w->plan)->hashed_bytes / BLOCK *
                    (double)w->copies;
    strcpy(engines[0].name, "EVP");
    engines[0].baseline = true;
    engines[0].by_default = true;
    engines[1].by_default = w->lanes;
    if (w->lanes) {
        /* Lanes for pages, one message for the chain. */
        strcpy(engines[count++].name, "default");
    }
    for (size_t i = 0; mrtd_engine_at(i, &info); i++) {
        /* One message in many lanes is for tests, not for speed. */
        if (info.usable && (info.lanes == 1 || w->copies > 1)) {
            snprintf(engines[count++].name, sizeof engines[0].name, "%s",
                     info.name);
        }
    }
    w->evp(w, w->want);
    for (unsigned r = 0; r < rounds; r++) {
        for (unsigned i = 0; i < count; i++) {
            struct engine *e = &engines[i];
            uint8_t digest[MRTD_DIGEST_SIZE];
            mrtd_engine_force(e->by_default ? NULL : e->name);
            double cycle = cycle_seconds();
            double start = bench_now();
            measure(w, e->baseline, digest);
            e->seconds[r] = bench_now() - start;
            e->cycles[r] = cycle > 0 ? e->seconds[r] / cycle / blocks : 0;
            if (memcmp(digest, w->want, sizeof digest) != 0) {
                bench_die("an engine computed another digest");
            }
        }
    }
    mrtd_engine_force(NULL);
    qsort(engines[0].seconds, rounds, sizeof(double), bench_compare);
    for (unsigned i = 0; i < count; i++) {
        print_row(w, &engines[i], &engines[0]);
    }
}

static void open_workload(struct workload *w)
{
    struct mrtd_error error;
    if (mrtd_image_open(&w->image, &w->source, 0, &error) ||
        mrtd_plan_build(&w->plan, w->image, NULL, &error)) {
        bench_die(error.message);
    }
}

/* An image of size measured bytes, random, and its metadata. */
static struct workload measured(const char *name, size_t size, unsigned copies)
{
    const struct mrtd_section section = {
        0,    (uint32_t)size,   UINT64_C(0x100000000) - size,
        size, MRTD_SECTION_BFV, 1};
    struct workload w = {.name = name, .copies = copies, .evp = evp_measure};
    uint8_t *bytes = calloc(1, size + 0x1000);
    uint64_t x = 1;
    if (!bytes) {
        bench_die("out of memory");
    }
    for (size_t i = 0; i < size; i++) {
        x = x * UINT64_C(6364136223846793005) + 1;
        bytes[i] = (uint8_t)(x >> 56);
    }
    sample_write(bytes, size + 0x1000, size, &section, 1);
    w.source.data = bytes;
    w.source.size = size + 0x1000;
    open_workload(&w);
    return w;
}

static struct workload added(const char *name, uint64_t size)
{
    const struct mrtd_section section = {0, 0, 0, size, MRTD_SECTION_TEMP_MEM,
                                         0};
    struct workload w = {.name = name, .copies = 1, .evp = evp_measure};
    uint8_t *bytes = calloc(1, 0x1000);
    if (!bytes) {
        bench_die("out of memory");
    }
    sample_write(bytes, 0x1000, 0, &section, 1);
    w.source.data = bytes;
    w.source.size = 0x1000;
    open_workload(&w);
    return w;
}

static struct workload file(const char *path, unsigned copies)
{
    struct workload w = {
        .name = "firmware file", .copies = copies, .evp = evp_measure};
    static uint8_t bytes[64 << 20];
    FILE *f = fopen(path, "rb");
    if (!f) {
        bench_die("cannot open the firmware");
    }
    w.source.size = fread(bytes, 1, sizeof bytes, f);
    w.source.data = bytes;
    fclose(f);
    open_workload(&w);
    return w;
}

/* Seconds of a whole process, output thrown away. */
static double process(const char *program, const char *argument)
{
    double start = bench_now();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        execl(program, program, argument, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        bench_die("the program failed");
    }
    return bench_now() - start;
}

static void run_process(const char *program, const char *path)
{
    static double start[MOST_ROUNDS];
    static double whole[MOST_ROUNDS];
    static double hash[MOST_ROUNDS];
    struct workload w = file(path, 1);
    for (unsigned r = 0; r < rounds; r++) {
        uint8_t digest[MRTD_DIGEST_SIZE];
        start[r] = process(program, "--version");
        whole[r] = process(program, path);
        double t = bench_now();
        measure(&w, false, digest);
        hash[r] = bench_now() - t;
    }
    qsort(start, rounds, sizeof *start, bench_compare);
    qsort(whole, rounds, sizeof *whole, bench_compare);
    qsort(hash, rounds, sizeof *hash, bench_compare);
    const unsigned m = rounds / 2;
    const double rest = whole[m] - start[m] - hash[m];
    printf(json ? "{\"process_ms\":%.3f,\"start_ms\":%.3f,\"hash_ms\":%.3f,"
                  "\"read_and_rest_ms\":%.3f}\n"
                : "\nwhole process %.2f ms = start %.2f + hash %.2f + read and "
                  "rest %.2f (medians)\n",
           whole[m] * 1e3, start[m] * 1e3, hash[m] * 1e3, rest * 1e3);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"rounds", required_argument, NULL, 'r'},
        {"firmware", required_argument, NULL, 'f'},
        {"program", required_argument, NULL, 'p'},
        {"hostile", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *firmware = "/usr/share/ovmf/OVMF.fd";
    const char *program = NULL;
    bool hostile = false;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'j':
            json = true;
            break;
        case 'r':
            rounds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'f':
            firmware = optarg;
            break;
        case 'p':
            program = optarg;
            break;
        case 'h':
            hostile = true;
            break;
        default:
            bench_die(
                "options: --json --rounds N --firmware FILE --program FILE "
                "--hostile");
        }
    }
    if (rounds == 0 || rounds > MOST_ROUNDS) {
        bench_die("--rounds is 1 to 101");
    }
    if (hostile) {
        if (!program) {
            bench_die("--hostile needs --program FILE");
        }
        bench_hostile(program, json);
        return 0;
    }
    if (!json) {
        printf("%-24s %-12s %9s %9s %9s %9s %7s %7s\n", "workload", "engine",
               "min ms", "median", "cyc/block", "median", "/round", "ratio");
    }
    struct workload loads[] = {
        measured("16 MiB measured", (size_t)16 << 20, 1),
        file(firmware, 1),
        added("1 GiB added", UINT64_C(1) << 30),
        measured("8 x 2 MiB measured", (size_t)2 << 20, 8),
        measured("16 x 2 MiB measured", (size_t)2 << 20, 16),
        bench_snp("SNP, 4 MiB", (size_t)4 << 20, 0),
        bench_snp("SNP, 64 MiB", (size_t)64 << 20, 0),
        bench_snp("SNP, 64 MiB, 48 zeros", (size_t)64 << 20, (size_t)48 << 20),
        bench_snp("SNP, 256 MiB", (size_t)256 << 20, 0),
    };
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        run_workload(&loads[i]);
    }
    bench_search(rounds, json);
    if (program) {
        run_process(program, firmware);
    }
    return 0;
}
