/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to launch: struct mrtd_launch. */
#include "unit.h"

#include "launch/launch.h"

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
                                  .vmm = mrtd_vmm_find("td-shim")},
            MRTD_ERR_ARGUMENT, NO_LAUNCH);
    refused(&(struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                  .deviations = 1U << 31},
            MRTD_ERR_ARGUMENT, "deviations has bits other than MRTD_DEVIATE_*");
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
                                  .vmm = mrtd_vmm_find("td-shim-igvm"),
                                  .deviations = MRTD_DEVIATE_AUG_ADDED},
            MRTD_ERR_PROFILE_FORMAT,
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
    const struct mrtd_vmm *qemu = mrtd_vmm_find("qemu");
    struct later later = {{.vmm = qemu, .limit = 7}, {0, 0}};
    struct mrtd_launch *launch = &later.launch;
    static const size_t wrong[] = {
        0, 1, sizeof(size_t), sizeof(struct mrtd_launch) - 1, 1025, SIZE_MAX};
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
    assert_ptr_equal(got.vmm, mrtd_vmm_at(0));
    assert_int_equal(got.deviations, 0);
    assert_null(got.payload);
    assert_int_equal(got.limit, 0);
}

/* A VMM that launches as another does makes the other's plan, in its own
 * name. */
static void as_another(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, small_sections, 4, 0);
    const struct mrtd_run *runs[2];
    struct mrtd_plan *plans[2] = {NULL};
    static const char *const names[2] = {"qemu", "gce"};
    for (size_t i = 0; i < 2; i++) {
        const struct mrtd_launch launch = {.struct_size = sizeof launch,
                                           .vmm = mrtd_vmm_find(names[i])};
        assert_int_equal(mrtd_plan_build(&plans[i], image, &launch, NULL),
                         MRTD_OK);
        assert_string_equal(mrtd_plan_info(plans[i])->vmm->name, names[i]);
    }
    const uint32_t count = mrtd_plan_info(plans[0])->run_count;
    assert_int_equal(mrtd_plan_info(plans[1])->run_count, count);
    for (uint32_t i = 0; i < count; i++) {
        runs[0] = mrtd_plan_run(plans[0], i);
        runs[1] = mrtd_plan_run(plans[1], i);
        assert_int_equal(runs[0]->gpa, runs[1]->gpa);
        assert_int_equal(runs[0]->ops, runs[1]->ops);
        assert_int_equal(runs[0]->page_type, runs[1]->page_type);
        assert_int_equal(runs[0]->data_size, runs[1]->data_size);
    }
    mrtd_plan_free(plans[0]);
    mrtd_plan_free(plans[1]);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_requests), cmocka_unit_test(sizes),
        cmocka_unit_test(largest_size),   cmocka_unit_test(unknown_members),
        cmocka_unit_test(defaults),       cmocka_unit_test(as_another),
    };
    return cmocka_run_group_tests_name("launch", tests, NULL, NULL);
}
