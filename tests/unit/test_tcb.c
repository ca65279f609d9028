/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_tcb_evaluate(): the rules of Intel's verifier, from its source
 * (intel/confidential-computing.tee.dcap.qvl d12717e, Verifiers/Checks). What
 * is expected is written down by these rules, not taken from an output. */
#include "unit.h"

#define NONE      MRTD_TCB_NONE
#define UP        MRTD_TCB_UP_TO_DATE
#define HARDEN    MRTD_TCB_SW_HARDENING_NEEDED
#define CONFIGURE MRTD_TCB_CONFIGURATION_NEEDED
#define BOTH      MRTD_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED
#define OLD       MRTD_TCB_OUT_OF_DATE
#define OLD_CONF  MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED
#define RELAUNCH  MRTD_TCB_TD_RELAUNCH_ADVISED
#define RE_CONF   MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
#define REVOKED   MRTD_TCB_REVOKED

/* A platform, and collateral by which it is up to date. */
struct all {
    struct mrtd_evidence evidence;
    struct mrtd_tdx_signer signer;
    struct mrtd_tcb_level levels[3];
    struct mrtd_tcb_svn_level module_levels[2];
    struct mrtd_tcb_module modules[2];
    struct mrtd_tcb_svn_level enclave_levels[2];
    struct mrtd_tcb_info info;
    struct mrtd_tcb_enclave enclave;
};

static void make(struct all *a)
{
    memset(a, 0, sizeof *a);
    a->evidence.kind = MRTD_EVIDENCE_QUOTE_V5;
    a->evidence.report.tee_tcb_svn[0] = 5;
    a->evidence.report.tee_tcb_svn[1] = 1;
    a->evidence.report.tee_tcb_svn[2] = 3;
    memset(a->signer.components, 4, sizeof a->signer.components);
    a->signer.pcesvn = 11;
    a->signer.qe_isvsvn = 6;
    a->signer.qe_isvprodid = 2;
    a->signer.qe_attributes[0] = 0x15;
    a->signer.fmspc[0] = 0x90;
    a->levels[0] = (struct mrtd_tcb_level){
        .tdx = {5, 1, 3}, .pcesvn = 11, .status = UP, .date = 300};
    a->module_levels[0] = (struct mrtd_tcb_svn_level){5, UP, 200};
    a->enclave_levels[0] = (struct mrtd_tcb_svn_level){6, UP, 100};
    a->modules[0].version = 3;
    a->modules[1].version = 1;
    a->modules[1].levels = a->module_levels;
    a->modules[1].level_count = 1;
    a->info.fmspc[0] = 0x90;
    a->info.levels = a->levels;
    a->info.level_count = 1;
    a->info.modules = a->modules;
    a->info.module_count = 2;
    a->enclave.isvprodid = 2;
    a->enclave.attributes[0] = 0x11;
    a->enclave.attributes_mask[0] = 0xfb;
    a->enclave.levels = a->enclave_levels;
    a->enclave.level_count = 1;
}

static struct mrtd_tcb_verdict evaluate(const struct all *a)
{
    struct mrtd_tcb_verdict v;
    struct mrtd_error error;
    assert_int_equal(mrtd_tcb_evaluate(&v, &a->evidence, &a->signer, &a->info,
                                       &a->enclave, &error),
                     MRTD_OK);
    return v;
}

static void is_status(const struct all *a, enum mrtd_tcb_status status)
{
    const struct mrtd_tcb_verdict v = evaluate(a);
    assert_int_equal(v.reason, MRTD_REASON_NONE);
    assert_string_equal(v.message, "");
    assert_int_equal(v.status, status);
}

/* There is no status, and the message has that text in it. */
static void is_none(const struct all *a, enum mrtd_verify_reason reason,
                    const char *text)
{
    const struct mrtd_tcb_verdict v = evaluate(a);
    assert_int_equal(v.reason, reason);
    assert_non_null(strstr(v.message, text));
    assert_true(strlen(v.message) < sizeof v.message - 1);
    assert_int_equal(v.status, NONE);
    assert_int_equal(v.platform, NONE);
    assert_int_equal(v.module, NONE);
    assert_int_equal(v.enclave, NONE);
    assert_int_equal(v.current, NONE);
    assert_true(v.platform_level == MRTD_TCB_NO_INDEX);
    assert_true(v.module_index == MRTD_TCB_NO_INDEX);
    assert_true(v.module_level == MRTD_TCB_NO_INDEX);
    assert_true(v.enclave_level == MRTD_TCB_NO_INDEX);
}

static void is_unsupported(const struct all *a, const char *text)
{
    is_none(a, MRTD_REASON_TCB_UNSUPPORTED, text);
}

static void names(void **state)
{
    static const char *const known[] = {
        NULL,
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded",
        "TDRelaunchAdvised",
        "TDRelaunchAdvisedConfigurationNeeded",
        "Revoked",
        NULL,
    };
    (void)state;
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
        const char *name = mrtd_tcb_status_name((enum mrtd_tcb_status)i);
        assert_int_equal(!name, !known[i]);
        if (name) {
            assert_string_equal(name, known[i]);
            assert_int_equal(mrtd_tcb_status_find(name), i);
        }
    }
    assert_null(mrtd_tcb_status_name((enum mrtd_tcb_status) - 1));
    assert_int_equal(mrtd_tcb_status_find("uptodate"), NONE);
    assert_int_equal(mrtd_tcb_status_find(""), NONE);
    assert_int_equal(mrtd_tcb_status_find(NULL), NONE);
}

static void good(void **state)
{
    struct all a;
    (void)state;
    make(&a);
    struct mrtd_tcb_verdict v = evaluate(&a);
    assert_int_equal(v.status, UP);
    assert_int_equal(v.platform, UP);
    assert_int_equal(v.module, UP);
    assert_int_equal(v.enclave, UP);
    assert_int_equal(v.current, NONE);
    assert_int_equal(v.date, 100);
    assert_int_equal(v.platform_level, 0);
    assert_int_equal(v.module_index, 1);
    assert_int_equal(v.module_level, 0);
    assert_int_equal(v.enclave_level, 0);
    a.module_levels[0].date = 50;
    assert_int_equal(evaluate(&a).date, 50);
    a.levels[0].date = -7;
    assert_int_equal(evaluate(&a).date, -7);
    /* Of TDX 1.0 there is no module's level. */
    a.evidence.report.tee_tcb_svn[1] = 0;
    a.levels[0].tdx[1] = 0;
    v = evaluate(&a);
    assert_int_equal(v.status, UP);
    assert_int_equal(v.module, NONE);
    assert_true(v.module_index == MRTD_TCB_NO_INDEX);
    assert_true(v.module_level == MRTD_TCB_NO_INDEX);
}

/* Each SVN that is one too low is seen, but for those of the module. */
static void each_svn(void **state)
{
    struct all a;
    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        make(&a);
        a.levels[0].sgx[i] = 4;
        is_status(&a, UP);
        a.levels[0].sgx[i] = 5;
        is_unsupported(&a, "no TCB level");
        make(&a);
        a.levels[0].tdx[i] = a.evidence.report.tee_tcb_svn[i] + 1;
        if (i < 2) {
            is_status(&a, UP);
        } else {
            is_unsupported(&a, "TEE_TCB_SVN");
        }
        /* Of TDX 1.0 all 16 count. */
        make(&a);
        a.evidence.report.tee_tcb_svn[1] = 0;
        a.levels[0].tdx[1] = 0;
        is_status(&a, UP);
        a.levels[0].tdx[i] = a.evidence.report.tee_tcb_svn[i] + 1;
        is_unsupported(&a, "no TCB level");
    }
    make(&a);
    a.levels[0].pcesvn = 12;
    is_unsupported(&a, "PCESVN 11");
    a.info.level_count = 0;
    is_unsupported(&a, "no TCB level");
}

/* The highest level that applies, wherever it is in the list. */
static void order_of_levels(void **state)
{
    struct all a;
    (void)state;
    for (unsigned first = 0; first < 3; first++) {
        make(&a);
        a.info.level_count = 3;
        for (unsigned i = 0; i < 3; i++) {
            a.levels[i] = (struct mrtd_tcb_level){.status = HARDEN};
        }
        /* The SVNs of SGX count before PCESVN, and this before those of TDX. */
        a.levels[first].sgx[15] = 1;
        a.levels[first].status = UP;
        a.levels[(first + 1) % 3].pcesvn = 11;
        a.levels[(first + 1) % 3].status = OLD;
        a.levels[(first + 2) % 3].tdx[0] = 200; /* the module's */
        is_status(&a, UP);
        a.levels[first].sgx[15] = 0;
        is_status(&a, OLD);
        a.levels[(first + 1) % 3].pcesvn = 12;
        is_status(&a, HARDEN);
        /* Two that are the same, and then a higher one. */
        a.levels[(first + 2) % 3].tdx[0] = 0;
        is_unsupported(&a, "two TCB levels");
        a.levels[(first + 1) % 3].pcesvn = 1;
        is_status(&a, OLD);
    }
}

static void modules(void **state)
{
    struct all a;
    (void)state;
    make(&a);
    a.module_levels[0].isvsvn = 6;
    is_unsupported(&a, "no TCB level of the TDX module for its SVN, 5");
    a.module_levels[0].isvsvn = 261; /* its low byte would do */
    is_unsupported(&a, "no TCB level of the TDX module");
    a.module_levels[0].isvsvn = 0;
    a.module_levels[1] = (struct mrtd_tcb_svn_level){5, OLD, 400};
    a.modules[1].level_count = 2;
    is_status(&a, OLD);
    assert_int_equal(evaluate(&a).module_level, 1);
    a.module_levels[1].isvsvn = 6;
    is_status(&a, UP);
    a.module_levels[0].status = CONFIGURE;
    is_unsupported(&a, "has a status that is not of one");
    a.modules[0].version = 1;
    is_unsupported(&a, "more than one identity TDX_01");
    a.modules[0].version = a.modules[1].version = 2;
    is_unsupported(&a, "no identity TDX_01");

    make(&a);
    a.evidence.report.mrsignerseam[47] = 1;
    is_unsupported(&a, "MRSIGNERSEAM");
    a.modules[1].mrsigner[47] = 1;
    is_status(&a, UP);
    a.evidence.report.seamattributes = UINT64_C(0x0100000000000000);
    is_status(&a, UP); /* outside the mask */
    a.modules[1].attributes_mask[7] = 1;
    is_unsupported(&a, "SEAMATTRIBUTES");
    a.modules[1].attributes[7] = 1;
    is_status(&a, UP);
}

static void enclave(void **state)
{
    struct all a;
    (void)state;
    make(&a);
    a.enclave_levels[0].isvsvn = 7;
    is_unsupported(&a, "no TCB level of the quoting enclave for its SVN, 6");
    /* Of one SVN the latest. */
    a.enclave.level_count = 2;
    a.enclave_levels[0] = (struct mrtd_tcb_svn_level){5, UP, 100};
    a.enclave_levels[1] = (struct mrtd_tcb_svn_level){5, OLD, 101};
    is_status(&a, OLD);
    a.enclave_levels[1].date = 99;
    is_status(&a, UP);
    a.enclave_levels[1].date = 100;
    is_unsupported(&a, "more than one TCB level of the quoting enclave");

    make(&a);
    a.signer.qe_mrsigner[31] = 1;
    is_unsupported(&a, "MRSIGNER of the quoting enclave");
    make(&a);
    a.enclave.isvprodid = 1;
    is_unsupported(&a, "ISVPRODID");
    make(&a);
    a.signer.qe_attributes[0] |= 2;
    is_unsupported(&a, "ATTRIBUTES");
    make(&a);
    a.signer.qe_miscselect = 0x01000000;
    is_status(&a, UP);
    a.enclave.miscselect_mask[3] = 1;
    is_unsupported(&a, "MISCSELECT");
    a.enclave.miscselect[3] = 1;
    is_status(&a, UP);
}

static void platform(void **state)
{
    struct all a;
    (void)state;
    make(&a);
    memcpy(a.info.fmspc, "\xab\xcd\xef\x01\x02\x03", 6);
    is_none(&a, MRTD_REASON_COLLATERAL_MISMATCH, "FMSPC abcdef010203");
    is_none(&a, MRTD_REASON_COLLATERAL_MISMATCH, "v4/tcb?fmspc=900000000000");
    make(&a);
    a.info.pceid[1] = 1;
    is_none(&a, MRTD_REASON_COLLATERAL_MISMATCH, "PCEID 0001");
}

/* What a platform's status becomes where a module or enclave is up to date, is
 * out of date, and is revoked. */
static void converged(void **state)
{
    static const enum mrtd_tcb_status rows[][3] = {
        {UP, OLD, REVOKED},
        {HARDEN, OLD, REVOKED},
        {CONFIGURE, OLD_CONF, REVOKED},
        {BOTH, OLD_CONF, REVOKED},
        {OLD, OLD, REVOKED},
        {OLD_CONF, OLD_CONF, REVOKED},
        {REVOKED, REVOKED, REVOKED},
    };
    static const enum mrtd_tcb_status parts[] = {UP, OLD, REVOKED};
    struct all a;
    (void)state;
    make(&a);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        a.levels[0].status = rows[i][0];
        for (size_t k = 0; k < 9; k++) {
            a.module_levels[0].status = parts[k % 3];
            a.enclave_levels[0].status = parts[k / 3];
            is_status(&a, rows[i][k % 3 > k / 3 ? k % 3 : k / 3]);
        }
    }
}

/* By the module that launched the TD, and by the one that is loaded now. */
static void relaunched(void **state)
{
    static const struct {
        enum mrtd_tcb_status launched;
        enum mrtd_tcb_status current;
        enum mrtd_tcb_status said;
    } rows[] = {
        {OLD, UP, RELAUNCH},
        {OLD, HARDEN, RELAUNCH},
        {OLD, CONFIGURE, RE_CONF},
        {OLD, BOTH, RE_CONF},
        {OLD, OLD_CONF, OLD},
        {OLD, REVOKED, OLD},
        {OLD_CONF, UP, RE_CONF},
        {OLD_CONF, HARDEN, RE_CONF},
        {OLD_CONF, BOTH, RE_CONF},
        {OLD_CONF, OLD, OLD_CONF},
        {OLD_CONF, REVOKED, OLD_CONF},
        {UP, OLD, UP},
        {HARDEN, UP, HARDEN},
        {CONFIGURE, UP, CONFIGURE},
        {BOTH, UP, BOTH},
        {REVOKED, UP, REVOKED},
    };
    struct all a;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(&a);
        a.info.level_count = 2;
        a.levels[0].status = rows[i].launched;
        a.levels[1] = a.levels[0];
        a.levels[1].tdx[2] = 4;
        a.levels[1].status = rows[i].current;
        a.levels[1].date = 1; /* it is not of the date */
        memcpy(a.evidence.report.tee_tcb_svn2, a.evidence.report.tee_tcb_svn,
               sizeof a.evidence.report.tee_tcb_svn2);
        a.evidence.report.tee_tcb_svn2[2] = 4;
        is_status(&a, rows[i].launched);
        a.evidence.report.has_svn2 = 1;
        is_status(&a, rows[i].said);
        assert_int_equal(evaluate(&a).current, rows[i].current);
        assert_int_equal(evaluate(&a).platform, rows[i].launched);
        assert_int_equal(evaluate(&a).platform_level, 0);
        assert_int_equal(evaluate(&a).date, 100);
    }
    a.evidence.report.tee_tcb_svn2[2] = 2;
    is_unsupported(&a, "TEE_TCB_SVN2");
}

/* What the caller has to give. */
static void arguments(void **state)
{
    struct all a;
    struct mrtd_error error;
    struct mrtd_tcb_verdict v = {.date = 77};
    (void)state;
    make(&a);
    assert_int_equal(mrtd_tcb_evaluate(NULL, &a.evidence, &a.signer, &a.info,
                                       &a.enclave, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(
        mrtd_tcb_evaluate(&v, NULL, &a.signer, &a.info, &a.enclave, &error),
        MRTD_ERR_ARGUMENT);
    assert_int_equal(
        mrtd_tcb_evaluate(&v, &a.evidence, NULL, &a.info, &a.enclave, NULL),
        MRTD_ERR_ARGUMENT);
    assert_int_equal(
        mrtd_tcb_evaluate(&v, &a.evidence, &a.signer, NULL, &a.enclave, &error),
        MRTD_ERR_ARGUMENT);
    assert_int_equal(
        mrtd_tcb_evaluate(&v, &a.evidence, &a.signer, &a.info, NULL, &error),
        MRTD_ERR_ARGUMENT);
    a.modules[1].levels = NULL;
    assert_int_equal(mrtd_tcb_evaluate(&v, &a.evidence, &a.signer, &a.info,
                                       &a.enclave, &error),
                     MRTD_ERR_ARGUMENT);
    make(&a);
    a.evidence.kind = MRTD_EVIDENCE_TDREPORT;
    assert_int_equal(mrtd_tcb_evaluate(&v, &a.evidence, &a.signer, &a.info,
                                       &a.enclave, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(v.date, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),      cmocka_unit_test(good),
        cmocka_unit_test(each_svn),   cmocka_unit_test(order_of_levels),
        cmocka_unit_test(modules),    cmocka_unit_test(enclave),
        cmocka_unit_test(platform),   cmocka_unit_test(converged),
        cmocka_unit_test(relaunched), cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
