/* SPDX-License-Identifier: Apache-2.0 */
/* Why the MRTD of a TD differs from that of a firmware: docs/mismatch.md. */
#include "model/traps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/snp_traps.h"
#include "model/trap_values.h"
#include "printable.h"

#define SIZE MRTD_DIGEST_SIZE

const char trap_not_causes[] =
    "the number of vCPUs, the size of memory, the kernel (but of a measured "
    "Payload), its command line, "
    "the TDX module's version, TD attributes, and the content of VARS (Secure "
    "Boot keys) are not in an MRTD and are not the reason";

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, SIZE) == 0;
}

/* The value is right, but not at the time of the options. */
static bool out_of_time(const struct answer *c, char text[TRAP_TEXT])
{
    const struct launch *v = NULL;
    const struct claim *claim = answer_out_of_time(c, &v);
    char when[CLAIMS_TIME_SIZE];
    if (!claim) {
        return false;
    }
    const bool ended = c->time > claim->not_after;
    claims_time_text(when, ended ? claim->not_after : claim->not_before);
    snprintf(text, TRAP_TEXT,
             "the input has an MRTD of this image (launched by %s), but %s %s; "
             "--time asks for another time",
             v->vmm->name, ended ? "was valid until" : "is not valid before",
             when);
    return true;
}

/* --- The right value in the wrong place -------------------------------- */

/* The words whose bytes are reversed by who takes them for numbers. */
static const unsigned words[] = {SIZE, 8, 4, 2};

static bool is_word_reversed(const uint8_t *a, const uint8_t *b, unsigned word)
{
    for (unsigned i = 0; i < SIZE; i++) {
        if (a[i] != b[i / word * word + (word - 1 - i % word)]) {
            return false;
        }
    }
    return true;
}

static bool is_reversed(const struct launch *v, const struct claim *claim,
                        char text[TRAP_TEXT])
{
    char name[100];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_word_reversed(v->value.digest.bytes, claim->value.digest.bytes,
                              words[i])) {
            continue;
        }
        launch_name(v, name, sizeof name);
        if (words[i] == SIZE) {
            snprintf(text, TRAP_TEXT,
                     "the value is the MRTD of the VMM %s with its 48 bytes "
                     "in reverse order",
                     name);
        } else {
            snprintf(text, TRAP_TEXT,
                     "the value is the MRTD of the VMM %s with the bytes of "
                     "each %u-byte number in reverse order",
                     name, words[i]);
        }
        return true;
    }
    return false;
}

/* So many bytes that are the same are not by chance, at any place. */
#define SHIFT_MATCHING 8

/* Who reads a quote of version 5 as one of version 4 is 6 bytes early. */
static bool is_shifted(const struct launch *v, const struct claim *claim,
                       char text[TRAP_TEXT])
{
    const uint8_t *wanted = claim->value.digest.bytes;
    const uint8_t *made = v->value.digest.bytes;
    for (unsigned n = 1; n <= SIZE - SHIFT_MATCHING; n++) {
        const bool early = memcmp(wanted + n, made, SIZE - n) == 0;
        if (early || memcmp(wanted, made + n, SIZE - n) == 0) {
            char name[100];
            snprintf(text, TRAP_TEXT,
                     "these are the bytes of the MRTD of the VMM %s, read %u "
                     "byte%s %s: MRTD is at byte 184 of a quote of version 4, "
                     "190 of version 5, 528 of a TDREPORT, and 16 of a TDINFO",
                     launch_name(v, name, sizeof name), n, n == 1 ? "" : "s",
                     early ? "early" : "late");
            return true;
        }
    }
    return false;
}

typedef bool launch_fn(const struct launch *v, const struct claim *claim,
                       char text[TRAP_TEXT]);

/* Calls for each claim and each MRTD that was computed. */
static bool any_launch(const struct answer *c, launch_fn *test,
                       char text[TRAP_TEXT])
{
    for (size_t i = 0; i < c->against->claims.count; i++) {
        for (size_t k = 0; k < c->launches.count; k++) {
            const struct launch *v = &c->launches.items[k];
            if (!v->error.code && !v->is_repeated &&
                test(v, &c->against->claims.items[i], text)) {
                return true;
            }
        }
    }
    return false;
}

static bool reversed_bytes(const struct answer *c, char text[TRAP_TEXT])
{
    return any_launch(c, is_reversed, text);
}

static bool shifted_value(const struct answer *c, char text[TRAP_TEXT])
{
    return any_launch(c, is_shifted, text);
}

static bool is_of_td(const struct claim *claim)
{
    return claim->has_evidence &&
           mrtd_evidence_platform(claim->evidence.kind) == MRTD_PLATFORM_TDX;
}

/* The register of the evidence that holds the value, or NULL. */
static const char *find_register(const struct mrtd_tdinfo *t,
                                 const uint8_t value[SIZE])
{
    const struct {
        const char *name;
        const uint8_t *value;
    } registers[] = {
        {"MRCONFIGID", t->mrconfigid},
        {"MROWNER", t->mrowner},
        {"MROWNERCONFIG", t->mrownerconfig},
        {"RTMR0", t->rtmr[0]},
        {"RTMR1", t->rtmr[1]},
        {"RTMR2", t->rtmr[2]},
        {"RTMR3", t->rtmr[3]},
        {"SERVTD_HASH", t->servtd_hash},
    };
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (same(registers[i].value, value)) {
            return registers[i].name;
        }
    }
    return NULL;
}

static bool is_elsewhere(const struct answer *c, const struct claim *claim,
                         char text[TRAP_TEXT])
{
    for (size_t i = 0; i < c->launches.count; i++) {
        const struct launch *v = &c->launches.items[i];
        if (v->error.code) {
            continue;
        }
        const char *where =
            is_of_td(claim)
                ? find_register(&claim->evidence.tdinfo, v->value.digest.bytes)
                : NULL;
        const uint8_t *at = c->against->bytes
                                ? memmem(c->against->bytes, c->against->size,
                                         v->value.digest.bytes, SIZE)
                                : NULL;
        if (where) {
            snprintf(text, TRAP_TEXT,
                     "the MRTD of this firmware is in the register %s of the "
                     "evidence, not in MRTD",
                     where);
            return true;
        }
        if (at) {
            snprintf(text, TRAP_TEXT,
                     "the MRTD of this firmware is at offset %zu of the input, "
                     "which is not where MRTD is in a %s; is it of "
                     "another kind?",
                     (size_t)(at - c->against->bytes), c->against->claims.kind);
            return true;
        }
    }
    return false;
}

static bool elsewhere(const struct answer *c, char text[TRAP_TEXT])
{
    return trap_any_claim(c, is_elsewhere, text);
}

/* --- Another firmware, or more than the firmware ----------------------- */

/* The first note that says that mainline QEMU refuses the image. */
struct refusal {
    const struct mrtd_finding *finding;
};

static void find_refusal(void *context, const struct mrtd_finding *f)
{
    struct refusal *r = context;
    switch (f->code) {
    case MRTD_NOTE_QEMU_TYPE:
    case MRTD_NOTE_QEMU_SIZE:
    case MRTD_NOTE_QEMU_COUNT:
    case MRTD_NOTE_QEMU_RAW:
    case MRTD_NOTE_QEMU_NO_HOB:
    case MRTD_NOTE_QEMU_LOCATOR:
        r->finding = r->finding ? r->finding : f;
        break;
    default:
        break;
    }
}

static bool split_image(const struct answer *c, char text[TRAP_TEXT])
{
    const uint64_t missing = mrtd_image_info(c->e.image)->missing_vars;
    if (missing == 0) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "this is the CODE part of a split image: its metadata is that of "
             "the joined image, %" PRIu64 " bytes of VARS go in front. QEMU "
             "boots TDs from the joined file only (-bios), which may be of "
             "another build",
             missing);
    return true;
}

/* The input's own words, where it gives digests of the file. */
static bool another_file(const struct answer *c, char text[TRAP_TEXT])
{
    if (!answer_knows_file(c) || answer_is_that_file(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the file is not the one that %s describes: its SHA-256 is %s, "
             "its SHA-384 %s",
             printable(c->against->name), c->sha256, c->sha384);
    return true;
}

static bool same_file(const struct answer *c, char text[TRAP_TEXT])
{
    if (!answer_knows_file(c) || !answer_is_that_file(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "%s describes this very file, by its digest, and gives it another "
             "MRTD: a mistake, or the MRTD of a launch that is not known here",
             printable(c->against->name));
    return true;
}

/* ATTRIBUTES.SEPT_VE_DISABLE, without which Linux has guests only where a
 * paravisor is under it. */
#define SEPT_VE_DISABLE (UINT64_C(1) << 28)

static bool azure_paravisor(const struct answer *c, char text[TRAP_TEXT])
{
    for (size_t i = 0; i < c->against->claims.count; i++) {
        const struct claim *claim = &c->against->claims.items[i];
        if (is_of_td(claim) &&
            !(claim->evidence.tdinfo.attributes & SEPT_VE_DISABLE)) {
            snprintf(text, TRAP_TEXT,
                     "the TD was launched without SEPT_VE_DISABLE (ATTRIBUTES "
                     "bit 28), as Azure's confidential VMs are: their MRTD is "
                     "that of Microsoft's paravisor, whose image is not "
                     "published (openvmm issue 2247), not of the guest's "
                     "firmware");
            return true;
        }
    }
    return false;
}

static bool another_build(const struct answer *c, char text[TRAP_TEXT])
{
    if (answer_knows_file(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the TD was launched from another file or build. Checked was the "
             "file with SHA-256 %s: compare it with the file that the VMM "
             "opened, in its own package or container (Kata, KubeVirt). Each "
             "update of a package changes the MRTD, and OVMF.fd, "
             "OVMF.inteltdx.fd, .ms and .secboot of one package differ",
             c->sha256);
    return true;
}

static bool refused_by_qemu(const struct answer *c, char text[TRAP_TEXT])
{
    struct refusal r = {NULL};
    evaluation_findings(&c->e, find_refusal, &r);
    if (!r.finding) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "mainline QEMU does not boot this file, so a TD under QEMU ran "
             "another one: %s [%s]",
             r.finding->message, mrtd_code_name(r.finding->code));
    return true;
}

static const struct mrtd_section *find_section(const struct answer *c,
                                               uint32_t type, uint32_t *index)
{
    const struct mrtd_section *s;
    for (uint32_t i = 0; (s = mrtd_image_section(c->e.image, i)); i++) {
        if (s->type == type) {
            *index = i;
            return s;
        }
    }
    return NULL;
}

static bool payload_content(const struct answer *c, char text[TRAP_TEXT])
{
    uint32_t index = 0;
    const struct mrtd_section *s =
        find_section(c, MRTD_SECTION_PAYLOAD, &index);
    if (!s || !(s->attributes & MRTD_ATTR_MR_EXTEND)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "section %" PRIu32 " (Payload) is measured, and Cloud Hypervisor "
             "fills it from its --kernel file: %s",
             index,
             c->e.options->payload ? "was it another than that of --payload?"
             : c->e.options->guest.kernel
                 ? "was it another than that of --kernel?"
                 : "give that with --payload");
    return true;
}

static bool locators_differ(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_finding *f;
    for (uint32_t i = 0; (f = mrtd_image_finding(c->e.image, i)); i++) {
        if (f->code == MRTD_WARN_LOCATORS_DIFFER) {
            snprintf(text, TRAP_TEXT,
                     "the file holds two metadata tables, and VMMs read the "
                     "one that the GUIDed table names: %s",
                     f->message);
            return true;
        }
    }
    return false;
}

static bool gce_td_hob(const struct answer *c, char text[TRAP_TEXT])
{
    uint32_t index = 0;
    if (!find_section(c, MRTD_SECTION_TD_HOB, &index)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "Google Compute Engine's launches before its TD HOB fix measured "
             "every section and the TD HOB (section %" PRIu32 ") with the "
             "machine's memory map in it: one MRTD for each machine shape, "
             "which no calculator can tell from the file (edk2 issue 9545)",
             index);
    return true;
}

/* SEV-SNP was not tried: of nothing that the input says it is known that it is
 * of that platform. */
static bool igvm_not_snp(const struct answer *c, char text[TRAP_TEXT])
{
    if (!mrtd_image_igvm(c->e.image) || c->snp.is_tried ||
        !answer_asks_snp(c->against, c->only) || c->refused.status) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the IGVM file is not made for SEV-SNP (no platform of it is "
             "SEV_SNP): if the value is a launch digest of SEV-SNP, the guest "
             "was launched from another file");
    return true;
}

/* Of the guest, and not of its firmware. */
static bool initdata(const struct answer *c, char text[TRAP_TEXT])
{
    const struct initdata_answer *a = c->initdata;
    char made[MRTD_HEX_SIZE];
    char reported[MRTD_HEX_SIZE];
    if (!a || a->same) {
        return false;
    }
    mrtd_hex_encode(made, a->made, a->size);
    mrtd_hex_encode(reported, a->reported, a->size);
    snprintf(text, TRAP_TEXT,
             "the guest was launched with other initdata, or none: %s is %s, "
             "and by the initdata that was given it would be %s",
             a->field, reported, made);
    return true;
}

static const struct trap traps[] = {
    {"validity", out_of_time, MRTD_PLATFORM_TDX},
    {"file-digest", trap_file_digest, 0},
    {"constant-value", trap_constant_value, 0},
    {"known-value", trap_known_value, MRTD_PLATFORM_TDX},
    {"reversed-bytes", reversed_bytes, MRTD_PLATFORM_TDX},
    {"shifted-value", shifted_value, MRTD_PLATFORM_TDX},
    {"elsewhere", elsewhere, MRTD_PLATFORM_TDX},
    {"payload-content", payload_content, MRTD_PLATFORM_TDX},
    {"another-file", another_file, MRTD_PLATFORM_TDX},
    {"same-file", same_file, MRTD_PLATFORM_TDX},
    {"azure-paravisor", azure_paravisor, MRTD_PLATFORM_TDX},
    {"another-build", another_build, MRTD_PLATFORM_TDX},
    {"split-image", split_image, MRTD_PLATFORM_TDX},
    {"refused-by-qemu", refused_by_qemu, MRTD_PLATFORM_TDX},
    {"locators-differ", locators_differ, MRTD_PLATFORM_TDX},
    {"gce-td-hob", gce_td_hob, MRTD_PLATFORM_TDX},
    {"igvm-not-snp", igvm_not_snp, MRTD_PLATFORM_TDX},
    {"initdata", initdata, 0},
};

#define TRAP_COUNT (sizeof traps / sizeof *traps)

const struct trap *trap_at(size_t index)
{
    return index < TRAP_COUNT ? &traps[index] : snp_trap_at(index - TRAP_COUNT);
}

bool trap_applies(const struct trap *trap, const struct answer *answer,
                  char text[TRAP_TEXT])
{
    /* Whose digest it is is known: nothing else is a reason. */
    if (answer->snp.is_outside && trap != snp_trap_at(0) &&
        trap != snp_trap_at(1) && trap->applies != initdata) {
        return false;
    }
    return (trap->platform != MRTD_PLATFORM_TDX || answer->has_tdx) &&
           (trap->platform != MRTD_PLATFORM_SNP || answer->snp.is_tried) &&
           trap->applies(answer, text);
}

bool trap_is_reason(const struct trap *trap, const struct answer *answer,
                    char text[TRAP_TEXT])
{
    return (!answer->is_launched || trap->applies == initdata) &&
           trap_applies(trap, answer, text);
}
