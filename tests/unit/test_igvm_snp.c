/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launch digests of SEV-SNP from IGVM files: the values that Microsoft has
 * published, and the order of what is launched. tests/differential has all
 * else.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>

#include "igvm_sample.h"

#define FILE_SIZE  16384
#define DATA       (FILE_SIZE - 4096)
#define UNMEASURED 2
#define SHARED     4
/* CompatibilityMask of SEV-SNP. */
#define MASK 1

struct file {
    uint8_t bytes[FILE_SIZE];
    uint8_t *at;
};

static void begin(struct file *f)
{
    memset(f, 0, sizeof *f);
    f->at = f->bytes + 24;
    igvm_platform_of(&f->at, MASK, MRTD_IGVM_SEV_SNP, 0, (uint64_t)1 << 39);
}

static void policy(struct file *f, uint64_t value)
{
    igvm_three(&f->at, 0x101, value, MASK, 0);
}

/* Pages from the index on; only the first has data. */
static void pages(struct file *f, unsigned first, unsigned count,
                  uint32_t flags)
{
    for (unsigned i = 0; i < count; i++) {
        igvm_page_of(&f->at, (uint64_t)(first + i) * 4096, MASK,
                     i == 0 ? DATA : 0, flags);
    }
}

static void context(struct file *f, uint64_t gpa)
{
    igvm_head(&f->at, 0x304, 20);
    igvm_put(&f->at, gpa, 8);
    igvm_put(&f->at, MASK, 4);
    igvm_put(&f->at, DATA, 4);
    igvm_put(&f->at, 0, 8); /* VpIndex, Reserved, padding */
}

static void id_block(struct file *f, const uint8_t digest[MRTD_DIGEST_SIZE])
{
    igvm_head(&f->at, 0x30b, 696);
    igvm_put(&f->at, MASK, 8);
    memcpy(f->at, digest, MRTD_DIGEST_SIZE);
    f->at += 688;
}

static struct mrtd_image *open_file(struct file *f, struct mrtd_source *source)
{
    struct mrtd_image *image = NULL;
    igvm_finish(f->bytes, f->at, FILE_SIZE);
    f->bytes[DATA + 1] = 5;
    *source = (struct mrtd_source){.data = f->bytes, .size = FILE_SIZE};
    assert_int_equal(mrtd_image_open(&image, source, 0, NULL), MRTD_OK);
    return image;
}

static const struct mrtd_vmm *vmm(const char *name)
{
    const struct mrtd_vmm *found = mrtd_vmm_find(MRTD_PLATFORM_SNP, name);
    assert_non_null(found);
    return found;
}

static struct mrtd_value measure(const struct mrtd_image *image,
                                 const char *name)
{
    const struct mrtd_launch launch = {.struct_size = sizeof launch,
                                       .vmm = vmm(name)};
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    assert_int_equal(mrtd_plan_build(&plan, image, &launch, NULL), MRTD_OK);
    assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
    mrtd_plan_free(plan);
    return value;
}

/* microsoft/openvmm, vm/loader/igvmfilegen, file_loader.rs:
 * test_snp_measurement. */
static void microsoft(struct file *f, bool shared)
{
    begin(f);
    policy(f, 0x3001f);
    pages(f, 0, 5, 0);
    pages(f, 5, 5, UNMEASURED);
    pages(f, 10, 1, 0);
    if (shared) {
        pages(f, 20, 1, SHARED);
    }
}

static void is(const struct mrtd_value *value, const char *expected)
{
    char hex[MRTD_HEX_SIZE];
    assert_int_equal(value->id, MRTD_REGISTER_SNP);
    mrtd_hex_encode(hex, value->digest.bytes, value->digest.size);
    assert_string_equal(hex, expected);
}

static void published(void **state)
{
    (void)state;
    static const char *const from_igvm =
        "889a19386c82e2219bded3e92a764e8c00c29b966d04a662bca6cfdfec647b905199"
        "5653390783846557913263d71c4f";
    static const char *const native_zero =
        "5096557ae116562de343a2e3fcd31a278974faee627ba5addf0bafe145a152cd1678"
        "560fee96c564afbd59edb3da98ad";
    struct file f;
    struct mrtd_source source;
    microsoft(&f, true);
    struct mrtd_image *image = open_file(&f, &source);
    struct mrtd_value value = measure(image, "spec");
    is(&value, from_igvm);
    mrtd_image_free(image);

    /* igvmmeasure takes shared pages, too, which Microsoft's test has not. */
    microsoft(&f, false);
    image = open_file(&f, &source);
    value = measure(image, "igvmmeasure");
    is(&value, from_igvm);
    value = measure(image, "igvmmeasure-native-zero");
    is(&value, native_zero);
    mrtd_image_free(image);
}

/* The GPAs of what is launched, in its order, end with 1. */
static void launches(const struct mrtd_image *image, const char *name,
                     uint32_t vcpus, const uint64_t *gpas)
{
    const struct mrtd_launch launch = {.struct_size = sizeof launch,
                                       .vmm = vmm(name),
                                       .vcpus = vcpus,
                                       .vcpu_signature = vcpus,
                                       .guest_features = vcpus};
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error = {.message = ""};
    const enum mrtd_code code = mrtd_plan_build(&plan, image, &launch, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(code, MRTD_OK);
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        assert_int_equal(run->ops, MRTD_OP_SNP_UPDATE);
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            assert_int_equal(run->gpa + at, *gpas++);
        }
    }
    assert_int_equal(*gpas, 1);
    mrtd_plan_free(plan);
}

/* QEMU holds a run of pages back until the next: what is inserted after it
 * comes before it, and the VMSA last, as always under KVM. */
static void orders(void **state)
{
    (void)state;
    static const uint64_t file_order[] = {0x9000, 0x5000, 0x6000, 0x7000,
                                          0x8000, 0x1000, 1};
    static const uint64_t deferred[] = {0x9000, 0x7000,         0x8000, 0x5000,
                                        0x6000, 0xfffffffff000, 1};
    static const uint64_t sorted[] = {0x1000, 0x5000, 0x6000,
                                      0x7000, 0x9000, 1};
    struct file f;
    struct mrtd_source source;
    begin(&f);
    policy(&f, 0);
    igvm_three(&f.at, 0x301, 0x2000, 0, 0);
    pages(&f, 9, 1, UNMEASURED);
    pages(&f, 5, 1, UNMEASURED);
    pages(&f, 6, 1, UNMEASURED);
    igvm_three(&f.at, 0x303, 0x7000, MASK, 0);
    uint8_t *end = f.at;
    struct mrtd_image *image = open_file(&f, &source);
    launches(image, "qemu", 1, deferred);
    mrtd_image_free(image);

    f.at = end;
    context(&f, 0x1000);
    image = open_file(&f, &source);
    launches(image, "spec", 0, file_order);
    launches(image, "cloud-hypervisor-mshv", 0, sorted);
    mrtd_image_free(image);
}

/* A VP_CONTEXT between pages that follow one another has its place there. */
static void context_between(void **state)
{
    (void)state;
    static const uint64_t order[] = {0x5000, 0x9000, 0x6000, 1};
    struct file f;
    struct mrtd_source source;
    begin(&f);
    policy(&f, 0);
    igvm_page_of(&f.at, 0x5000, MASK, 0, UNMEASURED);
    context(&f, 0x9000);
    igvm_page_of(&f.at, 0x6000, MASK, 0, UNMEASURED);
    struct mrtd_image *image = open_file(&f, &source);
    launches(image, "spec", 0, order);
    mrtd_image_free(image);
}

/* --- Registers under KVM ----------------------------------------------- */

struct value_at {
    unsigned offset;
    unsigned size;
    uint64_t value;
};

static void put(struct file *f, const struct value_at *v)
{
    uint8_t *at = f->bytes + DATA + v->offset;
    igvm_put(&at, v->value, v->size);
}

/* A VMSA at a reset, in protected mode. */
static void registers(struct file *f)
{
    static const struct value_at values[] = {
        {0x158, 8, 0x31},       {0x160, 8, 0x400},
        {0x168, 8, 0xffff0ff0}, {0x268, 8, 0x0007040600070406},
        {0x3b0, 8, 1},          {0x3e8, 8, 1},
        {0x408, 4, 0x1f80},     {0x410, 2, 0x37f}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put(f, &values[i]);
    }
}

/* The message of the plan's only warning, or of the refusal; "": none. */
static void says(struct file *f, const char *name, uint64_t gpa,
                 const char *expected)
{
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch, .vmm = vmm(name), .vcpus = 1};
    struct mrtd_source source;
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error = {.message = ""};
    f->at = f->bytes + 24;
    igvm_platform_of(&f->at, MASK, MRTD_IGVM_SEV_SNP, 0, 0);
    policy(f, 0);
    igvm_page_of(&f->at, 0x5000, MASK, 0, 0);
    context(f, gpa);
    struct mrtd_image *image = open_file(f, &source);
    f->bytes[DATA + 1] = 0;
    if (mrtd_plan_build(&plan, image, &launch, &error) == MRTD_OK &&
        mrtd_plan_info(plan)->finding_count > 0) {
        const struct mrtd_finding *found = mrtd_plan_finding(plan, 0);
        assert_int_equal(mrtd_plan_info(plan)->finding_count, 1);
        assert_int_equal(found->code, MRTD_WARN_IGVM_VMSA);
        memcpy(error.message, found->message, sizeof error.message);
    }
    assert_string_equal(error.message, expected);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

#define GPA UINT64_C(0xfffffffff000)

/* What Cloud Hypervisor does not set is as KVM has it; each is compared in its
 * whole size. */
static void registers_not_set(void **state)
{
    (void)state;
    static const struct {
        struct value_at put;
        const char *text;
    } cases[] = {
        {{0x160, 8, 0x8000000000000400},
         "0x160 of the VMSA is "
         "0x8000000000000400"},
        {{0x168, 8, 0x80000000ffff0ff0},
         "0x168 of the VMSA is "
         "0x80000000ffff0ff0"},
        {{0x268, 8, 0x0007040600070407},
         "0x268 of the VMSA is "
         "0x7040600070407"},
        {{0x3e8, 8, 0x8000000000000001},
         "0x3e8 of the VMSA is "
         "0x8000000000000001"},
        {{0x408, 4, 0x80001f80}, "0x408 of the VMSA is 0x80001f80"},
        {{0x410, 2, 0x837f}, "0x410 of the VMSA is 0x837f"},
    };
    char text[256];
    struct file f = {.bytes = {0}};
    registers(&f);
    says(&f, "qemu", GPA, "");
    says(&f, "cloud-hypervisor-kvm", GPA, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&f, 0, sizeof f);
        registers(&f);
        put(&f, &cases[i].put);
        snprintf(text, sizeof text,
                 "VP_CONTEXT of virtual CPU 0: the register at %s, not as at a "
                 "reset, and the VMM does not set it; KVM may measure another "
                 "VMSA",
                 cases[i].text);
        says(&f, "cloud-hypervisor-kvm", GPA, text);
        says(&f, "qemu", GPA, "");
    }
}

static void registers_of_kvm(void **state)
{
    (void)state;
    struct file f = {.bytes = {0}};
    registers(&f);
    put(&f, &(struct value_at){0x158, 8, 0x100000031});
    says(&f, "qemu", GPA,
         "VP_CONTEXT of virtual CPU 0: the register at 0x158 of the VMSA is "
         "0x100000031, neither 0x30 nor 0x31, as igvmmeasure --check-kvm "
         "demands of CR0; KVM may measure another VMSA");
    put(&f, &(struct value_at){0x158, 8, 0x30});
    says(&f, "qemu", GPA, "");
    says(&f, "qemu", 0x7000,
         "VP_CONTEXT of virtual CPU 0: GPA 0x7000 is not 0xfffffffff000, "
         "KVM's own");
    put(&f, &(struct value_at){0x3b0, 8, 0x20});
    says(&f, "qemu", GPA,
         "VP_CONTEXT of virtual CPU 0: bit 0 of SEV_FEATURES, which is "
         "SEV-SNP's, is not 1");
    put(&f, &(struct value_at){0xfff, 1, 1});
    says(&f, "qemu", GPA,
         "VP_CONTEXT of virtual CPU 0: byte 0xfff of the VMSA is not 0, but no "
         "register is set from it under KVM, which makes another VMSA");
}

/* --- Refusals ---------------------------------------------------------- */

static void refuses(const struct mrtd_image *image,
                    const struct mrtd_launch *launch, enum mrtd_code code,
                    const char *message)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error;
    assert_int_equal(mrtd_plan_build(&plan, image, launch, &error), code);
    assert_string_equal(error.message, message);
    assert_null(plan);
}

static void formats(void **state)
{
    (void)state;
    struct file f;
    struct mrtd_source source;
    struct mrtd_launch launch = {.struct_size = sizeof launch};
    microsoft(&f, false);
    struct mrtd_image *image = open_file(&f, &source);
    assert_true(mrtd_vmm_launches(vmm("qemu"), image));
    assert_false(mrtd_vmm_launches(vmm("ec2"), image));
    launch.vmm = vmm("ec2");
    refuses(image, &launch, MRTD_ERR_VMM_FORMAT,
            "VMM ec2 does not launch an IGVM file; those that do: qemu, spec, "
            "cloud-hypervisor-kvm, cloud-hypervisor-mshv, vanadium, "
            "igvmmeasure, igvmmeasure-native-zero");
    launch.vmm = vmm("spec");
    launch.vcpus = 1;
    refuses(image, &launch, MRTD_ERR_IGVM_REQUEST,
            "virtual CPUs, their type and guest features are in the IGVM "
            "file's VMSAs, which VMM spec takes as they are; they cannot be "
            "asked for");
    launch.vcpus = 0;
    launch.append = "";
    refuses(image, &launch, MRTD_ERR_IGVM_REQUEST,
            "an IGVM file says itself what is launched: it takes no kernel, "
            "initrd, command line, SVSM, or digest of the firmware");
    mrtd_image_free(image);

    /* SEV and SEV-ES: the digests of IGVM files are of SEV-SNP. */
    begin(&f);
    f.at = f.bytes + 24;
    igvm_platform_of(&f.at, MASK, MRTD_IGVM_SEV, 0, 0);
    pages(&f, 0, 1, 0);
    image = open_file(&f, &source);
    launch = (struct mrtd_launch){.struct_size = sizeof launch};
    launch.vmm = mrtd_vmm_find(MRTD_PLATFORM_SEV, "qemu");
    refuses(image, &launch, MRTD_ERR_VMM_FORMAT,
            "VMM qemu does not launch an IGVM file; those that do: none");
    mrtd_image_free(image);
}

/* What the file alone brings about. */
static void files(void **state)
{
    (void)state;
    struct file f;
    struct mrtd_source source;
    const struct mrtd_launch launch = {.struct_size = sizeof launch,
                                       .vmm = vmm("spec")};
    begin(&f);
    pages(&f, 0, 1, 0);
    struct mrtd_image *image = open_file(&f, &source);
    refuses(image, &launch, MRTD_ERR_IGVM_POLICY,
            "the IGVM file has no GUEST_POLICY for SEV_SNP, without which it "
            "is not launched");
    mrtd_image_free(image);

    begin(&f);
    policy(&f, 0);
    pages(&f, 0, 1, SHARED);
    image = open_file(&f, &source);
    refuses(image, &launch, MRTD_ERR_IGVM_PAGES,
            "the IGVM file has no page for SEV_SNP");
    mrtd_image_free(image);

    begin(&f);
    policy(&f, 0);
    pages(&f, 1, 2, UNMEASURED);
    context(&f, 0x2000);
    image = open_file(&f, &source);
    refuses(image, &launch, MRTD_ERR_IGVM_OVERLAP,
            "GPA 0x2000 is already used by the structure at 0x70; SEV-SNP "
            "launches a page once");
    mrtd_image_free(image);
}

static void id_blocks(void **state)
{
    (void)state;
    struct file f;
    struct mrtd_source source;
    struct mrtd_error error;
    uint8_t other[MRTD_DIGEST_SIZE] = {0x5a};
    microsoft(&f, true);
    uint8_t *end = f.at;
    struct mrtd_image *image = open_file(&f, &source);
    struct mrtd_value value = measure(image, "spec");
    assert_int_equal(mrtd_igvm_check_id_block(image, &value, &error), MRTD_OK);
    mrtd_image_free(image);

    f.at = end;
    id_block(&f, value.digest.bytes);
    image = open_file(&f, &source);
    assert_int_equal(mrtd_igvm_check_id_block(image, &value, &error), MRTD_OK);
    assert_int_equal(mrtd_igvm_check_id_block(image, NULL, &error), MRTD_OK);
    assert_int_equal(mrtd_igvm_check_id_block(NULL, &value, &error), MRTD_OK);
    mrtd_image_free(image);

    f.at = end;
    id_block(&f, other);
    image = open_file(&f, &source);
    assert_int_equal(mrtd_igvm_check_id_block(image, &value, &error),
                     MRTD_WARN_IGVM_ID_BLOCK);
    assert_int_equal(error.code, MRTD_WARN_IGVM_ID_BLOCK);
    assert_int_equal(error.offset, end - f.bytes + 8 + 8);
    assert_non_null(strstr(error.message, "digest is 5a0000"));
    assert_int_equal(mrtd_igvm_check_id_block(image, &value, NULL),
                     MRTD_WARN_IGVM_ID_BLOCK);
    value.id = MRTD_REGISTER_MRTD;
    assert_int_equal(mrtd_igvm_check_id_block(image, &value, &error), MRTD_OK);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),         cmocka_unit_test(orders),
        cmocka_unit_test(context_between),   cmocka_unit_test(formats),
        cmocka_unit_test(id_blocks),         cmocka_unit_test(files),
        cmocka_unit_test(registers_not_set), cmocka_unit_test(registers_of_kvm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
