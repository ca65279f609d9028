/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel SGX PCK Certificate and Certificate Revocation List Profile
 * Specification: names, and what each certificate is for. They prove nothing,
 * for everybody can write them: the root is trusted for its key.
 */
#include "verify/chain.h"

#include "verify/der.h"
#include "verify/roots.h"

static const char *const what[CHAIN_COUNT] = {
    [CHAIN_LEAF] = "the PCK certificate",
    [CHAIN_CA] = "the PCK CA's certificate",
    [CHAIN_ROOT] = "the root's certificate",
};

static bool wrong_names(struct check *check, const struct certificate *c,
                        const char *which, const char *problem)
{
    return check_says(check, MRTD_REASON_CHAIN_NAMES, c->whole.base, "%s %s",
                      which, problem);
}

static bool check_names(struct check *check,
                        const struct certificate chain[CHAIN_COUNT])
{
    const struct certificate *leaf = &chain[CHAIN_LEAF];
    const struct certificate *ca = &chain[CHAIN_CA];
    const struct certificate *root = &chain[CHAIN_ROOT];
    if (!certificate_is_named(leaf->subject, VENDOR_INTEL,
                              "Intel SGX PCK Certificate")) {
        return wrong_names(check, leaf, what[CHAIN_LEAF],
                           "is not named Intel SGX PCK Certificate");
    }
    if (!certificate_is_named(ca->subject, VENDOR_INTEL,
                              "Intel SGX PCK Platform CA") &&
        !certificate_is_named(ca->subject, VENDOR_INTEL,
                              "Intel SGX PCK Processor CA")) {
        return wrong_names(check, ca, what[CHAIN_CA],
                           "is not named Intel SGX PCK Platform CA, or "
                           "Processor CA");
    }
    if (!certificate_is_named(root->subject, VENDOR_INTEL,
                              "Intel SGX Root CA")) {
        return wrong_names(check, root, what[CHAIN_ROOT],
                           "is not named Intel SGX Root CA");
    }
    for (unsigned i = CHAIN_LEAF; i < CHAIN_COUNT; i++) {
        const unsigned above = i == CHAIN_ROOT ? CHAIN_ROOT : i + 1;
        if (!der_same(chain[i].issuer, chain[above].subject)) {
            return wrong_names(check, &chain[i], what[i],
                               "has another issuer than the certificate after "
                               "it, or itself where it is the root");
        }
    }
    return true;
}

static bool wrong_form(struct check *check, const struct certificate *c,
                       const char *which, const char *problem)
{
    return check_says(check, MRTD_REASON_CHAIN_FORMAT, c->whole.base, "%s %s",
                      which, problem);
}

static bool check_forms(struct check *check,
                        const struct certificate chain[CHAIN_COUNT])
{
    if (chain[CHAIN_LEAF].is_ca || !chain[CHAIN_LEAF].may_sign) {
        return wrong_form(check, &chain[CHAIN_LEAF], what[CHAIN_LEAF],
                          "is a CA's, or may not sign");
    }
    for (unsigned i = CHAIN_LEAF; i < CHAIN_COUNT; i++) {
        if (chain[i].key_kind != KEY_P256 ||
            chain[i].signature_kind != SIGNATURE_ECDSA_SHA256) {
            return wrong_form(check, &chain[i], what[i],
                              "has not a key of P-256 and a signature by ECDSA "
                              "with SHA-256");
        }
    }
    for (unsigned i = CHAIN_CA; i < CHAIN_COUNT; i++) {
        if (!chain[i].is_ca || !chain[i].may_sign_certificates ||
            chain[i].path_length < i - CHAIN_CA) {
            return wrong_form(check, &chain[i], what[i],
                              "is not a CA's, or may not sign the one before "
                              "it");
        }
    }
    return true;
}

bool chain_is_trusted(const struct check *check, const struct certificate *root)
{
    return check->own_root ? der_same(root->key_info, check->own_root->key_info)
                           : root_of_key(root) == MRTD_ROOT_INTEL_SGX;
}

/* By its key alone; whether it is its key that signed is seen after that. */
static bool check_root(struct check *check, const struct certificate *root,
                       enum mrtd_verify_root *found)
{
    if (!chain_is_trusted(check, root)) {
        return check_says(check, MRTD_REASON_ROOT_UNTRUSTED, root->whole.base,
                          "the root's certificate has another key than %s",
                          check->own_root ? "the root that was given"
                                          : "the Intel SGX Root CA that is "
                                            "built in");
    }
    *found = root_of_key(root);
    return true;
}

bool chain_verify(struct check *check,
                  const struct certificate chain[CHAIN_COUNT])
{
    enum mrtd_verify_root root = MRTD_ROOT_NONE;
    if (!check_names(check, chain) || !check_forms(check, chain) ||
        !check_root(check, &chain[CHAIN_ROOT], &root)) {
        return false;
    }
    for (unsigned i = CHAIN_LEAF; i < CHAIN_COUNT; i++) {
        const unsigned above = i == CHAIN_ROOT ? CHAIN_ROOT : i + 1;
        if (!check_answer(
                check,
                crypto_certificate(&check->crypto, &chain[i], &chain[above]),
                MRTD_REASON_CHAIN_SIGNATURE, chain[i].whole.base, what[i])) {
            return false;
        }
        check_period(check, chain[i].not_before, chain[i].not_after);
    }
    check->verdict->root = root;
    check->verdict->checked |= MRTD_CHECKED_PCK_CHAIN | MRTD_CHECKED_ROOT_PIN;
    return true;
}
