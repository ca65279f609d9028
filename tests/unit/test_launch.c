/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to launch: struct mrtd_launch. */
#include "unit.h"

#include "launch/launch.h"

/* Size of the first version, whose last member was limit. */
#define FIRST     (offsetof(struct mrtd_launch, limit) + sizeof(uint64_t))
#define NO_LAUNCH "the VMM is not one of mrtd_vmm_at() that launch"
#define BAD_SIZE  "struct_size is not sizeof(struct mrtd_launch)"
#define NOT_KNOWN                                                              \
    "the launch request has a member that this version does not know, and it " \
    "is not 0"

static void refused(const struct mrtd_launch *launch, enum mrtd_code code,
                    const char *message)
{
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, small_sections, 4, 0);
    struct mrtd_plan *plan = NULL;
    struct mrtd_error e = {.code = MRTD_OK};
    assert_int_equal(mrtd_plan_build(&plan, image, launch, &e), code);
    assert_null(plan);
    assert_int_equal(e.code, code);
    assert_int_equal(e.offset, MRTD_NO_OFFSET);
    assert_string_equal(e.message, message);
    mrtd_image_free(image);
}

/* What no program of ours asks for: a caller's mistake, in words. */
static void wrong_requests(void **state)
{
    (void)state;
    const struct mrtd_vmm other = {.name = "spec"};
    const struct mrtd_source nothing = {.size = 1};
    const struct mrtd_source empty = {.size = 0};
    const struct mrtd_source byte = {.data = (const uint8_t *)"", .size = 1};
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .vmm = &other},
            MRTD_ERR_ARGUMENT, NO_LAUNCH);
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX,
                                                       "td-shim")},
            MRTD_ERR_ARGUMENT, NO_LAUNCH);
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .deviations = 1U << 31},
            MRTD_ERR_ARGUMENT,
            "deviations has bits that are not MRTD_DEVIATE_* of the VMM's "
            "platform");
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .payload = &nothing},
            MRTD_ERR_ARGUMENT,
            "the payload has neither data nor a read function");
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .payload = &empty},
            MRTD_ERR_PAYLOAD_SIZE, "the payload is empty");
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .payload = &byte},
            MRTD_ERR_PAYLOAD_UNUSED,
            "a payload is given, but this VMM takes it from the image");
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX,
                                                       "td-shim-igvm"),
                                  .deviations = MRTD_DEVIATE_AUG_ADDED},
            MRTD_ERR_VMM_FORMAT,
            "VMM td-shim-igvm with deviations does not launch a TDVF "
            "image; for it there are spec and others, but for td-shim-igvm");
}

/* A request of a later version: members after those that are known here. */
struct later {
    struct mrtd_launch launch;
    uint64_t more[2];
};

static void sizes(void **state)
{
    (void)state;
    const struct mrtd_vmm *qemu = mrtd_vmm_find(MRTD_PLATFORM_TDX, "qemu");
    struct later later = {{.vmm = qemu, .limit = 7}, {0, 0}};
    struct mrtd_launch *launch = &later.launch;
    static const size_t wrong[] = {0,         1,    sizeof(size_t),
                                   FIRST - 1, 1025, SIZE_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        launch->struct_size = wrong[i];
        refused(launch, MRTD_ERR_ARGUMENT, BAD_SIZE);
    }
    for (size_t size = sizeof *launch; size <= sizeof later; size++) {
        struct mrtd_launch got;
        launch->struct_size = size;
        assert_int_equal(launch_read(&got, launch, NULL), MRTD_OK);
        assert_ptr_equal(got.vmm, qemu);
        assert_int_equal(got.limit, 7);
        assert_int_equal(got.struct_size, sizeof got);
    }
}

/* A request of the first version: what comes after it is not looked at. */
static void first_version(void **state)
{
    (void)state;
    const struct mrtd_vmm *qemu = mrtd_vmm_find(MRTD_PLATFORM_SNP, "qemu");
    struct mrtd_launch got;
    struct mrtd_launch first = {.struct_size = FIRST,
                                .vmm = qemu,
                                .limit = 7,
                                .vcpus = 3,
                                .append = "quiet",
                                .flags = ~0u};
    assert_int_equal(launch_read(&got, &first, NULL), MRTD_OK);
    assert_int_equal(got.struct_size, sizeof got);
    assert_ptr_equal(got.vmm, qemu);
    assert_int_equal(got.limit, 7);
    assert_int_equal(got.vcpus, 0);
    assert_null(got.append);
    assert_int_equal(got.flags, 0);
}

static void largest_size(void **state)
{
    (void)state;
    union {
        struct mrtd_launch launch;
        uint8_t room[1024];
    } most = {.room = {0}};
    struct mrtd_launch got;
    most.launch.struct_size = sizeof most;
    assert_int_equal(launch_read(&got, &most.launch, NULL), MRTD_OK);
    assert_int_equal(got.limit, 0);
}

/* A byte of an unknown member is refused, if it is of the request at all. */
static void unknown_members(void **state)
{
    (void)state;
    for (size_t i = sizeof(struct mrtd_launch); i < sizeof(struct later); i++) {
        struct later later = {{.deviations = 0}, {0, 0}};
        struct mrtd_launch got;
        ((unsigned char *)&later)[i] = 1;
        later.launch.struct_size = i;
        assert_int_equal(launch_read(&got, &later.launch, NULL), MRTD_OK);
        later.launch.struct_size = i + 1;
        refused(&later.launch, MRTD_ERR_ARGUMENT, NOT_KNOWN);
    }
}

static void defaults(void **state)
{
    (void)state;
    struct mrtd_launch got = {.limit = 1};
    assert_int_equal(launch_read(&got, NULL, NULL), MRTD_OK);
    assert_int_equal(got.struct_size, sizeof got);
    assert_ptr_equal(got.vmm, mrtd_vmm_default(MRTD_PLATFORM_TDX));
    assert_int_equal(got.deviations, 0);
    assert_null(got.payload);
    assert_int_equal(got.limit, 0);
}

/* Sections that qemu launches in another way than the specification has it: a
 * BFV whose data the file continues, and memory that is to come later. */
static const struct mrtd_section told_apart[] = {
    {0x1000, 0x1800, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
    {0, 0x1000, 0xffffc000, 0x1000, MRTD_SECTION_CFV, 0},
    {0, 0, 0x810000, 0x2000, MRTD_SECTION_TEMP_MEM, 2},
};

static void plan_is(const char *vmm, const struct mrtd_image *image,
                    const struct mrtd_run *runs, uint32_t count)
{
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, vmm)};
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_plan_build(&plan, image, &launch, NULL), MRTD_OK);
    assert_string_equal(mrtd_plan_info(plan)->vmm->name, vmm);
    assert_int_equal(mrtd_plan_info(plan)->run_count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_run *run = mrtd_plan_run(plan, i);
        assert_int_equal(run->region, runs[i].region);
        assert_int_equal(run->ops, runs[i].ops);
        assert_int_equal(run->page_type, runs[i].page_type);
        assert_int_equal(run->content, runs[i].content);
        assert_int_equal(run->gpa, runs[i].gpa);
        assert_int_equal(run->size, runs[i].size);
        assert_int_equal(run->data_offset, runs[i].data_offset);
        assert_int_equal(run->data_size, runs[i].data_size);
    }
    mrtd_plan_free(plan);
}

/* A VMM that launches as another does makes the other's plan, in its own
 * name. */
static void as_another(void **state)
{
    (void)state;
    const uint16_t add = MRTD_OP_TDX_ADD;
    const uint16_t both = MRTD_OP_TDX_ADD | MRTD_OP_TDX_EXTEND;
    const struct mrtd_run spec[] = {
        {0, both, 0, MRTD_CONTENT_IMAGE, 0xffffd000, 0x3000, 0x1000, 0x1800},
        {1, add, 0, MRTD_CONTENT_IMAGE, 0xffffc000, 0x1000, 0, 0x1000},
    };
    const struct mrtd_run qemu[] = {
        {0, both, 0, MRTD_CONTENT_IMAGE, 0xffffd000, 0x3000, 0x1000, 0x3000},
        {1, add, 0, MRTD_CONTENT_IMAGE, 0xffffc000, 0x1000, 0, 0x1000},
        {2, add, 0, MRTD_CONTENT_ZERO, 0x810000, 0x2000, 0, 0},
    };
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, told_apart, 3, 0);
    plan_is("spec", image, spec, 2);
    plan_is("qemu", image, qemu, 3);
    plan_is("gce", image, qemu, 3);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_requests),  cmocka_unit_test(sizes),
        cmocka_unit_test(first_version),   cmocka_unit_test(largest_size),
        cmocka_unit_test(unknown_members), cmocka_unit_test(defaults),
        cmocka_unit_test(as_another),
    };
    return cmocka_run_group_tests_name("launch", tests, NULL, NULL);
}
