/* SPDX-License-Identifier: Apache-2.0 */
/* The library's contract; the rules are tested by tests/golden/lint.py. */
#include "unit.h"

#include "launch/accept.h"

/* The volumes of small_sections are the whole file. */
static void make_whole(uint8_t *image)
{
    static const struct mrtd_section sections[] = {
        {0x1000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
        {0, 0x1000, 0xffffc000, 0x1000, MRTD_SECTION_CFV, 0},
        {0, 0, 0x810000, 0x2000, MRTD_SECTION_TEMP_MEM, 0},
        {0, 0, 0x809000, 0x1000, MRTD_SECTION_TD_HOB, 0},
    };
    memset(image, 0x5a, SMALL_SIZE);
    sample_write(image, SMALL_SIZE, SMALL_METADATA, sections, 4);
}

static void loads(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_whole(bytes);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_vmm *vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "gce");
    struct mrtd_accept *accept = NULL;
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_accept_check(&accept, &source, vmm, NULL), MRTD_OK);
    const struct mrtd_accept_info *info = mrtd_accept_info(accept);
    assert_ptr_equal(info->vmm, vmm);
    assert_int_equal(info->verdict, MRTD_VERDICT_LOADS);
    assert_int_equal(info->finding_count, 1);
    const struct mrtd_accept_finding *f = mrtd_accept_finding(accept, 0);
    assert_int_equal(f->code, MRTD_LINT_GCE_HOB_BUG);
    assert_int_equal(f->effect, MRTD_EFFECT_NOTE);
    assert_int_equal(f->region, MRTD_NO_REGION);
    assert_int_equal(f->offset, MRTD_NO_OFFSET);
    assert_string_equal(f->says, "");
    assert_null(mrtd_accept_finding(accept, 1));
    assert_int_equal(
        mrtd_plan_build(&plan, mrtd_accept_image(accept), NULL, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->added_pages, 7);
    mrtd_plan_free(plan);
    mrtd_accept_free(accept);
    mrtd_accept_free(NULL);
}

/* QEMU wants a multiple of 64 KiB. */
static void refuses(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_whole(bytes);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_accept *accept = NULL;
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_TDX, "qemu"),
                                       NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_accept_info(accept)->verdict, MRTD_VERDICT_REFUSES);
    assert_int_equal(mrtd_accept_info(accept)->finding_count, 1);
    assert_int_equal(mrtd_accept_finding(accept, 0)->code, MRTD_NOTE_QEMU_SIZE);
    assert_string_equal(mrtd_accept_finding(accept, 0)->says,
                        "qemu: could not load PC BIOS");
    assert_null(mrtd_accept_image(accept));
    mrtd_accept_free(accept);
}

static void fails(const struct mrtd_source *source, const struct mrtd_vmm *vmm,
                  enum mrtd_code code, uint64_t offset, const char *begins)
{
    struct mrtd_accept *accept =
        (struct mrtd_accept *)&code; /* left as it is */
    struct mrtd_error error = {.code = MRTD_OK};
    assert_int_equal(mrtd_accept_check(&accept, source, vmm, &error), code);
    assert_int_equal(error.code, code);
    assert_int_equal(error.offset, offset);
    assert_memory_equal(error.message, begins, strlen(begins));
    assert_ptr_equal(accept, &code);
    assert_int_equal(mrtd_accept_check(&accept, source, vmm, NULL), code);
}

/* The offset of a field of the index-th section: GUID and descriptor have 16
 * bytes each, a section 32. */
static uint64_t field(uint32_t index, uint32_t offset)
{
    return SMALL_METADATA + 32 + 32 * (uint64_t)index + offset;
}

/* Of several faults that the VMM does not notice, but the image is refused for,
 * the first is reported. td-shim looks at neither sizes nor the file's end. */
static void refuses_twice(void **state)
{
    (void)state;
    const struct mrtd_section unaligned = {
        0, 0, 0x810000, 0x2001, MRTD_SECTION_TEMP_MEM, 0};
    const struct mrtd_section outside = {0x3800, 0x1000,           0xffffc000,
                                         0x1000, MRTD_SECTION_CFV, 0};
    const struct mrtd_vmm *vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "td-shim");
    for (int last = 0; last < 2; last++) {
        const struct mrtd_section sections[] = {
            {0x1000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
            last ? outside : unaligned,
            last ? unaligned : outside,
            {0, 0, 0x809000, 0x1000, MRTD_SECTION_TD_HOB, 0},
        };
        uint8_t bytes[SMALL_SIZE] = {0};
        const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
        sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 4);
        /* td-shim goes by the 32-bit offset of the descriptor. */
        bytes[SMALL_SIZE - 32] = (SMALL_METADATA + 16) & 0xff;
        bytes[SMALL_SIZE - 31] = (SMALL_METADATA + 16) >> 8;
        if (last) { /* DataOffset is at 0, MemoryDataSize at 16 */
            fails(&source, vmm, MRTD_ERR_DATA_BOUNDS, field(1, 0),
                  "section 1 (CFV): DataOffset 0x3800 + ");
        } else {
            fails(&source, vmm, MRTD_ERR_SIZE_ALIGNMENT, field(1, 16),
                  "section 1 (TempMem): MemoryDataSize 0x2001 ");
        }
    }
}

/* What is no image, the VMMs refuse, too; the program does not ask them. */
static void no_image(void **state)
{
    (void)state;
    static const struct {
        const char *vmm;
        size_t size;
        uint8_t pointer; /* the 32-bit offset, 32 bytes before the end */
        const char *says;
    } cases[] = {
        {"qemu", 64, 0, "Cannot find TDX_METADATA_OFFSET_GUID"},
        {"migtd-qemu", 64, 0, "Cannot find TDX_METADATA_OFFSET_GUID"},
        {"cloud-hypervisor", 64, 0, "Invalid descriptor signature"},
        {"cloud-hypervisor", 64, 64 - 16, "Invalid descriptor signature"},
        {"cloud-hypervisor", 64, 64 - 15, "Failed read TDVF descriptor"},
        {"cloud-hypervisor", 48, 0, "Invalid descriptor signature"},
        {"cloud-hypervisor", 47, 0, "Failed read GUID table"},
        {"gce", 50, 0, "invalid firmware image without the GUIDed table."},
        {"gce", 49, 0, "firmware is too small: found size 0x31"},
        {"td-shim", 31, 0, "Invalid TDX Metadata offset"},
    };
    for (size_t i = 0; i < 2 * (sizeof cases / sizeof *cases); i++) {
        size_t k = i / 2;
        uint8_t bytes[64] = {0};
        if (i % 2) {
            memcpy(bytes,
                   "\x7f"
                   "ELF",
                   4);
        }
        if (cases[k].size >= 32) {
            bytes[cases[k].size - 32] = cases[k].pointer;
        }
        struct mrtd_source source = {.data = bytes, .size = cases[k].size};
        struct mrtd_accept *accept = NULL;
        assert_int_equal(
            mrtd_accept_check(&accept, &source,
                              mrtd_vmm_find(MRTD_PLATFORM_TDX, cases[k].vmm),
                              NULL),
            MRTD_OK);
        const struct mrtd_accept_info *info = mrtd_accept_info(accept);
        const struct mrtd_accept_finding *f =
            mrtd_accept_finding(accept, info->finding_count - 1);
        assert_int_not_equal(info->verdict, MRTD_VERDICT_LOADS);
        assert_int_equal(f->code,
                         i % 2 ? MRTD_ERR_OTHER_FORMAT : MRTD_ERR_NO_TABLE);
        assert_string_equal(f->says, cases[k].says);
        mrtd_accept_free(accept);
    }
}

static void failures(void **state)
{
    (void)state;
    static const uint8_t igvm[64] = {'I', 'G', 'V', 'M'};
    static const char no_rules[] = "the VMM is not one of mrtd_vmm_at() whose "
                                   "rules of acceptance are known";
    const struct mrtd_vmm other = {.name = "qemu"};
    const struct mrtd_vmm *qemu = mrtd_vmm_find(MRTD_PLATFORM_TDX, "qemu");
    struct mrtd_source source = {.data = igvm, .size = sizeof igvm};
    fails(&source, &other, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, no_rules);
    fails(&source, NULL, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, no_rules);
    fails(&source, mrtd_vmm_find(MRTD_PLATFORM_TDX, "spec"), MRTD_ERR_ARGUMENT,
          MRTD_NO_OFFSET, no_rules);
    fails(&source, qemu, MRTD_ERR_IGVM, 0, "this is an IGVM file; ");
    fails(NULL, qemu, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
          "the source has neither data nor a read function");
    source.size = 0;
    fails(&source, qemu, MRTD_ERR_EMPTY, MRTD_NO_OFFSET, "the file is empty");
    source.size = MRTD_MAX_IMAGE_SIZE + 1;
    fails(&source, qemu, MRTD_ERR_TOO_LARGE, MRTD_NO_OFFSET, "the file has ");
}

/* An answer without a text removes one that was there before. */
static void answers(void **state)
{
    (void)state;
    struct accept_answer answer = {.text = "what was said before"};
    assert_true(accept_answers(&answer, MRTD_EFFECT_NOTE));
    assert_int_equal(answer.effect, MRTD_EFFECT_NOTE);
    assert_string_equal(answer.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads),         cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_twice), cmocka_unit_test(no_image),
        cmocka_unit_test(failures),      cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
