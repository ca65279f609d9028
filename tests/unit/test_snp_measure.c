/* SPDX-License-Identifier: Apache-2.0 */
/* The launch digests of SEV-SNP, SEV-ES and SEV: src/measure/snp.c, sev.c. */
#include "sev_sample.h"

#include "launch/plan.h"
#include "launch/platform.h"
#include "measure/snp.h"
#include "measure/snp_chain.h"

/* Measures the plan with each engine, and expects this value. */
static void check(const struct mrtd_plan *plan, enum mrtd_register id,
                  const char *wanted)
{
    struct mrtd_engine engine;
    for (size_t i = 0; mrtd_engine_at(i, &engine); i++) {
        struct mrtd_value value;
        char hex[MRTD_HEX_SIZE];
        if (!engine.usable) {
            continue;
        }
        assert_true(mrtd_engine_force(engine.name));
        assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
        assert_int_equal(value.id, id);
        mrtd_hex_encode(hex, value.digest.bytes, value.digest.size);
        assert_string_equal(hex, wanted);
    }
    assert_true(mrtd_engine_force(NULL));
}

/* A plan of one run, whose source is the image. */
static void check_run(const struct mrtd_run *run, const uint8_t *bytes,
                      size_t size, const char *wanted)
{
    struct mrtd_run copy = *run;
    struct mrtd_image image = {.source = {.data = bytes, .size = size}};
    struct mrtd_plan plan = {
        .image = &image,
        .runs = &copy,
        .info = {.vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP), .run_count = 1}};
    struct mrtd_value value;
    char hex[MRTD_HEX_SIZE];
    assert_int_equal(snp_measure(&plan, NULL, &value, NULL), MRTD_OK);
    mrtd_hex_encode(hex, value.digest.bytes, value.digest.size);
    assert_string_equal(hex, wanted);
}

/* google/gce-tcb-verifier 74582c0, sev: its unit tests of the chain. */
static void chain(void **state)
{
    (void)state;
    uint8_t bytes[0x3000] = {0};
    for (size_t i = 0; i < 16; i += 4) {
        memcpy(bytes + i, "LGTM", 4);
        memcpy(bytes + sizeof bytes - 16 + i, "LGTM", 4);
    }
    check_run(&(struct mrtd_run){.ops = MRTD_OP_SNP_UPDATE,
                                 .page_type = MRTD_SNP_PAGE_NORMAL,
                                 .content = MRTD_CONTENT_IMAGE,
                                 .size = sizeof bytes,
                                 .data_size = sizeof bytes},
              bytes, sizeof bytes,
              "cba1cd767c33b30f96271837dbbae4081a945464a5af397b9b0336b5d8759ee8"
              "8cc6b62c05d915c4424a9ac5747437d4");
    check_run(&(struct mrtd_run){.ops = MRTD_OP_SNP_UPDATE,
                                 .page_type = MRTD_SNP_PAGE_ZERO,
                                 .content = MRTD_CONTENT_ZERO,
                                 .gpa = 0x9000,
                                 .size = 0x3000},
              bytes, sizeof bytes,
              "4bfe18477ba370a50329da74b9621e721c4f29663176e08fbcf088a17c1bc45f"
              "133898b86d5082acbe202a6e9419808a");
}

/* PAGE_INFO, AMD 56860, table 69: each field is where it belongs. */
static void page_info(void **state)
{
    (void)state;
    uint8_t blocks[2 * SHA384_BLOCK];
    uint8_t digest[SHA384_SIZE];
    uint8_t contents[SHA384_SIZE];
    uint8_t wanted[2 * SHA384_BLOCK] = {0};
    memset(digest, 0xd1, sizeof digest);
    memset(contents, 0xc2, sizeof contents);
    memset(wanted, 0xd1, 0x30);
    memset(wanted + 0x30, 0xc2, 0x30);
    wanted[0x60] = 0x70;
    wanted[0x62] = 5;
    sev_put(wanted + 0x68, 8, UINT64_C(0x1122334455667788));
    wanted[0x70] = 0x80; /* the padding of 112 bytes, which are 896 bits */
    wanted[0xfe] = 896 >> 8;
    wanted[0xff] = 896 & 0xff;
    snp_page_info(blocks, digest, contents, 5, UINT64_C(0x1122334455667788));
    assert_memory_equal(blocks, wanted, sizeof wanted);
    memset(wanted + 0x30, 0, 0x30);
    snp_page_info(blocks, digest, NULL, 5, UINT64_C(0x1122334455667788));
    assert_memory_equal(blocks, wanted, sizeof wanted);
}

static struct mrtd_plan *plan_of(const struct mrtd_image *image,
                                 enum mrtd_platform platform, const char *vmm,
                                 struct mrtd_launch launch)
{
    struct mrtd_plan *plan = NULL;
    launch.struct_size = sizeof launch;
    launch.vmm = mrtd_vmm_find(platform, vmm);
    assert_int_equal(mrtd_plan_build(&plan, image, &launch, NULL), MRTD_OK);
    return plan;
}

/* google/gce-tcb-verifier's CleanExample of 4 KiB: its own expected value for
 * Milan and one virtual CPU; virtee/sev-snp-measure agrees. */
static void clean_example(void **state)
{
    (void)state;
    static const uint8_t sha256[32] = {
        0x47, 0x47, 0x8a, 0xf6, 0x2c, 0x0a, 0x1b, 0x7b, 0xee, 0xad, 0xfa,
        0xa3, 0xed, 0xe8, 0xee, 0x05, 0x52, 0x72, 0x42, 0xee, 0xc3, 0x47,
        0x6d, 0xb9, 0x4f, 0x5a, 0x71, 0x8e, 0xf5, 0x88, 0xec, 0xcf};
    struct sev_sample s;
    sev_clean_example(&s);
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    const struct mrtd_source source = {.data = s.bytes, .size = s.size};
    assert_int_equal(mrtd_digest_source(&digest, 1, &source, NULL), MRTD_OK);
    assert_memory_equal(digest.bytes, sha256, sizeof sha256);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(mrtd_image_refusal(image, MRTD_PLATFORM_TDX)->code,
                     MRTD_ERR_DATA_BOUNDS);
    struct mrtd_plan *plan = plan_of(
        image, MRTD_PLATFORM_SNP, "gce",
        (struct mrtd_launch){.vcpus = 1,
                             .vcpu_signature =
                                 mrtd_vcpu_type_find("EPYC-Milan")->signature,
                             .guest_features = 1});
    check(plan, MRTD_REGISTER_SNP,
          "301a56e0014065ed60a3c848ea0d3d0b2aa46f4bfea9ddeadbc602146d4c087851ab"
          "2c15d573f8b2a42ecc82d74c9db8");
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* The chain, page by page, from the plan's runs, of which those of the image
 * have these bytes: what each engine must find, however many lanes it has, and
 * wherever pages of zeros are. */
static void naive(const struct mrtd_plan *plan, const uint8_t *bytes,
                  char hex[MRTD_HEX_SIZE])
{
    uint8_t digest[SHA384_SIZE] = {0};
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            const uint8_t *page = NULL;
            if (run->content == MRTD_CONTENT_PLAN) {
                page = mrtd_plan_bytes(plan, run) + at;
            } else if (run->content == MRTD_CONTENT_SVSM) {
                page = (const uint8_t *)plan->launch.svsm->source.data + at;
            } else if (run->content == MRTD_CONTENT_IMAGE) {
                page = bytes + at;
            }
            struct mrtd_digest contents = {.algorithm = MRTD_ALGORITHM_SHA384};
            uint8_t info[0x70] = {0};
            if (page) {
                assert_int_equal(mrtd_digest_source(
                                     &contents, 1,
                                     &(struct mrtd_source){
                                         .data = page, .size = MRTD_PAGE_SIZE},
                                     NULL),
                                 MRTD_OK);
            }
            memcpy(info, digest, sizeof digest);
            memcpy(info + 0x30, contents.bytes, sizeof digest);
            info[0x60] = 0x70;
            info[0x62] = run->page_type;
            sev_put(info + 0x68, 8, run->gpa + at);
            struct mrtd_digest next = {.algorithm = MRTD_ALGORITHM_SHA384};
            assert_int_equal(
                mrtd_digest_source(
                    &next, 1,
                    &(struct mrtd_source){.data = info, .size = sizeof info},
                    NULL),
                MRTD_OK);
            memcpy(digest, next.bytes, sizeof digest);
        }
    }
    mrtd_hex_encode(hex, digest, sizeof digest);
}

#define PAGES 37

static void lanes(void **state)
{
    (void)state;
    static uint8_t bytes[PAGES * MRTD_PAGE_SIZE];
    char hex[MRTD_HEX_SIZE];
    for (unsigned step = 1; step <= 20; step++) {
        /* Of the pages, each step-th is not zero. */
        struct sev_sample s;
        memset(bytes, 0, sizeof bytes);
        for (size_t i = 0; i < PAGES; i += step) {
            memset(bytes + i * MRTD_PAGE_SIZE, (int)(i + 1), 1 + i % 99);
        }
        sev_make(&s, sev_sections, SEV_SECTIONS);
        sev_put(s.bytes + s.table, 4, 0x1000 - SEV_SAMPLE_METADATA);
        memcpy(s.bytes + 0x3000 + SEV_SAMPLE_METADATA,
               s.bytes + SEV_SAMPLE_METADATA, 0x80);
        memcpy(bytes + sizeof bytes - MRTD_PAGE_SIZE, s.bytes + 0x3000,
               MRTD_PAGE_SIZE);
        struct reader reader = {.data = bytes, .size = sizeof bytes};
        const struct mrtd_source sources[] = {
            {.data = bytes, .size = sizeof bytes}, reader_source(&reader)};
        for (int i = 0; i < 2; i++) {
            struct mrtd_image *image = NULL;
            assert_int_equal(mrtd_image_open(&image, &sources[i], 0, NULL),
                             MRTD_OK);
            struct mrtd_plan *plan =
                plan_of(image, MRTD_PLATFORM_SNP, "qemu",
                        (struct mrtd_launch){.vcpus = 5, .guest_features = 1});
            naive(plan, bytes, hex);
            check(plan, MRTD_REGISTER_SNP, hex);
            mrtd_plan_free(plan);
            mrtd_image_free(image);
        }
    }
}

#define SIZE (19 * MRTD_PAGE_SIZE)

/* After its data a run has zeros, wherever in it the data end, and nothing that
 * is in the file there. */
static void data_ends(void **state)
{
    (void)state;
    static const uint32_t ends[] = {0,       1,       0xfff,   0x1000,
                                    0x1001,  0x7fff,  0x8000,  0x8001,
                                    0x10000, 0x11800, 0x12fff, SIZE};
    static uint8_t file[SIZE + 1];
    static uint8_t padded[SIZE];
    struct reader reader = {.data = file, .size = sizeof file};
    const struct mrtd_source sources[] = {{.data = file, .size = sizeof file},
                                          reader_source(&reader)};
    for (size_t i = 0; i < sizeof file; i++) {
        file[i] = (uint8_t)(i >> 8 | 1);
    }
    for (size_t k = 0; k < 2 * (sizeof ends / sizeof *ends); k++) {
        struct mrtd_run run = {.ops = MRTD_OP_SNP_UPDATE,
                               .page_type = MRTD_SNP_PAGE_NORMAL,
                               .content = MRTD_CONTENT_IMAGE,
                               .gpa = 0x7000,
                               .size = SIZE,
                               .data_offset = 1,
                               .data_size = ends[k / 2]};
        struct mrtd_image image = {.source = sources[k % 2]};
        struct mrtd_plan plan = {
            .platform = platform_of(MRTD_PLATFORM_SNP),
            .image = &image,
            .runs = &run,
            .info = {.vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP),
                     .run_count = 1}};
        char hex[MRTD_HEX_SIZE];
        memset(padded, 0, sizeof padded);
        memcpy(padded, file + 1, ends[k / 2]);
        reader.furthest = 0;
        naive(&plan, padded, hex);
        check(&plan, MRTD_REGISTER_SNP, hex);
        assert_int_equal(reader.furthest,
                         k % 2 && ends[k / 2] ? 1 + ends[k / 2] : 0);
    }
}

/* From the firmware's digest the launch goes on as from the firmware. */
static void goes_on(void **state)
{
    (void)state;
    struct sev_sample s;
    char hex[MRTD_HEX_SIZE];
    struct mrtd_value firmware;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = {.vcpus = 2, .guest_features = 1};
    struct mrtd_plan *plan = plan_of(image, MRTD_PLATFORM_SNP, "ec2", launch);
    naive(plan, s.bytes, hex);
    mrtd_plan_free(plan);
    plan = plan_of(image, MRTD_PLATFORM_SNP, "ec2",
                   (struct mrtd_launch){.flags = MRTD_LAUNCH_FIRMWARE_ONLY});
    assert_int_equal(mrtd_measure(plan, NULL, &firmware, NULL), MRTD_OK);
    mrtd_plan_free(plan);
    launch.firmware_digest = &firmware.digest;
    plan = plan_of(image, MRTD_PLATFORM_SNP, "ec2", launch);
    check(plan, MRTD_REGISTER_SNP, hex);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* SEV and SEV-ES: SHA-256 of all bytes in a row. */
static void in_a_row(void **state)
{
    (void)state;
    static uint8_t all[SEV_SAMPLE_SIZE + 176 + 3 * MRTD_PAGE_SIZE];
    static const enum mrtd_platform platforms[] = {MRTD_PLATFORM_SEV,
                                                   MRTD_PLATFORM_SEV_ES};
    static const struct mrtd_source kernel = {.data = "kernel", .size = 6};
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct reader reader = {.data = s.bytes, .size = s.size};
    const struct mrtd_source sources[] = {{.data = s.bytes, .size = s.size},
                                          reader_source(&reader)};
    for (int k = 0; k < 8; k++) {
        const enum mrtd_platform platform = platforms[k & 1];
        struct mrtd_image *image = NULL;
        struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
        const struct mrtd_run *run;
        char hex[MRTD_HEX_SIZE];
        size_t size = s.size;
        assert_int_equal(mrtd_image_open(&image, &sources[k >> 2], 0, NULL),
                         MRTD_OK);
        struct mrtd_plan *plan =
            plan_of(image, platform, "qemu",
                    (struct mrtd_launch){.vcpus = 3,
                                         .vcpu_signature = 0x800f12,
                                         .kernel = k & 2 ? &kernel : NULL});
        memcpy(all, s.bytes, size);
        for (uint32_t i = 1; (run = mrtd_plan_run(plan, i)); i++) {
            assert_int_equal(run->region, MRTD_NO_REGION);
            memcpy(all + size, mrtd_plan_bytes(plan, run), (size_t)run->size);
            size += (size_t)run->size;
        }
        assert_int_equal(size, s.size + (k & 2 ? 176 : 0) +
                                   (k & 1 ? 3 * MRTD_PAGE_SIZE : 0));
        assert_int_equal(mrtd_plan_info(plan)->hashed_bytes, size);
        assert_int_equal(
            mrtd_digest_source(&digest, 1,
                               &(struct mrtd_source){.data = all, .size = size},
                               NULL),
            MRTD_OK);
        mrtd_hex_encode(hex, digest.bytes, digest.size);
        check(plan, k & 1 ? MRTD_REGISTER_SEV_ES : MRTD_REGISTER_SEV, hex);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* A read that fails while it is measured fails the measurement, and leaves the
 * value as it was. */
static void reads(void **state)
{
    (void)state;
    static const enum mrtd_platform platforms[] = {
        MRTD_PLATFORM_SNP, MRTD_PLATFORM_SEV_ES, MRTD_PLATFORM_SEV};
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    for (size_t i = 0; i < 3; i++) {
        struct reader reader = {.data = s.bytes, .size = s.size};
        const struct mrtd_source source = reader_source(&reader);
        struct mrtd_image *image = NULL;
        struct mrtd_error e = {.code = MRTD_OK};
        assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
        struct mrtd_plan *plan =
            plan_of(image, platforms[i], "qemu",
                    (struct mrtd_launch){.vcpus = 1, .guest_features = 1});
        struct mrtd_value value = {.id = 77};
        reader.fail_at = reader.calls + 1;
        assert_int_equal(mrtd_measure(plan, NULL, &value, &e), MRTD_ERR_READ);
        assert_int_equal(value.id, 77);
        assert_int_equal(e.code, MRTD_ERR_READ);
        assert_int_equal(e.offset, 0);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* What an observer is told. */
struct watcher {
    uint64_t done;
    uint64_t total;
    uint64_t reported[8];
    unsigned calls;
    bool stops;
    uint32_t regions[16];
    unsigned region_count;
    uint8_t running[16][MRTD_DIGEST_SIZE];
    uint8_t after[16][MRTD_DIGEST_SIZE]; /* after each run */
};

static int on_progress(void *context, uint64_t done, uint64_t total)
{
    struct watcher *w = context;
    assert_true(done > w->done && done <= total);
    assert_true(w->total == 0 || w->total == total);
    w->done = done;
    w->total = total;
    assert_true(w->calls < 8);
    w->reported[w->calls++] = done;
    return w->stops;
}

static void on_region(void *context, uint32_t region,
                      const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct watcher *w = context;
    assert_true(w->region_count < 16);
    memcpy(w->running[w->region_count], running, MRTD_DIGEST_SIZE);
    w->regions[w->region_count++] = region;
}

/* Counts the runs, and keeps the digest after the last. */
struct counter {
    uint32_t count;
    uint8_t last[MRTD_DIGEST_SIZE];
};

static void on_run(void *context, uint32_t run,
                   const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct counter *c = context;
    assert_int_equal(run, c->count++);
    memcpy(c->last, running, MRTD_DIGEST_SIZE);
}

/* Each run, VMSAs too, and the digest after the last is the value; of SEV-ES,
 * whose bytes are hashed in a row, none. */
static void runs(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct counter c = {.count = 0};
    const struct mrtd_observer observer = {.context = &c, .run = on_run};
    struct mrtd_value value;
    struct mrtd_plan *plan =
        plan_of(image, MRTD_PLATFORM_SNP, "qemu",
                (struct mrtd_launch){.vcpus = 3, .guest_features = 1});
    assert_int_equal(mrtd_measure(plan, &observer, &value, NULL), MRTD_OK);
    assert_int_equal(c.count, mrtd_plan_info(plan)->run_count);
    assert_int_equal(c.count, 9);
    assert_memory_equal(c.last, value.digest.bytes, MRTD_DIGEST_SIZE);
    mrtd_plan_free(plan);
    plan = plan_of(image, MRTD_PLATFORM_SEV_ES, "qemu",
                   (struct mrtd_launch){.vcpus = 3});
    assert_int_equal(mrtd_measure(plan, &observer, &value, NULL), MRTD_OK);
    assert_int_equal(c.count, 9);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* Each region with pages, once, in the order of launch; the empty section 4
 * has none. */
static void watched(void **state)
{
    (void)state;
    static const uint32_t wanted[2][6] = {{0, 1, 2, 3, 4, 6},
                                          {0, 1, 3, 4, 6, 2}};
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    for (int i = 0; i < 2; i++) {
        struct watcher w = {.stops = false};
        const struct mrtd_observer observer = {
            .context = &w, .progress = on_progress, .region = on_region};
        struct mrtd_value value;
        struct mrtd_value firmware;
        struct mrtd_plan *plan =
            plan_of(image, MRTD_PLATFORM_SNP, i ? "ec2" : "qemu",
                    (struct mrtd_launch){.vcpus = 3, .guest_features = 1});
        assert_int_equal(mrtd_measure(plan, &observer, &value, NULL), MRTD_OK);
        assert_int_equal(w.region_count, 6);
        for (unsigned k = 0; k < 6; k++) {
            assert_int_equal(w.regions[k], wanted[i][k]);
        }
        mrtd_plan_free(plan);
        plan =
            plan_of(image, MRTD_PLATFORM_SNP, "qemu",
                    (struct mrtd_launch){.flags = MRTD_LAUNCH_FIRMWARE_ONLY});
        assert_int_equal(mrtd_measure(plan, NULL, &firmware, NULL), MRTD_OK);
        assert_memory_equal(w.running[0], firmware.digest.bytes,
                            MRTD_DIGEST_SIZE);
        mrtd_plan_free(plan);
    }
    mrtd_image_free(image);
}

static void after_run(void *context, uint32_t run,
                      const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct watcher *w = context;
    assert_true(run < 16);
    memcpy(w->after[run], running, MRTD_DIGEST_SIZE);
}

/* A page that is hashed before is not hashed again, and is never taken for
 * another: not for one at the same offset of another source, and not for the
 * first or the last of several. A region's digest is that after its last run.
 */
static void alike(void **state)
{
    (void)state;
    static const enum mrtd_content image = MRTD_CONTENT_IMAGE;
    static const enum mrtd_content made = MRTD_CONTENT_PLAN;
    const struct {
        enum mrtd_content content;
        uint32_t region;
        uint64_t size;
        uint64_t offset;
    } rows[] = {
        {made, 0, 0x1000, 0},
        {image, 0, 0x1000, 0},
        {made, 1, 0x1000, 0},
        {made, 1, 0x1000, 0},
        {MRTD_CONTENT_SVSM, MRTD_NO_REGION, 0x1000, 0},
        {made, 1, 0x1000, 0},
        {made, MRTD_NO_REGION, 0x9000, 0},
        {made, MRTD_NO_REGION, 0x1000, 0},
        {made, 2, 0x1000, 0x1000},
        {made, 2, 0x1000, 0x1000},
        {made, 3, 0x2000, 0x1000},
    };
    static const uint32_t last[][2] = {{0, 1}, {1, 3}, {1, 5}, {2, 9}, {3, 10}};
    static uint8_t bytes[3][9 * MRTD_PAGE_SIZE];
    struct mrtd_run runs[sizeof rows / sizeof *rows] = {{0}};
    struct mrtd_image images[2];
    memset(images, 0, sizeof images);
    for (size_t i = 0; i < 3 * sizeof bytes[0]; i++) {
        const size_t page = i / MRTD_PAGE_SIZE;
        bytes[page / 9][i % sizeof bytes[0]] = (uint8_t)(1 + page);
    }
    for (size_t i = 0; i < 2; i++) {
        images[i].source.data = bytes[i];
        images[i].source.size = sizeof bytes[i];
    }
    struct mrtd_plan plan = {
        .platform = platform_of(MRTD_PLATFORM_SNP),
        .image = &images[0],
        .launch.svsm = &images[1],
        .made = {.data = bytes[2], .size = sizeof bytes[2]},
        .made_bytes = bytes[2],
        .runs = runs,
        .info = {.vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP),
                 .run_count = sizeof rows / sizeof *rows}};
    for (size_t i = 0; i < plan.info.run_count; i++) {
        runs[i] = (struct mrtd_run){.ops = MRTD_OP_SNP_UPDATE,
                                    .page_type = MRTD_SNP_PAGE_NORMAL,
                                    .content = (uint8_t)rows[i].content,
                                    .region = rows[i].region,
                                    .gpa = 0x100000 * i,
                                    .size = rows[i].size,
                                    .data_offset = rows[i].offset,
                                    .data_size = rows[i].size};
    }
    char hex[MRTD_HEX_SIZE];
    struct watcher w = {.stops = false};
    const struct mrtd_observer observer = {
        .context = &w, .region = on_region, .run = after_run};
    struct mrtd_value value;
    naive(&plan, bytes[0], hex);
    check(&plan, MRTD_REGISTER_SNP, hex);
    assert_int_equal(mrtd_measure(&plan, &observer, &value, NULL), MRTD_OK);
    assert_int_equal(w.region_count, sizeof last / sizeof *last);
    for (size_t i = 0; i < w.region_count; i++) {
        assert_int_equal(w.regions[i], last[i][0]);
        assert_memory_equal(w.running[i], w.after[last[i][1]],
                            MRTD_DIGEST_SIZE);
    }
}

static int read_pattern(void *context, uint64_t offset, void *buffer,
                        size_t len)
{
    (void)context;
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)buffer)[i] = (uint8_t)((offset + i) >> 12 | 1);
    }
    return 0;
}

/* Bytes hashed for as many pages as have lanes: contents and PAGE_INFO, each
 * padded to whole blocks of 128. */
#define AT_ONCE (SHA384_MAX_LANES * (4224 + 256))

/* Of 48 MiB one is told how far it is, and can stop it. */
static void stopped(void **state)
{
    (void)state;
    const struct mrtd_source source = {.size = 48 << 20, .read = read_pattern};
    struct mrtd_image *image = NULL;
    assert_int_equal(
        mrtd_image_open(&image, &source, MRTD_WITHOUT_METADATA, NULL), MRTD_OK);
    for (int is_sev = 0; is_sev < 2; is_sev++) {
        for (int stops = 0; stops < 2; stops++) {
            struct watcher w = {.stops = stops};
            const struct mrtd_observer observer = {.context = &w,
                                                   .progress = on_progress};
            struct mrtd_value value = {.id = 77};
            struct mrtd_error e = {.code = MRTD_OK};
            struct mrtd_plan *plan = plan_of(
                image, is_sev ? MRTD_PLATFORM_SEV : MRTD_PLATFORM_SNP, "qemu",
                (struct mrtd_launch){
                    .flags = is_sev ? 0 : MRTD_LAUNCH_FIRMWARE_ONLY});
            assert_int_equal(mrtd_measure(plan, &observer, &value, &e),
                             stops ? MRTD_ERR_CANCELLED : MRTD_OK);
            assert_int_equal(w.total, mrtd_plan_info(plan)->hashed_bytes);
            /* After each 16 MiB, with what is hashed at once. */
            assert_int_equal(w.calls, stops ? 1 : 3);
            uint64_t wanted = 0;
            for (unsigned k = 0; k < w.calls; k++) {
                wanted += UINT64_C(1) << 24;
                if (!is_sev) {
                    wanted += AT_ONCE - 1;
                    wanted -= wanted % AT_ONCE;
                }
                assert_int_equal(w.reported[k], wanted);
            }
            if (stops) {
                assert_int_equal(value.id, 77);
                assert_int_equal(e.code, MRTD_ERR_CANCELLED);
                assert_int_equal(e.offset, MRTD_NO_OFFSET);
                assert_string_equal(e.message, "stopped on request");
            }
            mrtd_plan_free(plan);
        }
    }
    mrtd_image_free(image);
}

/* Pages whose contents do not count are 256 bytes each, of which one is told in
 * the same way. */
static void stopped_bare(void **state)
{
    (void)state;
    static const struct mrtd_sev_section memory[] = {
        {.gpa = 0x100000,
         .size = UINT32_C(0x20000000),
         .type = MRTD_SEV_SNP_SEC_MEM}};
    const struct mrtd_digest start = {.algorithm = MRTD_ALGORITHM_SHA384,
                                      .size = 48};
    struct sev_sample s;
    sev_make(&s, memory, 1);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_plan *plan = plan_of(
        image, MRTD_PLATFORM_SNP, "qemu",
        (struct mrtd_launch){
            .vcpus = 1, .guest_features = 1, .firmware_digest = &start});
    for (int stops = 0; stops < 2; stops++) {
        struct watcher w = {.stops = stops};
        const struct mrtd_observer observer = {.context = &w,
                                               .progress = on_progress};
        struct mrtd_value value;
        assert_int_equal(mrtd_measure(plan, &observer, &value, NULL),
                         stops ? MRTD_ERR_CANCELLED : MRTD_OK);
        assert_int_equal(w.total, 0x20000 * 256 + 4224 + 256);
        assert_int_equal(w.calls, 2 - stops);
        assert_int_equal(w.reported[0], 1 << 24);
        assert_int_equal(w.reported[1], stops ? 0 : 2 << 24);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain),     cmocka_unit_test(page_info),
        cmocka_unit_test(lanes),     cmocka_unit_test(clean_example),
        cmocka_unit_test(data_ends), cmocka_unit_test(goes_on),
        cmocka_unit_test(in_a_row),  cmocka_unit_test(reads),
        cmocka_unit_test(watched),   cmocka_unit_test(runs),
        cmocka_unit_test(stopped),   cmocka_unit_test(stopped_bare),
        cmocka_unit_test(alike),
    };
    return cmocka_run_group_tests_name("snp_measure", tests, NULL, NULL);
}
