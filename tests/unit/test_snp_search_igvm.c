/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_search_snp() of IGVM files finds what mrtd_measure() gives, by each VMM
 * and with each number of virtual CPUs that a launch can have, and has tried
 * all of it before it finds nothing. */
#include "unit.h"

#include <stdbool.h>

#include "igvm_sample.h"

#define FILE_SIZE 16384
#define VMSA      (FILE_SIZE - 4096)
#define DATA      (FILE_SIZE - 8192)
#define KVM_GPA   UINT64_C(0xfffffffff000)
#define TYPES     5  /* signatures of known types */
#define FEATURES  64 /* values of SEV_FEATURES that have bit 0 */

struct world {
    uint8_t bytes[FILE_SIZE];
    struct mrtd_source source;
    struct mrtd_image *image;
    struct mrtd_search search;
};

/* A file for SEV-SNP with VMSAs of the virtual CPUs whose bits are set. */
static void open_world(struct world *w, unsigned vcpus)
{
    uint8_t *at = w->bytes + 24;
    memset(w, 0, sizeof *w);
    igvm_platform_of(&at, 1, MRTD_IGVM_SEV_SNP, 0, 0);
    igvm_three(&at, 0x101, 0x30000, 1, 0); /* GUEST_POLICY */
    igvm_page(&at, 0x1000, 1, DATA);
    igvm_page(&at, 0x3000, 1, 0);
    igvm_page_of(&at, 0x5000, 1, DATA, 4); /* shared */
    for (unsigned i = 0; vcpus >> i; i++) {
        if (vcpus >> i & 1) {
            igvm_head(&at, 0x304, 20); /* VP_CONTEXT */
            igvm_put(&at, KVM_GPA, 8);
            igvm_put(&at, 1, 4);
            igvm_put(&at, VMSA, 4);
            igvm_put(&at, i, 8);
        }
    }
    igvm_finish(w->bytes, at, FILE_SIZE);
    w->bytes[DATA] = 5;
    w->bytes[VMSA + 0x158] = 0x31; /* CR0 */
    w->bytes[VMSA + 0x3b0] = 0x21; /* SEV_FEATURES */
    w->source.data = w->bytes;
    w->source.size = FILE_SIZE;
    w->search.struct_size = sizeof w->search;
    w->search.vcpus = 6;
    assert_int_equal(mrtd_image_open(&w->image, &w->source, 0, NULL), MRTD_OK);
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

/* True: the launch can be made, and is found by its VMM and by none. */
static bool is_found(struct world *w, const struct mrtd_launch *launch)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    if (mrtd_plan_build(&plan, w->image, launch, NULL)) {
        return false;
    }
    assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
    mrtd_plan_free(plan);
    w->search.vmm = launch->vmm;
    struct mrtd_search_result r = search(w, &value);
    assert_int_equal(r.found, 1);
    assert_ptr_equal(r.launch.vmm, launch->vmm);
    assert_int_equal(r.launch.vcpus, launch->vcpus);
    assert_true(r.launch.guest_features == launch->guest_features);
    /* Of a guest that has VMSAs of the file only, there is none to be found. */
    if (r.launch.vcpu_signature) {
        assert_int_equal(r.launch.vcpu_signature, launch->vcpu_signature);
    }
    assert_int_equal(mrtd_plan_build(&plan, w->image, &r.launch, NULL),
                     MRTD_OK);
    mrtd_plan_free(plan);
    w->search.vmm = NULL;
    r = search(w, &value);
    assert_int_equal(r.found, 1);
    assert_int_equal(r.firmware_digest.size, 0);
    return true;
}

static void planted(void **state)
{
    (void)state;
    static const unsigned files[] = {0, 1, 2, 3, 5, 0x22};
    static const uint32_t signatures[] = {0, 0x800f12, 0xb00f00};
    static const uint64_t features[] = {0, 1, 0x8000000000000001};
    const struct mrtd_vmm *vmm;
    struct world w;
    for (unsigned f = 0; f < 6; f++) {
        unsigned count = 0;
        open_world(&w, files[f]);
        for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
            for (unsigned k = 0; k < 7 * 3 * 3; k++) {
                const struct mrtd_launch launch = {
                    .struct_size = sizeof launch,
                    .vmm = vmm,
                    .vcpus = k % 7,
                    .vcpu_signature = signatures[k / 7 % 3],
                    .guest_features = features[k / 21]};
                if (vmm->platform == MRTD_PLATFORM_SNP) {
                    count += is_found(&w, &launch);
                }
            }
        }
        /* Four VMMs at least take each file, and QEMU does with more. */
        assert_true(count >= 6);
        mrtd_image_free(w.image);
    }
}

/* How many there are, by QEMU alone. */
static void all_tried(void **state)
{
    (void)state;
    static const struct {
        unsigned vcpus;
        uint64_t total;
    } files[] = {
        /* No VMSA: 1 to 6 of each kind. */
        {0, (uint64_t)6 * TYPES * FEATURES},
        /* One alone, or 2 to 6 whose further ones are of each type. */
        {1, 1 + 5 * TYPES},
        {7, 1 + 3 * TYPES},
        {0x3f, 1},
        {0x7f, 1}, /* more than are asked for */
        {5, (uint64_t)4 * TYPES},
        {2, (uint64_t)5 * TYPES * FEATURES},
    };
    struct mrtd_value value;
    struct world w;
    const uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&value, MRTD_REGISTER_SNP, digest);
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        open_world(&w, files[i].vcpus);
        w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "qemu");
        const struct mrtd_search_result r = search(&w, &value);
        assert_int_equal(r.found, 0);
        assert_int_equal(r.total, files[i].total);
        assert_int_equal(r.tried, files[i].total);
        mrtd_image_free(w.image);
    }
    /* Of others the file says all. */
    open_world(&w, 1);
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "spec");
    assert_int_equal(search(&w, &value).total, 1);
    mrtd_image_free(w.image);
}

static void refused_with(const struct world *w, enum mrtd_code code)
{
    struct mrtd_search_result result;
    struct mrtd_search_result before;
    struct mrtd_error error = {0};
    struct mrtd_value value;
    const uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&value, MRTD_REGISTER_SNP, digest);
    memset(&result, 0x5a, sizeof result);
    memcpy(&before, &result, sizeof result);
    assert_int_equal(
        mrtd_search_snp(&result, w->image, &value, &w->search, &error), code);
    assert_int_equal(error.code, code);
    assert_memory_equal(&result, &before, sizeof result);
}

static void refused(void **state)
{
    (void)state;
    const struct mrtd_source kernel = {.data = "kernel", .size = 6};
    struct world w;
    open_world(&w, 1);
    w.search.kernel = &kernel;
    refused_with(&w, MRTD_ERR_IGVM_REQUEST);
    w.search.kernel = NULL;
    w.search.append = "quiet";
    refused_with(&w, MRTD_ERR_IGVM_REQUEST);
    w.search.append = NULL;
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "ec2");
    refused_with(&w, MRTD_ERR_VMM_FORMAT);
    w.search.vmm = NULL;
    w.search.limit = 1;
    refused_with(&w, MRTD_ERR_LIMIT);
    mrtd_image_free(w.image);
    /* A virtual CPU between others has no registers that are known. */
    open_world(&w, 5);
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "cloud-hypervisor-kvm");
    refused_with(&w, MRTD_ERR_IGVM_CONTEXT);
    mrtd_image_free(w.image);
    open_world(&w, 0);
    w.search.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "cloud-hypervisor-kvm");
    refused_with(&w, MRTD_ERR_IGVM_CONTEXT);
    mrtd_image_free(w.image);
}

/* Counts calls, and stops at one of them. */
struct counter {
    unsigned calls;
    unsigned stop;
};

static int count(void *context, uint64_t tried, uint64_t total)
{
    struct counter *c = context;
    (void)tried;
    (void)total;
    return ++c->calls == c->stop;
}

static void progress(void **state)
{
    (void)state;
    struct counter c = {0};
    struct mrtd_value value;
    struct world w;
    const uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&value, MRTD_REGISTER_SNP, digest);
    open_world(&w, 1);
    w.search.context = &c;
    w.search.progress = count;
    search(&w, &value);
    const unsigned calls = c.calls;
    assert_true(calls >= 6);
    for (unsigned i = 1; i <= calls; i++) {
        c = (struct counter){.stop = i};
        refused_with(&w, MRTD_ERR_CANCELLED);
        assert_int_equal(c.calls, i);
    }
    mrtd_image_free(w.image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted),
        cmocka_unit_test(all_tried),
        cmocka_unit_test(refused),
        cmocka_unit_test(progress),
    };
    return cmocka_run_group_tests_name("snp_search_igvm", tests, NULL, NULL);
}
