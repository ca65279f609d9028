/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info version 3 and QE identity version 2: Intel SGX and TDX Provisioning
 * Certification Service, API version 4. [QVL] is Intel's own verifier,
 * intel/confidential-computing.tee.dcap.qvl d12717e. Members that are not read
 * have no say in the TCB's status.
 */
#include "model/collateral.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/collateral_reader.h"
#include "printable.h"
#include "reference/json.h"

enum {
    INFO_VERSION = 3,
    IDENTITY_VERSION = 2, /* and 3, which has the same members */
    SVNS = 16,
};

/* What several levels make together is the status of no level. */
static bool read_status(const struct reader *r, const struct place *up,
                        enum mrtd_tcb_status *status)
{
    const struct place p = reader_member(up, "tcbStatus");
    *status = mrtd_tcb_status_find(json_string_value(p.value));
    return (*status && *status != MRTD_TCB_TD_RELAUNCH_ADVISED &&
            *status != MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) ||
           reader_wrong(r, &p, "the status of a TCB level");
}

/* They may be absent. */
static bool check_advisories(const struct reader *r, const struct place *up)
{
    const struct place p = reader_member(up, "advisoryIDs");
    if (!p.value) {
        return true;
    }
    if (!json_is_array(p.value)) {
        return reader_wrong(r, &p, "a list of advisories");
    }
    for (size_t i = 0; i < json_array_size(p.value); i++) {
        const struct place one = reader_item(&p, i);
        if (!json_is_string(one.value)) {
            return reader_wrong(r, &one, "an advisory as \"INTEL-SA-00001\"");
        }
    }
    return true;
}

/* What levels of every kind have. */
static bool read_level_ends(const struct reader *r, const struct place *level,
                            int64_t *date, enum mrtd_tcb_status *status)
{
    return (json_is_object(level->value) ||
            reader_wrong(r, level, "an object")) &&
           reader_time(r, level, "tcbDate", date) &&
           read_status(r, level, status) && check_advisories(r, level);
}

/* --- Levels --------------------------------------------------------------- */

/* What [QVL] sorts them by; two that are the same are refused there, too. */
static int compare_levels(const void *a, const void *b)
{
    const struct mrtd_tcb_level *x = a;
    const struct mrtd_tcb_level *y = b;
    const int sgx = memcmp(x->sgx, y->sgx, SVNS);
    return sgx                      ? sgx
           : x->pcesvn != y->pcesvn ? (int)x->pcesvn - (int)y->pcesvn
                                    : memcmp(x->tdx, y->tdx, SVNS);
}

static int compare_module_levels(const void *a, const void *b)
{
    const struct mrtd_tcb_svn_level *x = a;
    const struct mrtd_tcb_svn_level *y = b;
    return (int)x->isvsvn - (int)y->isvsvn;
}

static int compare_enclave_levels(const void *a, const void *b)
{
    const struct mrtd_tcb_svn_level *x = a;
    const struct mrtd_tcb_svn_level *y = b;
    const int svn = compare_module_levels(a, b);
    return svn ? svn : (x->date > y->date) - (x->date < y->date);
}

static bool read_svns(const struct reader *r, const struct place *tcb,
                      const char *name, uint8_t svns[SVNS])
{
    const struct place p = reader_member(tcb, name);
    if (json_array_size(p.value) != SVNS) {
        return reader_wrong(r, &p, "a list of 16 objects with an svn each");
    }
    for (size_t i = 0; i < SVNS; i++) {
        const struct place one = reader_item(&p, i);
        uint64_t svn = 0;
        if (!reader_number(r, &one, "svn", UINT8_MAX, &svn)) {
            return false;
        }
        svns[i] = (uint8_t)svn;
    }
    return true;
}

static bool read_levels(const struct reader *r, const struct place *document,
                        struct collateral *c)
{
    const struct place p = reader_member(document, "tcbLevels");
    size_t count = 0;
    struct mrtd_tcb_level *levels = reader_list(r, &p, sizeof *levels, &count);
    c->levels = levels;
    c->info.levels = levels;
    c->info.level_count = count;
    for (size_t i = 0; levels && i < count; i++) {
        const struct place level = reader_item(&p, i);
        const struct place tcb = reader_member(&level, "tcb");
        uint64_t pcesvn = 0;
        if (!read_level_ends(r, &level, &levels[i].date, &levels[i].status) ||
            !reader_number(r, &tcb, "pcesvn", UINT16_MAX, &pcesvn) ||
            !read_svns(r, &tcb, "sgxtcbcomponents", levels[i].sgx) ||
            !read_svns(r, &tcb, "tdxtcbcomponents", levels[i].tdx)) {
            return false;
        }
        levels[i].pcesvn = (uint16_t)pcesvn;
    }
    return levels &&
           reader_once(r, &p, levels, count, sizeof *levels, compare_levels);
}

/* [QVL], IdentityTcbLevel.cpp and EvaluateTcb.cpp: a module or an enclave has
 * no other status. */
static bool is_small_status(enum mrtd_tcb_status status)
{
    return status == MRTD_TCB_UP_TO_DATE || status == MRTD_TCB_OUT_OF_DATE ||
           status == MRTD_TCB_REVOKED;
}

/* How many levels a module or the enclave has. */
static size_t count_levels(const struct place *up)
{
    return json_array_size(json_object_get(up->value, "tcbLevels"));
}

/* The levels, as many as were counted. */
static bool read_svn_levels(const struct reader *r, const struct place *up,
                            struct mrtd_tcb_svn_level *levels,
                            reader_compare_fn *compare)
{
    const struct place p = reader_member(up, "tcbLevels");
    const size_t count = json_array_size(p.value);
    for (size_t i = 0; i < count; i++) {
        const struct place level = reader_item(&p, i);
        const struct place tcb = reader_member(&level, "tcb");
        uint64_t svn = 0;
        if (!read_level_ends(r, &level, &levels[i].date, &levels[i].status) ||
            !reader_number(r, &tcb, "isvsvn", UINT16_MAX, &svn)) {
            return false;
        }
        if (!is_small_status(levels[i].status)) {
            const struct place status = reader_member(&level, "tcbStatus");
            return reader_wrong(r, &status, "UpToDate, OutOfDate or Revoked");
        }
        levels[i].isvsvn = (uint16_t)svn;
    }
    return (count > 0 || reader_wrong(r, &p, "a list that is not empty")) &&
           reader_once(r, &p, levels, count, sizeof *levels, compare);
}

/* --- TCB info ------------------------------------------------------------- */

static bool read_module_fields(const struct reader *r, const struct place *p,
                               struct mrtd_tcb_module *module)
{
    return (json_is_object(p->value) || reader_wrong(r, p, "an object")) &&
           reader_hex(r, p, "mrsigner", module->mrsigner,
                      sizeof module->mrsigner) &&
           reader_hex(r, p, "attributes", module->attributes,
                      sizeof module->attributes) &&
           reader_hex(r, p, "attributesMask", module->attributes_mask,
                      sizeof module->attributes_mask);
}

/* "TDX_01", whose digits are hexadecimal and whose letters may be of either
 * case; another is of no module that is known. */
static bool read_module_id(const struct reader *r, const struct place *up,
                           bool seen[UINT8_MAX + 1], uint8_t *version)
{
    static const char start[] = "tdx_";
    const struct place p = reader_member(up, "id");
    const char *text = json_string_value(p.value);
    bool is = json_string_length(p.value) == sizeof start + 1;
    if (!text) {
        return reader_wrong(r, &p, "a string as \"TDX_01\"");
    }
    for (size_t i = 0; is && start[i]; i++) {
        is = text[i] == start[i] ||
             (start[i] != '_' && text[i] == start[i] - ('a' - 'A'));
    }
    *version = 0;
    if (!is || !mrtd_hex_decode(version, 1, text + 4, 2)) {
        return true;
    }
    if (seen[*version]) {
        return reader_wrong(r, &p, "an id that is not there twice");
    }
    seen[*version] = true;
    return true;
}

static bool read_module(const struct reader *r, const struct place *p,
                        struct mrtd_tcb_module *module,
                        bool seen[UINT8_MAX + 1],
                        struct mrtd_tcb_svn_level *levels)
{
    module->levels = levels;
    module->level_count = count_levels(p);
    return read_module_fields(r, p, module) &&
           read_module_id(r, p, seen, &module->version) &&
           read_svn_levels(r, p, levels, compare_module_levels);
}

/* They may be absent: modules of TDX 1.0 have none. The levels of all are one
 * array. */
static bool read_modules(const struct reader *r, const struct place *document,
                         struct collateral *c)
{
    const struct place p = reader_member(document, "tdxModuleIdentities");
    bool seen[UINT8_MAX + 1] = {false};
    size_t count = 0;
    size_t levels = 0;
    if (!p.value) {
        return true;
    }
    c->modules = reader_list(r, &p, sizeof *c->modules, &count);
    if (!c->modules) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct place one = reader_item(&p, i);
        levels += count_levels(&one);
    }
    c->module_levels = calloc(levels + 1, sizeof *c->module_levels);
    if (!c->module_levels) {
        failure_memory(r->failure, r->file);
        return false;
    }
    levels = 0;
    for (size_t i = 0; i < count; i++) {
        const struct place one = reader_item(&p, i);
        if (!read_module(r, &one, &c->modules[i], seen,
                         c->module_levels + levels)) {
            return false;
        }
        levels += c->modules[i].level_count;
    }
    c->info.modules = c->modules;
    c->info.module_count = count;
    return true;
}

/* tcbType 0 is how the SVNs of levels are compared here; another is unknown. */
static bool read_type(const struct reader *r, const struct place *document)
{
    const struct place p = reader_member(document, "tcbType");
    return (json_is_integer(p.value) && json_integer_value(p.value) == 0) ||
           reader_wrong(r, &p, "0, the only type that is known");
}

static bool read_info(const struct reader *r, const struct place *document,
                      struct collateral *c)
{
    const struct place module = reader_member(document, "tdxModule");
    struct mrtd_tcb_info *info = &c->info;
    return reader_hex(r, document, "fmspc", info->fmspc, sizeof info->fmspc) &&
           reader_hex(r, document, "pceId", info->pceid, sizeof info->pceid) &&
           read_type(r, document) &&
           reader_number(r, document, "tcbEvaluationDataNumber", UINT32_MAX,
                         &c->tcb_info.evaluation) &&
           read_module_fields(r, &module, &info->module) &&
           read_modules(r, document, c) && read_levels(r, document, c);
}

/* --- QE identity ---------------------------------------------------------- */

static bool read_identity(const struct reader *r, const struct place *document,
                          struct collateral *c)
{
    struct mrtd_tcb_enclave *e = &c->enclave;
    const struct place levels = reader_member(document, "tcbLevels");
    uint64_t product = 0;
    c->enclave_levels =
        reader_list(r, &levels, sizeof *c->enclave_levels, &e->level_count);
    if (!c->enclave_levels ||
        !reader_number(r, document, "tcbEvaluationDataNumber", UINT32_MAX,
                       &c->qe_identity.evaluation) ||
        !reader_hex(r, document, "mrsigner", e->mrsigner, sizeof e->mrsigner) ||
        !reader_hex(r, document, "attributes", e->attributes,
                    sizeof e->attributes) ||
        !reader_hex(r, document, "attributesMask", e->attributes_mask,
                    sizeof e->attributes_mask) ||
        !reader_hex(r, document, "miscselect", e->miscselect,
                    sizeof e->miscselect) ||
        !reader_hex(r, document, "miscselectMask", e->miscselect_mask,
                    sizeof e->miscselect_mask) ||
        !reader_number(r, document, "isvprodid", UINT16_MAX, &product) ||
        !read_svn_levels(r, document, c->enclave_levels,
                         compare_enclave_levels)) {
        return false;
    }
    e->levels = c->enclave_levels;
    e->isvprodid = (uint16_t)product;
    return true;
}

/* --- Documents ------------------------------------------------------------ */

/* Is it of TDX, in a version that is known? Otherwise says why it is not. */
static bool check_kind(struct collateral_document *d, const char *what,
                       const char *id, uint64_t first, uint64_t last)
{
    const char *own = json_string_value(json_object_get(d->json, "id"));
    const json_int_t version =
        json_integer_value(json_object_get(d->json, "version"));
    if (strcmp(own, id) != 0) {
        snprintf(d->mismatch, sizeof d->mismatch,
                 "the id of the %s is \"%.40s\", not \"%s\"", what,
                 printable(own), id);
        return false;
    }
    if ((uint64_t)version < first || (uint64_t)version > last) {
        snprintf(d->mismatch, sizeof d->mismatch,
                 "the %s is of version %" JSON_INTEGER_FORMAT
                 ", which is not known here",
                 what, version);
        return false;
    }
    return true;
}

/* The JSON text, what it is, and when it is valid. */
static bool read_start(const struct reader *r, const char *name,
                       struct collateral_document *d,
                       struct mrtd_collateral_document *given)
{
    char why[JSON_WHY_SIZE];
    uint64_t version = 0;
    d->json = json_read_object(given->data, given->size, why);
    const struct place document = {NULL, name, 0, d->json};
    if (!d->json) {
        failure_refused(r->failure, r->file,
                        mrtd_code_name(MRTD_ERR_COLLATERAL_FORMAT),
                        "%s: %s; use it as Intel's service gave it", name, why);
        return false;
    }
    const struct place id = reader_member(&document, "id");
    return (json_is_string(id.value) || reader_wrong(r, &id, "a string")) &&
           reader_number(r, &document, "version", UINT32_MAX, &version) &&
           reader_time(r, &document, "issueDate", &given->issued) &&
           reader_time(r, &document, "nextUpdate", &given->next_update);
}

enum exit_status collateral_read_info(struct collateral *c, const char *file,
                                      struct failure *failure)
{
    const struct reader r = {file, failure};
    struct collateral_document *d = &c->tcb_info;
    if (!read_start(&r, "tcbInfo", d, &c->given.tcb_info)) {
        return failure->status;
    }
    const struct place document = {NULL, "tcbInfo", 0, d->json};
    return !check_kind(d, "TCB info", "TDX", INFO_VERSION, INFO_VERSION) ||
                   read_info(&r, &document, c)
               ? EXIT_DONE
               : failure->status;
}

enum exit_status collateral_read_identity(struct collateral *c,
                                          const char *file,
                                          struct failure *failure)
{
    const struct reader r = {file, failure};
    struct collateral_document *d = &c->qe_identity;
    if (!read_start(&r, "enclaveIdentity", d, &c->given.qe_identity)) {
        return failure->status;
    }
    const struct place document = {NULL, "enclaveIdentity", 0, d->json};
    return !check_kind(d, "QE identity", "TD_QE", IDENTITY_VERSION,
                       IDENTITY_VERSION + 1) ||
                   read_identity(&r, &document, c)
               ? EXIT_DONE
               : failure->status;
}

void collateral_free_json(struct collateral *c)
{
    free(c->modules);
    free(c->module_levels);
    free(c->levels);
    free(c->enclave_levels);
    json_decref(c->tcb_info.json);
    json_decref(c->qe_identity.json);
}
