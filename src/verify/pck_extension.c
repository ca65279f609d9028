/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SGX extension of PCK certificates: Intel SGX PCK Certificate and
 * Certificate Revocation List Profile Specification, 1.3.5;
 * intel/confidential-computing.tee.dcap.qvl d12717e, X509Constants.h. It is a
 * sequence of pairs, each an OID below that of the extension and a value.
 */
#include "verify/pck_extension.h"

#include <string.h>

#include "verify/der.h"

/* 1.2.840.113741.1.13.1 */
static const uint8_t extension_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf8,
                                        0x4d, 0x01, 0x0d, 0x01};

enum {
    /* The last number of the OIDs. */
    PPID = 1,
    TCB = 2,
    PCEID = 3,
    FMSPC = 4,
    SGX_TYPE = 5,
    PLATFORM_INSTANCE = 6, /* Platform CA only */
    CONFIGURATION = 7,     /* Platform CA only */
    LAST_FIELD = 7,
    /* Of the TCB. */
    LAST_COMPONENT = 16, /* 1 to 16 */
    PCESVN = 17,
    CPUSVN = 18,
    LAST_OF_TCB = 18,

    REQUIRED =
        1U << PPID | 1U << TCB | 1U << PCEID | 1U << FMSPC | 1U << SGX_TYPE,
    PLATFORM_CA_ONLY = 1U << PLATFORM_INSTANCE | 1U << CONFIGURATION,
    ALL_OF_TCB = (1U << (LAST_OF_TCB + 1)) - 2, /* bits 1 to 18 */
    CPUSVN_SIZE = 16,
    MAX_SGX_TYPE = 255,
    INSTANCE_SIZE = 16,
    /* Of the configuration: dynamic platform, cached keys, SMT. */
    LAST_FLAG = 3,
    ALL_FLAGS = (1U << (LAST_FLAG + 1)) - 2,
};

/* The pair at the start of *rest: the last number of its OID, which has the
 * parent's before it, and its value. */
static bool next_pair(struct span *rest, struct span parent, uint64_t last,
                      uint8_t *number, struct der *value)
{
    struct der pair;
    struct der oid;
    if (!der_take(rest, DER_SEQUENCE, &pair) ||
        !der_take(&pair.value, DER_OID, &oid) ||
        oid.value.size != parent.size + 1 ||
        span_differs(oid.value, parent, 0) != parent.size ||
        !span_u8(oid.value, parent.size, number) || *number == 0 ||
        *number > last) {
        return false;
    }
    return der_next(&pair.value, value) && pair.value.size == 0;
}

static bool copy_octets(const struct der *value, size_t size, uint8_t *out)
{
    return value->tag == DER_OCTET_STRING && value->value.size == size &&
           span_copy(value->value, 0, size, out);
}

static bool read_tcb_field(struct mrtd_tdx_signer *signer, uint8_t number,
                           const struct der *value)
{
    uint64_t svn = 0;
    if (number == CPUSVN) {
        uint8_t cpusvn[CPUSVN_SIZE];
        return copy_octets(value, sizeof cpusvn, cpusvn);
    }
    if (value->tag != DER_INTEGER ||
        !der_number(value->value, number == PCESVN ? UINT16_MAX : UINT8_MAX,
                    &svn)) {
        return false;
    }
    if (number == PCESVN) {
        signer->pcesvn = (uint16_t)svn;
    } else {
        signer->components[number - 1] = (uint8_t)svn;
    }
    return true;
}

static bool read_tcb(struct mrtd_tdx_signer *signer, const struct der *tcb)
{
    uint8_t oid[sizeof extension_oid + 1];
    struct span rest = tcb->value;
    uint32_t seen = 0;
    memcpy(oid, extension_oid, sizeof extension_oid);
    oid[sizeof extension_oid] = TCB;
    if (tcb->tag != DER_SEQUENCE) {
        return false;
    }
    while (rest.size > 0) {
        struct der value;
        uint8_t number = 0;
        if (!next_pair(&rest, span_make(oid, sizeof oid, 0), LAST_OF_TCB,
                       &number, &value) ||
            (seen & UINT32_C(1) << number) ||
            !read_tcb_field(signer, number, &value)) {
            return false;
        }
        seen |= UINT32_C(1) << number;
    }
    return seen == ALL_OF_TCB;
}

static bool is_truth(const struct der *value)
{
    uint8_t byte = 0;
    return value->tag == DER_BOOLEAN && value->value.size == 1 &&
           span_u8(value->value, 0, &byte) && (byte == 0 || byte == 0xff);
}

static bool is_configuration(const struct der *flags)
{
    uint8_t oid[sizeof extension_oid + 1];
    struct span rest = flags->value;
    uint32_t seen = 0;
    memcpy(oid, extension_oid, sizeof extension_oid);
    oid[sizeof extension_oid] = CONFIGURATION;
    if (flags->tag != DER_SEQUENCE) {
        return false;
    }
    while (rest.size > 0) {
        struct der value;
        uint8_t number = 0;
        if (!next_pair(&rest, span_make(oid, sizeof oid, 0), LAST_FLAG, &number,
                       &value) ||
            (seen & UINT32_C(1) << number) || !is_truth(&value)) {
            return false;
        }
        seen |= UINT32_C(1) << number;
    }
    return seen == ALL_FLAGS;
}

static bool read_field(struct mrtd_tdx_signer *signer, uint8_t number,
                       const struct der *value)
{
    uint64_t type = 0;
    uint8_t instance[INSTANCE_SIZE];
    switch (number) {
    case PPID:
        return copy_octets(value, sizeof signer->ppid, signer->ppid);
    case TCB:
        return read_tcb(signer, value);
    case PCEID:
        return copy_octets(value, sizeof signer->pceid, signer->pceid);
    case FMSPC:
        return copy_octets(value, sizeof signer->fmspc, signer->fmspc);
    case SGX_TYPE:
        return value->tag == DER_ENUMERATED &&
               der_number(value->value, MAX_SGX_TYPE, &type);
    case PLATFORM_INSTANCE:
        return copy_octets(value, sizeof instance, instance);
    default:
        return is_configuration(value);
    }
}

bool pck_extension_read(struct mrtd_tdx_signer *signer,
                        const struct certificate *certificate)
{
    struct mrtd_tdx_signer made = *signer;
    struct span value;
    struct der fields;
    uint32_t seen = 0;
    if (!certificate_extension(certificate, extension_oid, sizeof extension_oid,
                               &value) ||
        !der_only(value, DER_SEQUENCE, &fields)) {
        return false;
    }
    struct span rest = fields.value;
    while (rest.size > 0) {
        struct der field;
        uint8_t number = 0;
        if (!next_pair(&rest, span_make(extension_oid, sizeof extension_oid, 0),
                       LAST_FIELD, &number, &field) ||
            (seen & UINT32_C(1) << number) ||
            !read_field(&made, number, &field)) {
            return false;
        }
        seen |= UINT32_C(1) << number;
    }
    if (seen != REQUIRED && seen != (REQUIRED | PLATFORM_CA_ONLY)) {
        return false;
    }
    *signer = made;
    return true;
}
