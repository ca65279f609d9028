/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_search_snp() finds what mrtd_measure() gives, wherever in the space it
 * is, and has tried all of it before it finds nothing. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "measure/snp_space.h"
#include "snp_sample.h"

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
/* All of it where there are lanes, no sanitizer, and no mutant of thousands. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) &&                   \
    !HAS_FEATURE(address_sanitizer) && !defined(MRTD_TEST_SHORT)
#define CASES      240
#define LAST_VCPUS MRTD_SEARCH_VCPUS
#else
#define CASES      40
#define LAST_VCPUS 12
#endif
#define SIGNATURE UINT32_C(0xb20f40) /* no type's */
#define FEATURES  UINT64_C(0x8000000000000221)

struct world {
    uint8_t bytes[SNP_SAMPLE_SIZE];
    struct mrtd_source source;
    struct mrtd_source kernel;
    struct mrtd_source initrd;
    struct mrtd_image *image;
    struct mrtd_search search;
};

static uint32_t random_state;

static uint32_t below(uint32_t limit)
{
    random_state = random_state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (uint32_t)((uint64_t)random_state * limit >> 32);
}

static void open_world(struct world *w, unsigned seed, uint32_t sections,
                       bool hashes)
{
    memset(w, 0, sizeof *w);
    snp_sample(w->bytes, sizeof w->bytes, seed, sections, hashes);
    w->source.data = w->bytes;
    w->source.size = sizeof w->bytes;
    w->kernel.data = "kernel";
    w->kernel.size = 6;
    w->initrd.data = "initrd";
    w->initrd.size = 6;
    w->search.struct_size = sizeof w->search;
    assert_int_equal(mrtd_image_open(&w->image, &w->source, 0, NULL), MRTD_OK);
}

static void give_kernel(struct world *w)
{
    w->search.kernel = &w->kernel;
    w->search.initrd = &w->initrd;
    w->search.append = "quiet";
}

static struct mrtd_value value_of(const struct world *w,
                                  const struct mrtd_launch *launch)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    assert_int_equal(mrtd_plan_build(&plan, w->image, launch, NULL), MRTD_OK);
    assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
    mrtd_plan_free(plan);
    return value;
}

static struct mrtd_search_result search(const struct world *w,
                                        const struct mrtd_value *value)
{
    struct mrtd_search_result result;
    memset(&result, 0x5a, sizeof result);
    assert_int_equal(
        mrtd_search_snp(&result, w->image, value, &w->search, NULL), MRTD_OK);
    return result;
}

/* A launch that a search of this world tries. */
static struct mrtd_launch random_launch(const struct world *w, unsigned n)
{
    static const char *const vmms[] = {"qemu", "qemu", "ec2", "ec2", "gce"};
    static const uint32_t signatures[] = {0x800f12, 0x830f10, 0xa00f11,
                                          0xa10f10, 0xb00f00, SIGNATURE};
    const unsigned vmm = below(5);
    const unsigned bit = n % 8 == 0 ? 63 : below(66);
    struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, vmms[vmm]),
        .deviations = vmm == 3 ? MRTD_DEVIATE_RDX_ZERO : 0,
        .vcpus = n % 5 == 0 ? w->search.vcpus : 1 + below(w->search.vcpus),
        .guest_features = bit == 65   ? FEATURES
                          : bit == 64 ? 0
                                      : 1 | UINT64_C(1) << bit};
    if (vmm < 2) {
        launch.vcpu_signature =
            signatures[n % 7 == 0 ? 5
                                  : below(w->search.vcpu_signature ? 6 : 5)];
    }
    if (w->search.kernel && below(2)) {
        launch.kernel = w->search.kernel;
        launch.initrd = w->search.initrd;
        launch.append = w->search.append;
    }
    return launch;
}

static void check_found(const struct mrtd_search_result *r,
                        const struct mrtd_launch *planted)
{
    assert_int_equal(r->found, 1);
    assert_ptr_equal(r->launch.vmm, planted->vmm);
    assert_int_equal(r->launch.deviations, planted->deviations);
    assert_int_equal(r->launch.vcpus, planted->vcpus);
    assert_int_equal(r->launch.vcpu_signature, planted->vcpu_signature);
    assert_true(r->launch.guest_features == planted->guest_features);
    assert_ptr_equal(r->launch.kernel, planted->kernel);
    assert_ptr_equal(r->launch.initrd, planted->initrd);
    assert_ptr_equal(r->launch.append, planted->append);
    assert_true(r->tried >= 1 && r->tried <= r->total);
}

/* Any launch of the space is found, and as what it is. */
static void planted(void **state)
{
    (void)state;
    struct world w;
    struct mrtd_engine engine;
    unsigned forced = 0;
    random_state = 1;
    for (unsigned n = 0; n < CASES; n++) {
        open_world(&w, n, n % 4 == 1 ? n % 6 : SNP_SAMPLE_SECTIONS, n % 4 != 1);
        w.search.vcpus = 1 + below(n % 40 == 39 ? 100 : 6);
        w.search.vcpu_signature = SIGNATURE;
        w.search.guest_features = FEATURES;
        if (n % 4 > 1) {
            give_kernel(&w);
        }
        /* Some with each engine. */
        const bool usable =
            mrtd_engine_at(n % 8, &engine) && mrtd_engine_force(engine.name);
        forced += usable;
        const struct mrtd_launch launch = random_launch(&w, n);
        const struct mrtd_value value = value_of(&w, &launch);
        const struct mrtd_search_result r = search(&w, &value);
        check_found(&r, &launch);
        /* Those of fewer virtual CPUs were tried before, and none of more. */
        const uint64_t round = r.total / w.search.vcpus;
        assert_int_equal(r.total % w.search.vcpus, 0);
        assert_true(r.tried > round * (launch.vcpus - 1));
        assert_true(r.tried <= round * launch.vcpus);
        /* What was found is a launch that gives the digest. */
        const struct mrtd_value again = value_of(&w, &r.launch);
        assert_int_equal(mrtd_value_equal(&again, &value), 1);
        mrtd_engine_force(NULL);
        mrtd_image_free(w.image);
    }
    assert_true(forced >= CASES / 8);
}

/* The last number of virtual CPUs of a search without bounds. */
static void last(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, 7, SNP_SAMPLE_SECTIONS, true);
    give_kernel(&w);
    /* 0 is MRTD_SEARCH_VCPUS. */
    w.search.vcpus = LAST_VCPUS == MRTD_SEARCH_VCPUS ? 0 : LAST_VCPUS;
    struct mrtd_launch launch = {.struct_size = sizeof launch,
                                 .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"),
                                 .vcpus = LAST_VCPUS,
                                 .guest_features = UINT64_C(0x8000000000000001),
                                 .kernel = &w.kernel,
                                 .initrd = &w.initrd,
                                 .append = "quiet"};
    struct mrtd_value value = value_of(&w, &launch);
    struct mrtd_search_result r = search(&w, &value);
    check_found(&r, &launch);
    assert_int_equal(r.tried, r.total);
    launch.vcpus++;
    value = value_of(&w, &launch);
    r = search(&w, &value);
    assert_int_equal(r.found, 0);
    assert_int_equal(r.tried, r.total);
    mrtd_image_free(w.image);
}

/* How many launches there are, counted here. */
static void all_tried(void **state)
{
    (void)state;
    struct world w;
    struct mrtd_value none;
    const struct mrtd_launch zeros = {0};
    uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&none, MRTD_REGISTER_SNP, digest);
    open_world(&w, 3, SNP_SAMPLE_SECTIONS, true);
    /* Five signatures for QEMU, two VMSAs of EC2, and GCE's; of features none,
     * bit 0, and bit 0 with each of 63 others. */
    w.search.vcpus = 3;
    struct mrtd_search_result r = search(&w, &none);
    assert_int_equal(r.found, 0);
    assert_int_equal(r.tried, 3 * 8 * 65);
    assert_int_equal(r.total, r.tried);
    assert_memory_equal(&r.launch, &zeros, sizeof zeros);
    assert_int_equal(r.kernel_refused.code, MRTD_OK);
    /* What is added, unless it is there already. */
    w.search.vcpu_signature = 0xa10f10;
    w.search.guest_features = 0x21;
    assert_int_equal(search(&w, &none).tried, 3 * 8 * 65);
    w.search.guest_features = UINT64_C(0x8000000000000001);
    assert_int_equal(search(&w, &none).tried, 3 * 8 * 65);
    w.search.guest_features = 1;
    assert_int_equal(search(&w, &none).tried, 3 * 8 * 65);
    w.search.guest_features = 2;
    assert_int_equal(search(&w, &none).tried, 3 * 8 * 66);
    w.search.vcpu_signature = SIGNATURE;
    assert_int_equal(search(&w, &none).tried, 3 * 9 * 66);
    give_kernel(&w);
    r = search(&w, &none);
    assert_int_equal(r.tried, 2 * 3 * 9 * 66);
    assert_int_equal(r.kernel_refused.code, MRTD_OK);
    mrtd_image_free(w.image);
    /* A kernel for which the firmware has no place. */
    open_world(&w, 3, SNP_SAMPLE_SECTIONS, false);
    give_kernel(&w);
    w.search.vcpus = 1;
    r = search(&w, &none);
    assert_int_equal(r.tried, 8 * 65);
    assert_int_equal(r.kernel_refused.code, MRTD_ERR_NO_HASH_TABLE);
    assert_non_null(strstr(r.kernel_refused.message, "kernel"));
    mrtd_image_free(w.image);
}

/* The firmware's digest comes from a search, and can be given to another. */
static void firmware(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, 5, SNP_SAMPLE_SECTIONS, true);
    struct mrtd_launch launch = {.struct_size = sizeof launch,
                                 .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "ec2"),
                                 .deviations = MRTD_DEVIATE_RDX_ZERO,
                                 .vcpus = 2,
                                 .guest_features = 1};
    const struct mrtd_value value = value_of(&w, &launch);
    struct mrtd_launch pages = launch;
    pages.flags = MRTD_LAUNCH_FIRMWARE_ONLY;
    const struct mrtd_value after = value_of(&w, &pages);
    struct mrtd_search_result r = search(&w, &value);
    check_found(&r, &launch);
    assert_null(r.launch.firmware_digest);
    assert_memory_equal(&r.firmware_digest, &after.digest, sizeof after.digest);
    /* Of an image with other content. */
    const struct mrtd_digest kept = r.firmware_digest;
    mrtd_image_free(w.image);
    open_world(&w, 6, SNP_SAMPLE_SECTIONS, true);
    assert_int_equal(search(&w, &value).found, 0);
    w.search.firmware_digest = &kept;
    r = search(&w, &value);
    check_found(&r, &launch);
    assert_ptr_equal(r.launch.firmware_digest, &kept);
    assert_memory_equal(&r.firmware_digest, &kept, sizeof kept);
    mrtd_image_free(w.image);
}

/* The page of each processor is hashed, the first's and the last's too, however
 * many there are. */
static void processors(void **state)
{
    (void)state;
    static const struct vmsa_rules *const rules[] = {&vmsa_gce, &vmsa_ec2,
                                                     &vmsa_ec2_old, &vmsa_qemu};
    const struct snp_engines engines = snp_engines_choose();
    for (uint64_t features = 1; features <= 2; features++) {
        const struct mrtd_search asked = {.struct_size = sizeof asked,
                                          .guest_features = features};
        struct snp_space space = {0};
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            const struct snp_processor shape = {.vmsa.rules = rules[r]};
            assert_int_equal(space_add_processors(&space, &shape, &asked, NULL),
                             MRTD_OK);
            assert_int_equal(space_hash_first(&space, &engines, NULL), MRTD_OK);
            assert_int_equal(
                space_hash_others(&space, &engines, SNP_SAMPLE_RESET, NULL),
                MRTD_OK);
            assert_int_equal(space.processor_count,
                             (64 + features) * (r == 3 ? 8 : r + 1));
            for (size_t i = 0; i < space.processor_count; i++) {
                struct vmsa vmsa = space.processors[i].vmsa;
                uint8_t page[MRTD_PAGE_SIZE];
                uint8_t digest[SHA384_SIZE];
                vmsa.start = VMSA_RESET_VECTOR;
                vmsa_make(&vmsa, page);
                sha384_digest(page, sizeof page, digest);
                assert_memory_equal(space.processors[i].first, digest,
                                    sizeof digest);
                vmsa.start = SNP_SAMPLE_RESET;
                vmsa_make(&vmsa, page);
                sha384_digest(page, sizeof page, digest);
                assert_memory_equal(space.processors[i].others, digest,
                                    sizeof digest);
            }
        }
        space_free(&space);
    }
}

struct watch {
    unsigned calls;
    unsigned stop_at; /* the call that stops, from 1; 0: none */
    uint64_t tried;
};

static int watch(void *context, uint64_t tried, uint64_t total)
{
    struct watch *w = context;
    assert_true(tried >= w->tried && tried <= total);
    assert_true(total == 0 || total == 4 * 8 * 65);
    w->tried = tried;
    return ++w->calls == w->stop_at;
}

static void progress(void **state)
{
    (void)state;
    static uint8_t bytes[(size_t)20 << 20];
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct watch all = {0};
    struct mrtd_value none;
    struct mrtd_image *image = NULL;
    struct mrtd_search_result r = {0};
    struct mrtd_search asked = {.struct_size = sizeof asked,
                                .vcpus = 4,
                                .context = &all,
                                .progress = watch};
    uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&none, MRTD_REGISTER_SNP, digest);
    snp_sample(bytes, sizeof bytes, 1, SNP_SAMPLE_SECTIONS, true);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_search_snp(&r, image, &none, &asked, NULL), MRTD_OK);
    /* Once in the firmware's pages, and after one to three virtual CPUs. */
    assert_int_equal(all.calls, 4);
    assert_int_equal(all.tried, 3 * 8 * 65);
    /* Who does not ask is not stopped, either. */
    asked.progress = NULL;
    assert_int_equal(mrtd_search_snp(&r, image, &none, &asked, NULL), MRTD_OK);
    assert_int_equal(r.tried, 4 * 8 * 65);
    asked.progress = watch;
    for (unsigned k = 1; k <= 4; k++) {
        struct watch w = {.stop_at = k};
        struct mrtd_error error = {0};
        const struct mrtd_search_result before = r;
        asked.context = &w;
        assert_int_equal(mrtd_search_snp(&r, image, &none, &asked, &error),
                         MRTD_ERR_CANCELLED);
        assert_int_equal(error.code, MRTD_ERR_CANCELLED);
        assert_int_equal(error.offset, MRTD_NO_OFFSET);
        assert_string_equal(error.message, "stopped on request");
        assert_int_equal(w.calls, k);
        assert_memory_equal(&r, &before, sizeof r);
    }
    mrtd_image_free(image);
}

static void refused_with(const struct world *w, const struct mrtd_value *value,
                         enum mrtd_code code, const char *words)
{
    struct mrtd_search_result r;
    struct mrtd_search_result before;
    struct mrtd_error error = {0};
    memset(&r, 0x5a, sizeof r);
    before = r;
    assert_int_equal(mrtd_search_snp(&r, w->image, value, &w->search, &error),
                     code);
    assert_int_equal(error.code, code);
    assert_int_equal(error.offset, MRTD_NO_OFFSET);
    assert_non_null(strstr(error.message, words));
    assert_memory_equal(&r, &before, sizeof r);
}

static void refused(void **state)
{
    (void)state;
    struct world w;
    struct mrtd_value value;
    struct mrtd_search_result r;
    uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    const struct mrtd_digest wrong = {.algorithm = MRTD_ALGORITHM_SHA256,
                                      .size = 32};
    open_world(&w, 2, SNP_SAMPLE_SECTIONS, true);
    mrtd_value_set(&value, MRTD_REGISTER_MRTD, digest);
    refused_with(&w, &value, MRTD_ERR_ARGUMENT,
                 "the value is not the launch digest of a guest of SEV-SNP");
    mrtd_value_set(&value, MRTD_REGISTER_SNP, digest);
    value.digest.size = 47;
    refused_with(&w, &value, MRTD_ERR_ARGUMENT,
                 "the value is not the launch digest of a guest of SEV-SNP");
    value.digest.size = 48;
    assert_int_equal(mrtd_search_snp(&r, w.image, &value, NULL, NULL), MRTD_OK);
    assert_int_equal(r.total, 1024 * 8 * 65);
    w.search.vcpus = MRTD_MAX_VCPUS + 1;
    refused_with(&w, &value, MRTD_ERR_VCPUS,
                 "4097 virtual CPUs are more than 4096");
    w.search.vcpus = 1;
    w.search.struct_size--;
    refused_with(&w, &value, MRTD_ERR_ARGUMENT, "struct mrtd_search");
    w.search.struct_size++;
    w.search.firmware_digest = &wrong;
    refused_with(&w, &value, MRTD_ERR_ARGUMENT, "SHA-384");
    w.search.firmware_digest = NULL;
    w.search.append = "quiet";
    refused_with(&w, &value, MRTD_ERR_KERNEL_NEEDED, "kernel");
    w.search.append = NULL;
    w.search.limit = 1;
    refused_with(&w, &value, MRTD_ERR_LIMIT, "limit");
    mrtd_image_free(w.image);
    /* What is not for SEV. */
    make_small(w.bytes);
    w.source.size = SMALL_SIZE;
    w.search.limit = 0;
    assert_int_equal(mrtd_image_open(&w.image, &w.source, 0, NULL), MRTD_OK);
    refused_with(&w, &value,
                 mrtd_image_refusal(w.image, MRTD_PLATFORM_SNP)->code, "SEV");
    mrtd_image_free(w.image);
}

/* Of one VMM only its launches are tried. */
static void one_vmm(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, 2, SNP_SAMPLE_SECTIONS, true);
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "ec2"),
        .vcpus = 3,
        .guest_features = 1};
    const struct mrtd_value value = value_of(&w, &launch);
    w.search.vcpus = 4;
    w.search.vmm = launch.vmm;
    struct mrtd_search_result r = search(&w, &value);
    check_found(&r, &launch);
    /* Its rule and one deviation. */
    assert_int_equal(r.total, 4 * 2 * 65);
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce");
    r = search(&w, &value);
    assert_int_equal(r.found, 0);
    assert_int_equal(r.tried, 4 * 65);
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "spec");
    refused_with(&w, &value, MRTD_ERR_VMM_FORMAT, "spec");
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "spec");
    refused_with(&w, &value, MRTD_ERR_ARGUMENT, "SEV-SNP");
    mrtd_image_free(w.image);
}

/* As many virtual CPUs as there may be, and what has to be there. */
static void limits(void **state)
{
    (void)state;
    struct world w;
    struct mrtd_search_result r;
    open_world(&w, 2, SNP_SAMPLE_SECTIONS, true);
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"),
        .vcpus = 1,
        .guest_features = 1};
    const struct mrtd_value value = value_of(&w, &launch);
    w.search.vcpus = MRTD_MAX_VCPUS;
    r = search(&w, &value);
    check_found(&r, &launch);
    /* A member of a later version, which says something. */
    const struct {
        struct mrtd_search known;
        uint64_t more;
    } later = {.known = {.struct_size = sizeof later}, .more = 1};
    struct mrtd_error later_error = {0};
    assert_int_equal(
        mrtd_search_snp(&r, w.image, &value, &later.known, &later_error),
        MRTD_ERR_ARGUMENT);
    assert_string_equal(later_error.message,
                        "the search has a member that this version does not "
                        "know, and it is not 0");
    for (unsigned k = 0; k < 3; k++) {
        struct mrtd_error error = {0};
        assert_int_equal(mrtd_search_snp(k == 0 ? NULL : &r,
                                         k == 1 ? NULL : w.image,
                                         k == 2 ? NULL : &value, NULL, &error),
                         MRTD_ERR_ARGUMENT);
        assert_int_equal(error.offset, MRTD_NO_OFFSET);
        assert_string_equal(error.message, "there is no image, no value, or no "
                                           "place for the result");
    }
    mrtd_image_free(w.image);
}

/* EC2's old VMSA is EC2's only. */
static void deviation(void **state)
{
    (void)state;
    const struct mrtd_vmm *vmm;
    struct world w;
    unsigned taken = 0;
    open_world(&w, 2, SNP_SAMPLE_SECTIONS, true);
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        struct mrtd_launch launch = {.struct_size = sizeof launch,
                                     .vmm = vmm,
                                     .deviations = MRTD_DEVIATE_RDX_ZERO,
                                     .vcpus = 2,
                                     .guest_features = 1};
        struct mrtd_plan *plan = NULL;
        struct mrtd_error error = {0};
        if (!mrtd_vmm_launches(vmm, w.image) ||
            vmm->platform == MRTD_PLATFORM_TDX) {
            continue;
        }
        const enum mrtd_code code =
            mrtd_plan_build(&plan, w.image, &launch, &error);
        if (vmm != mrtd_vmm_find(MRTD_PLATFORM_SNP, "ec2")) {
            assert_int_equal(code, MRTD_ERR_ARGUMENT);
            assert_non_null(strstr(error.message, "deviation"));
            continue;
        }
        assert_int_equal(code, MRTD_OK);
        taken++;
        struct mrtd_plan *rule = NULL;
        launch.deviations = 0;
        assert_int_equal(mrtd_plan_build(&rule, w.image, &launch, NULL),
                         MRTD_OK);
        const uint32_t count = mrtd_plan_info(plan)->run_count;
        assert_int_equal(mrtd_plan_info(rule)->run_count, count);
        for (uint32_t v = count - 2; v < count; v++) {
            const uint8_t *with = mrtd_plan_bytes(plan, mrtd_plan_run(plan, v));
            const uint8_t *without =
                mrtd_plan_bytes(rule, mrtd_plan_run(rule, v));
            /* RDX is all that differs: APM volume 2, table B-4. */
            assert_memory_equal(with + 0x310, "\0\0\0\0\0\0\0\0", 8);
            assert_memory_equal(without + 0x310, "\0\6\0\0\0\0\0\0", 8);
            assert_memory_equal(with, without, 0x310);
            assert_memory_equal(with + 0x318, without + 0x318, 4096 - 0x318);
        }
        mrtd_plan_free(plan);
        mrtd_plan_free(rule);
    }
    assert_int_equal(taken, 1);
    mrtd_image_free(w.image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted),    cmocka_unit_test(last),
        cmocka_unit_test(all_tried),  cmocka_unit_test(firmware),
        cmocka_unit_test(progress),   cmocka_unit_test(refused),
        cmocka_unit_test(one_vmm),    cmocka_unit_test(deviation),
        cmocka_unit_test(processors), cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("snp_search", tests, NULL, NULL);
}
