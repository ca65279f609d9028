/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of a VEK: AMD's authority of its kind, and the root. */
#include "verify/der.h"
#include "verify/roots.h"
#include "verify/snp_attempt.h"

/* The name of the authority that signs such VEKs of a family. */
static const char *issuer_name(enum mrtd_snp_family family, bool vlek)
{
    switch (family) {
    case MRTD_SNP_FAMILY_MILAN:
        return vlek ? "SEV-VLEK-Milan" : "SEV-Milan";
    case MRTD_SNP_FAMILY_GENOA:
        return vlek ? "SEV-VLEK-Genoa" : "SEV-Genoa";
    case MRTD_SNP_FAMILY_TURIN:
        return vlek ? "SEV-VLEK-Turin" : "SEV-Turin";
    default:
        return "";
    }
}

/* A signature that is not of the trusted key may be of another key with its
 * name, which was given: then the root is what is wrong, and not a signature.
 * That is looked for only where it would be said. */
static bool not_signed(struct attempt *a, enum crypto_answer answer,
                       const struct certificate *c, const char *what)
{
    struct check *check = a->check;
    if (answer != CRYPTO_WRONG ||
        (a->all->found && a->steps <= a->all->best_steps)) {
        return check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                            MRTD_NO_OFFSET, what);
    }
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *other = &check->given.items[i];
        if (!der_same(other->subject, c->issuer)) {
            continue;
        }
        switch (crypto_certificate(&check->crypto, c, other)) {
        case CRYPTO_NO_MEMORY:
            return check_no_memory(check);
        case CRYPTO_RIGHT:
            return check_says(check, MRTD_REASON_ROOT_UNTRUSTED, MRTD_NO_OFFSET,
                              "%s is signed by a key that has the name of the "
                              "trusted one, and is another",
                              what);
        default:
            break;
        }
    }
    return check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                        MRTD_NO_OFFSET, what);
}

/* The VEK is signed by an authority whose key is built in. */
static bool check_built_in(struct attempt *a)
{
    struct check *check = a->check;
    uint8_t info[ROOTS_MAX_INFO];
    struct certificate key;
    const struct authority *by = authority_find(a->vek->issuer);
    if (!by || !authority_key(by, info, &key)) {
        return check_says(check, MRTD_REASON_ROOT_UNTRUSTED, MRTD_NO_OFFSET,
                          "the %s's issuer is not one of AMD's authorities "
                          "for Milan, Genoa and Turin, which are built in",
                          snp_key_name(a->report->vlek));
    }
    if ((by->level == ROOT_SIGNS_VLEK) != a->report->vlek) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer is the authority for the other kind "
                          "of key",
                          snp_key_name(a->report->vlek));
    }
    const enum crypto_answer answer =
        crypto_certificate(&check->crypto, a->vek, &key);
    if (answer != CRYPTO_RIGHT) {
        return not_signed(a, answer, a->vek, snp_key_name(a->report->vlek));
    }
    check->verdict->checked |= MRTD_CHECKED_VEK_CHAIN | MRTD_CHECKED_ROOT_PIN;
    check->verdict->root = by->root;
    check_period(check, key.not_before, key.not_after);
    return true;
}

/* Is it signed by the own root? Each is asked once, however many VEKs. */
static enum crypto_answer signed_by_root(struct attempt *a, size_t index)
{
    const struct check *check = a->check;
    if (!a->all->is_seen[index]) {
        a->all->answers[index] = crypto_certificate(
            &check->crypto, &check->given.items[index], check->own_root);
        a->all->is_seen[index] = true;
    }
    return a->all->answers[index];
}

/* Has one before it the same key, by which the VEK is not signed? */
static bool is_tried(const struct attempt *a, size_t index)
{
    const struct certificate *items = a->check->given.items;
    for (size_t i = 0; i < index; i++) {
        if (a->all->is_seen[i] && a->all->answers[i] == CRYPTO_RIGHT &&
            der_same(items[i].subject, items[index].subject) &&
            der_same(items[i].key_info, items[index].key_info)) {
            return true;
        }
    }
    return false;
}

/* The authority's certificate among those given, signed by the own root. */
static bool check_authority(struct attempt *a, size_t index)
{
    struct check *check = a->check;
    const struct certificate *ask = &check->given.items[index];
    const struct certificate *root = check->own_root;
    enum crypto_answer answer = CRYPTO_WRONG;
    if (!ask->is_ca || !ask->may_sign_certificates) {
        return check_says(check, MRTD_REASON_CHAIN_FORMAT, MRTD_NO_OFFSET,
                          "the certificate of the %s's issuer is not a CA's",
                          snp_key_name(a->report->vlek));
    }
    if (!der_same(ask->issuer, root->subject)) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer has another issuer than the root "
                          "that was given",
                          snp_key_name(a->report->vlek));
    }
    answer = signed_by_root(a, index);
    if (answer != CRYPTO_RIGHT) {
        return not_signed(a, answer, ask,
                          "the certificate of the VEK's issuer");
    }
    answer = crypto_certificate(&check->crypto, a->vek, ask);
    return answer == CRYPTO_RIGHT ||
           check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                        MRTD_NO_OFFSET, snp_key_name(a->report->vlek));
}

/* The VEK is signed by an authority that was given, and that by the root. */
static bool check_own(struct attempt *a)
{
    struct check *check = a->check;
    const char *name = issuer_name(a->signer.family, a->report->vlek);
    if (!certificate_is_named(a->vek->issuer, VENDOR_AMD, name)) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer is not %s, which is the authority "
                          "below the root that was given",
                          snp_key_name(a->report->vlek), name);
    }
    bool found = false;
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *ask = &check->given.items[i];
        if (!der_same(ask->subject, a->vek->issuer)) {
            continue;
        }
        if (found && is_tried(a, i)) {
            continue;
        }
        found = true;
        if (check_authority(a, i)) {
            check->verdict->checked |=
                MRTD_CHECKED_VEK_CHAIN | MRTD_CHECKED_ROOT_PIN;
            check->verdict->root = root_of_key(check->own_root);
            check_period(check, ask->not_before, ask->not_after);
            check_period(check, check->own_root->not_before,
                         check->own_root->not_after);
            return true;
        }
        if (check->code) {
            return false;
        }
    }
    return !found && check_says(check, MRTD_REASON_NO_CHAIN, MRTD_NO_OFFSET,
                                "the certificate of %s, which is between the "
                                "%s and the root, is missing",
                                name, snp_key_name(a->report->vlek));
}

bool snp_chain_check(struct attempt *a)
{
    return a->check->own_root ? check_own(a) : check_built_in(a);
}
