/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

static void code_names(void **state)
{
    (void)state;
    /* Those that no image gives, and the ends. */
    static const struct {
        enum mrtd_code code;
        const char *name;
    } codes[] = {
        {MRTD_OK, "ok"},
        {MRTD_ERR_ARGUMENT, "argument"},
        {MRTD_ERR_MEMORY, "memory"},
        {MRTD_ERR_READ, "read"},
        {MRTD_ERR_CANCELLED, "cancelled"},
        {MRTD_ERR_UNSUPPORTED, "unsupported"},
        {MRTD_ERR_IGVM, "igvm"},
        {MRTD_ERR_EVIDENCE_KIND, "evidence-kind"},
        {MRTD_ERR_EVIDENCE_SIZE, "evidence-size"},
        {MRTD_ERR_EVIDENCE_VERSION, "evidence-version"},
        {MRTD_ERR_EVIDENCE_TEE, "evidence-tee"},
        {MRTD_ERR_EVIDENCE_RESERVED, "evidence-reserved"},
        {MRTD_NOTE_CH_PAYLOAD, "ch-payload"},
        {MRTD_LINT_GCE_HOB_BUG, "gce-hob-bug"},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_string_equal(mrtd_code_name(codes[i].code), codes[i].name);
    }
    assert_null(mrtd_code_name((enum mrtd_code)99));
    assert_string_equal(mrtd_section_type_name(0), "BFV");
    assert_string_equal(mrtd_section_type_name(8), "TD_PARAMS");
    assert_null(mrtd_section_type_name(9));
    assert_null(mrtd_section_type_name(UINT32_MAX));
    assert_string_equal(mrtd_version(), MRTD_TEST_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
