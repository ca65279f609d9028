/* SPDX-License-Identifier: Apache-2.0 */
#include "model/known_answers.h"

#include <stdlib.h>
#include <string.h>

#include "model/sample.h"

#define SPEC     "spec"
#define TWO_PASS "kvm-v19"

/* Images of one or two sections; the content is i & 255 at offset i. */
#define SMALL_METADATA 0x2000
#define SMALL_SIZE     0x3000

struct known_answer {
    const char *name;
    const char *vmm;
    struct mrtd_section sections[2];
    uint32_t count; /* 0: CleanExample */
    const char *mrtd;
};

/* One section without data: an ADD, or a measured page of zeros. */
#define ADDED(gpa)                                                             \
    {                                                                          \
        0, 0, gpa, 0x1000, MRTD_SECTION_TEMP_MEM, 0                            \
    }
#define MEASURED(gpa, len)                                                     \
    {                                                                          \
        0, len, gpa, len, MRTD_SECTION_BFV, 1                                  \
    }

/*
 * The small streams: SHA-384 of the operations' bytes as the TDX module's
 * source has them, computed by three programs that are not this one.
 * CleanExample: gce-tcb-verifier 74582c0, verify/verifytest/verifytest.go
 * (single pass); the two-pass value from independent calculators.
 */
static const struct known_answer known_answers[] = {
    {"no pages",
     SPEC,
     {{0, 0, 0, 0, MRTD_SECTION_TEMP_MEM, 0}},
     1,
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
     "274edebfe76f65fbd51ad2f14898b95b"},
    {"page 0 added",
     SPEC,
     {ADDED(0)},
     1,
     "8f3e9a8aca6784eab874f7aa4dda5d49104a88047f1f86695ef2a88f5691a90e"
     "34aac48ce45ffa1f5a23c7d62980d570"},
    {"page 0x1000 added",
     SPEC,
     {ADDED(0x1000)},
     1,
     "fcdabf6fdf38b87d2e3a89b1ab68c242abb261dffa70ef6f1dc2220c2752d272"
     "9cdf1be92afc2e0e4297f04e2b629552"},
    {"a page of zeros measured",
     SPEC,
     {{0, 0, 0xff000000, 0x1000, MRTD_SECTION_BFV, 1}},
     1,
     "e04c880cf5fd56018d1ef40a0b56d9e2dacf3d2e8485532fc8294ec80eb36b07"
     "fbe6eebafdfe8edd55f10aec05f17e7d"},
    {"two pages measured",
     SPEC,
     {MEASURED(0xffffe000, 0x2000)},
     1,
     "a6d8f259830e661e1259865270122afb3672513880c1840aaa3c7699e59aed49"
     "fcef317ee0c3b7b09f8acab9341fd56b"},
    {"two pages measured",
     TWO_PASS,
     {MEASURED(0xffffe000, 0x2000)},
     1,
     "30e863beea7053f60be078272ae44bd1a13ef90ed9cc8ef8c3c114a74e3a0af6"
     "ee88544396b4daed79614be52d74de1f"},
    {"a page added, a page measured",
     SPEC,
     {ADDED(0x1000), MEASURED(0xfffff000, 0x1000)},
     2,
     "17db07a71c370fd0779da083870383563cd4769ed9172917b3528cf9628413b5"
     "178be6efe11d4820571fd05bf4248ba6"},
    {"CleanExample",
     SPEC,
     {{0}},
     0,
     "6e540be4917f24f74cc3292b59803d06dc7c38eb4a3c1fd6be9c735ba74bb7a2"
     "3e25f98da94779d17508b243e4fb582b"},
    {"CleanExample",
     TWO_PASS,
     {{0}},
     0,
     "e9f135ce5bcbb476142fc01fe5f4e6e674562a1593d8780f1109526a69c38aff"
     "ce8f941187a21133ed62f65e7017783c"},
};

static void make_image(const struct known_answer *known, uint8_t *image,
                       uint64_t *size)
{
    memset(image, 0, SAMPLE_CLEAN_EXAMPLE_SIZE);
    if (known->count == 0) {
        sample_clean_example(image);
        *size = SAMPLE_CLEAN_EXAMPLE_SIZE;
        return;
    }
    for (size_t i = 0; i < SMALL_METADATA; i++) {
        image[i] = (uint8_t)i;
    }
    sample_write(image, SMALL_SIZE, SMALL_METADATA, known->sections,
                 known->count);
    *size = SMALL_SIZE;
}

static enum exit_status compute(const struct known_answer *known,
                                uint8_t *image, struct known_result *result,
                                struct failure *failure)
{
    struct mrtd_source source = {.data = image};
    struct mrtd_error error;
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, known->vmm)};
    struct mrtd_value value;
    make_image(known, image, &source.size);
    *result = (struct known_result){
        .name = known->name, .vmm = known->vmm, .known = known->mrtd};
    if (mrtd_measure_source(&value, &source, &options, &error)) {
        return failure_library(failure, known->name, &error, NULL);
    }
    mrtd_hex_encode(result->computed, value.digest.bytes, value.digest.size);
    result->good = strcmp(result->computed, known->mrtd) == 0;
    return EXIT_DONE;
}

size_t known_answers_count(void)
{
    return sizeof known_answers / sizeof *known_answers;
}

enum exit_status known_answers_compute(size_t index,
                                       struct known_result *result,
                                       struct failure *failure)
{
    uint8_t *image = malloc(SAMPLE_CLEAN_EXAMPLE_SIZE);
    if (!image) {
        return failure_memory(failure, NULL);
    }
    const enum exit_status status =
        compute(&known_answers[index], image, result, failure);
    free(image);
    return status;
}
