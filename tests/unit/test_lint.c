/* SPDX-License-Identifier: Apache-2.0 */
/* The library's contract; the rules are tested by tests/golden/lint.py. */
#include "unit.h"

#include "launch/loader.h"

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

static void loaders(void **state)
{
    (void)state;
    static const char *const names[] = {"qemu", "cloud-hypervisor",
                                        "migtd-qemu", "gce", "td-shim"};
    for (size_t i = 0; i < 5; i++) {
        const struct mrtd_loader *l = mrtd_loader_at(i);
        assert_string_equal(l->name, names[i]);
        assert_ptr_equal(mrtd_loader_find(names[i]), l);
        assert_int_equal(l->profile == NULL, i == 4);
        assert_true(!l->profile || mrtd_profile_find(l->profile));
    }
    assert_null(mrtd_loader_at(5));
    assert_null(mrtd_loader_find("QEMU"));
}

static void loads(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_whole(bytes);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_loader *loader = mrtd_loader_find("gce");
    struct mrtd_lint *lint = NULL;
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_lint(&lint, &source, loader, NULL), MRTD_OK);
    const struct mrtd_lint_info *info = mrtd_lint_info(lint);
    assert_ptr_equal(info->loader, loader);
    assert_int_equal(info->verdict, MRTD_LOADS);
    assert_int_equal(info->finding_count, 1);
    const struct mrtd_lint_finding *f = mrtd_lint_finding(lint, 0);
    assert_int_equal(f->code, MRTD_LINT_GCE_HOB_BUG);
    assert_int_equal(f->effect, MRTD_EFFECT_NOTE);
    assert_int_equal(f->section, MRTD_NO_SECTION);
    assert_int_equal(f->offset, MRTD_NO_OFFSET);
    assert_string_equal(f->says, "");
    assert_null(mrtd_lint_finding(lint, 1));
    assert_int_equal(mrtd_plan_build(&plan, mrtd_lint_image(lint), NULL, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->added_pages, 7);
    mrtd_plan_free(plan);
    mrtd_lint_free(lint);
    mrtd_lint_free(NULL);
}

/* QEMU wants a multiple of 64 KiB. */
static void refuses(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_whole(bytes);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_lint *lint = NULL;
    assert_int_equal(mrtd_lint(&lint, &source, mrtd_loader_find("qemu"), NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_lint_info(lint)->verdict, MRTD_REFUSES);
    assert_int_equal(mrtd_lint_info(lint)->finding_count, 1);
    assert_int_equal(mrtd_lint_finding(lint, 0)->code, MRTD_NOTE_QEMU_SIZE);
    assert_string_equal(mrtd_lint_finding(lint, 0)->says,
                        "qemu: could not load PC BIOS");
    assert_null(mrtd_lint_image(lint));
    mrtd_lint_free(lint);
}

/* Of several refusals the image keeps the first. */
static void refuses_twice(void **state)
{
    (void)state;
    static const struct mrtd_section sections[] = {
        {0x1000, 0x3000, 0xffffd001, 0x3000, MRTD_SECTION_BFV, 1},
        {0, 0, 0x810000, 0x2001, MRTD_SECTION_TEMP_MEM, 0},
    };
    uint8_t bytes[SMALL_SIZE] = {0};
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_lint *lint = NULL;
    sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 2);
    assert_int_equal(mrtd_lint(&lint, &source, mrtd_loader_find("qemu"), NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_lint_info(lint)->verdict, MRTD_REFUSES);
    assert_null(mrtd_lint_image(lint));
    mrtd_lint_free(lint);
}

/* What is no image, the loaders refuse, too; the program does not ask them. */
static void no_image(void **state)
{
    (void)state;
    static const struct {
        const char *loader;
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
        struct mrtd_lint *lint = NULL;
        assert_int_equal(
            mrtd_lint(&lint, &source, mrtd_loader_find(cases[k].loader), NULL),
            MRTD_OK);
        const struct mrtd_lint_info *info = mrtd_lint_info(lint);
        const struct mrtd_lint_finding *f =
            mrtd_lint_finding(lint, info->finding_count - 1);
        assert_int_not_equal(info->verdict, MRTD_LOADS);
        assert_int_equal(f->code,
                         i % 2 ? MRTD_ERR_OTHER_FORMAT : MRTD_ERR_NO_TABLE);
        assert_string_equal(f->says, cases[k].says);
        mrtd_lint_free(lint);
    }
}

static void fails(const struct mrtd_source *source,
                  const struct mrtd_loader *loader, enum mrtd_code code,
                  uint64_t offset, const char *begins)
{
    struct mrtd_lint *lint = (struct mrtd_lint *)&code; /* left as it is */
    struct mrtd_error error = {.code = MRTD_OK};
    assert_int_equal(mrtd_lint(&lint, source, loader, &error), code);
    assert_int_equal(error.code, code);
    assert_int_equal(error.offset, offset);
    assert_memory_equal(error.message, begins, strlen(begins));
    assert_ptr_equal(lint, &code);
    assert_int_equal(mrtd_lint(&lint, source, loader, NULL), code);
}

static void failures(void **state)
{
    (void)state;
    static const uint8_t igvm[64] = {'I', 'G', 'V', 'M'};
    static const char no_loader[] = "the loader is not one of mrtd_loader_at()";
    const struct mrtd_loader other = {.name = "qemu"};
    const struct mrtd_loader *qemu = mrtd_loader_find("qemu");
    struct mrtd_source source = {.data = igvm, .size = sizeof igvm};
    fails(&source, &other, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, no_loader);
    fails(&source, NULL, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, no_loader);
    fails(&source, qemu, MRTD_ERR_IGVM, 0, "this is an IGVM file; ");
    fails(NULL, qemu, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
          "the source has neither data nor a read function");
    source.size = 0;
    fails(&source, qemu, MRTD_ERR_EMPTY, MRTD_NO_OFFSET, "the file is empty");
    source.size = MRTD_MAX_IMAGE_SIZE + 1;
    fails(&source, qemu, MRTD_ERR_TOO_LARGE, MRTD_NO_OFFSET, "the file has ");
}

/* What the loaders' files rely on. */
static void inside(void **state)
{
    (void)state;
    struct loader_answer answer = {.text = "what was said before"};
    assert_true(loader_answers(&answer, MRTD_EFFECT_NOTE));
    assert_int_equal(answer.effect, MRTD_EFFECT_NOTE);
    assert_string_equal(answer.text, "");
    for (uint32_t type = 0; type <= 64; type++) {
        const struct mrtd_section s = {.type = type};
        assert_false(loader_has(0, &s));
        assert_int_equal(loader_has(UINT32_MAX, &s), type < 32);
        assert_int_equal(loader_has(UINT32_C(1) << 31, &s), type == 31);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loaders),  cmocka_unit_test(loads),
        cmocka_unit_test(refuses),  cmocka_unit_test(refuses_twice),
        cmocka_unit_test(no_image), cmocka_unit_test(failures),
        cmocka_unit_test(inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
