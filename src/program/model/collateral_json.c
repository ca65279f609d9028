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

#include "printable.h"
#include "reference/claims.h"
#include "reference/json.h"

enum {
    INFO_VERSION = 3,
    IDENTITY_VERSION = 2, /* and 3, which has the same members */
    SVNS = 16,
    MOST_UP = 8, /* no value that is read lies deeper */
    VALUE_SIZE = 60,
    PATH_SIZE = 200,
};

/* What is read, and where: of each value the way there from the document. */
struct place {
    const struct place *up; /* NULL: the document itself */
    const char *name;       /* NULL: an item */
    size_t index;
    const json_t *value;
};

struct reader {
    const char *file;
    struct failure *failure;
};

/* --- What is wrong -------------------------------------------------------- */

/* "tcbLevels[3].tcb.pcesvn" */
static void write_path(char path[PATH_SIZE], const struct place *place)
{
    const struct place *way[MOST_UP];
    size_t count = 0;
    size_t used = 0;
    for (; place && count < MOST_UP; place = place->up) {
        way[count++] = place;
    }
    path[0] = '\0';
    while (count > 0 && used < PATH_SIZE) {
        const struct place *p = way[--count];
        used += (size_t)(p->name ? snprintf(path + used, PATH_SIZE - used,
                                            "%s%s", used ? "." : "", p->name)
                                 : snprintf(path + used, PATH_SIZE - used,
                                            "[%zu]", p->index));
    }
}

/* A value for messages: a long one is cut. */
static void write_value(char text[VALUE_SIZE], const json_t *value)
{
    if (json_is_object(value) || json_is_array(value)) {
        snprintf(text, VALUE_SIZE, "a%s",
                 json_is_object(value) ? "n object" : " list");
        return;
    }
    char *all = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    snprintf(text, VALUE_SIZE, "%s", all ? printable(all) : "a value");
    free(all);
}

static bool wrong(const struct reader *r, const struct place *place,
                  const char *wanted)
{
    const char *code = mrtd_code_name(MRTD_ERR_COLLATERAL);
    char path[PATH_SIZE];
    char value[VALUE_SIZE];
    write_path(path, place);
    if (!place->value) {
        failure_refused(r->failure, r->file, code,
                        "%s is missing, which is %s; use it as Intel's "
                        "service gave it",
                        path, wanted);
        return false;
    }
    write_value(value, place->value);
    failure_refused(r->failure, r->file, code,
                    "%s is %s, not %s; use it as Intel's service gave it", path,
                    value, wanted);
    return false;
}

static struct place member(const struct place *up, const char *name)
{
    return (struct place){up, name, 0, json_object_get(up->value, name)};
}

static struct place item(const struct place *up, size_t index)
{
    return (struct place){up, NULL, index, json_array_get(up->value, index)};
}

/* --- Values --------------------------------------------------------------- */

static bool read_number(const struct reader *r, const struct place *up,
                        const char *name, uint64_t most, uint64_t *number)
{
    const struct place p = member(up, name);
    const json_int_t value = json_integer_value(p.value);
    char wanted[60];
    if (json_is_integer(p.value) && value >= 0 && (uint64_t)value <= most) {
        *number = (uint64_t)value;
        return true;
    }
    snprintf(wanted, sizeof wanted, "a number from 0 to %" PRIu64, most);
    return wrong(r, &p, wanted);
}

static bool read_hex(const struct reader *r, const struct place *up,
                     const char *name, uint8_t *bytes, size_t size)
{
    const struct place p = member(up, name);
    char wanted[60];
    if (json_is_string(p.value) &&
        mrtd_hex_decode(bytes, size, json_string_value(p.value),
                        json_string_length(p.value))) {
        return true;
    }
    snprintf(wanted, sizeof wanted, "a string of %zu hexadecimal digits",
             2 * size);
    return wrong(r, &p, wanted);
}

static bool read_time(const struct reader *r, const struct place *up,
                      const char *name, int64_t *time)
{
    const struct place p = member(up, name);
    const char *text = json_string_value(p.value);
    const size_t len = json_string_length(p.value);
    return (text && len > 0 && text[len - 1] == 'Z' &&
            claims_time(text, len, time)) ||
           wrong(r, &p, "a time as 2026-01-31T12:00:00Z");
}

/* One of a level: what several make is none. */
static bool read_status(const struct reader *r, const struct place *up,
                        enum mrtd_tcb_status *status)
{
    const struct place p = member(up, "tcbStatus");
    *status = mrtd_tcb_status_find(json_string_value(p.value));
    return (*status && *status != MRTD_TCB_TD_RELAUNCH_ADVISED &&
            *status != MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) ||
           wrong(r, &p, "the status of a TCB level");
}

/* They may be absent. */
static bool check_advisories(const struct reader *r, const struct place *up)
{
    const struct place p = member(up, "advisoryIDs");
    if (!p.value) {
        return true;
    }
    if (!json_is_array(p.value)) {
        return wrong(r, &p, "a list of advisories");
    }
    for (size_t i = 0; i < json_array_size(p.value); i++) {
        const struct place one = item(&p, i);
        if (!json_is_string(one.value)) {
            return wrong(r, &one, "an advisory as \"INTEL-SA-00001\"");
        }
    }
    return true;
}

/* What levels of every kind have. */
static bool read_level_ends(const struct reader *r, const struct place *level,
                            int64_t *date, enum mrtd_tcb_status *status)
{
    return (json_is_object(level->value) || wrong(r, level, "an object")) &&
           read_time(r, level, "tcbDate", date) &&
           read_status(r, level, status) && check_advisories(r, level);
}

/* A list that is not empty; NULL, and something is said: it is not one, or
 * memory is short. */
static void *read_list(const struct reader *r, const struct place *p,
                       size_t item_size, size_t *count)
{
    *count = json_array_size(p->value);
    if (*count == 0) {
        wrong(r, p, "a list that is not empty");
        return NULL;
    }
    void *items = calloc(*count, item_size);
    if (!items) {
        failure_memory(r->failure, r->file);
    }
    return items;
}

/* --- Levels --------------------------------------------------------------- */

typedef int compare_fn(const void *a, const void *b);

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

/* No two of the list are the same. */
static bool check_once(const struct reader *r, const struct place *p,
                       const void *items, size_t count, size_t size,
                       compare_fn *compare)
{
    char *sorted = malloc(count * size);
    size_t i = 1;
    if (!sorted) {
        failure_memory(r->failure, r->file);
        return false;
    }
    memcpy(sorted, items, count * size);
    qsort(sorted, count, size, compare);
    while (i < count &&
           compare(sorted + (i - 1) * size, sorted + i * size) != 0) {
        i++;
    }
    free(sorted);
    return i >= count || wrong(r, p, "a list without two of the same level");
}

static bool read_svns(const struct reader *r, const struct place *tcb,
                      const char *name, uint8_t svns[SVNS])
{
    const struct place p = member(tcb, name);
    if (json_array_size(p.value) != SVNS) {
        return wrong(r, &p, "a list of 16 objects with an svn each");
    }
    for (size_t i = 0; i < SVNS; i++) {
        const struct place one = item(&p, i);
        uint64_t svn = 0;
        if (!read_number(r, &one, "svn", UINT8_MAX, &svn)) {
            return false;
        }
        svns[i] = (uint8_t)svn;
    }
    return true;
}

static bool read_levels(const struct reader *r, const struct place *document,
                        struct collateral *c)
{
    const struct place p = member(document, "tcbLevels");
    size_t count = 0;
    struct mrtd_tcb_level *levels = read_list(r, &p, sizeof *levels, &count);
    c->levels = levels;
    c->info.levels = levels;
    c->info.level_count = count;
    for (size_t i = 0; levels && i < count; i++) {
        const struct place level = item(&p, i);
        const struct place tcb = member(&level, "tcb");
        uint64_t pcesvn = 0;
        if (!read_level_ends(r, &level, &levels[i].date, &levels[i].status) ||
            !read_number(r, &tcb, "pcesvn", UINT16_MAX, &pcesvn) ||
            !read_svns(r, &tcb, "sgxtcbcomponents", levels[i].sgx) ||
            !read_svns(r, &tcb, "tdxtcbcomponents", levels[i].tdx)) {
            return false;
        }
        levels[i].pcesvn = (uint16_t)pcesvn;
    }
    return levels &&
           check_once(r, &p, levels, count, sizeof *levels, compare_levels);
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
                            compare_fn *compare)
{
    const struct place p = member(up, "tcbLevels");
    const size_t count = json_array_size(p.value);
    for (size_t i = 0; i < count; i++) {
        const struct place level = item(&p, i);
        const struct place tcb = member(&level, "tcb");
        uint64_t svn = 0;
        if (!read_level_ends(r, &level, &levels[i].date, &levels[i].status) ||
            !read_number(r, &tcb, "isvsvn", UINT16_MAX, &svn)) {
            return false;
        }
        if (!is_small_status(levels[i].status)) {
            const struct place status = member(&level, "tcbStatus");
            return wrong(r, &status, "UpToDate, OutOfDate or Revoked");
        }
        levels[i].isvsvn = (uint16_t)svn;
    }
    return (count > 0 || wrong(r, &p, "a list that is not empty")) &&
           check_once(r, &p, levels, count, sizeof *levels, compare);
}

/* --- TCB info ------------------------------------------------------------- */

static bool read_module_fields(const struct reader *r, const struct place *p,
                               struct mrtd_tcb_module *module)
{
    return (json_is_object(p->value) || wrong(r, p, "an object")) &&
           read_hex(r, p, "mrsigner", module->mrsigner,
                    sizeof module->mrsigner) &&
           read_hex(r, p, "attributes", module->attributes,
                    sizeof module->attributes) &&
           read_hex(r, p, "attributesMask", module->attributes_mask,
                    sizeof module->attributes_mask);
}

/* "TDX_01", whose digits are hexadecimal and whose letters may be of either
 * case; another is of no module that is known. */
static bool read_module_id(const struct reader *r, const struct place *up,
                           bool seen[UINT8_MAX + 1], uint8_t *version)
{
    static const char start[] = "tdx_";
    const struct place p = member(up, "id");
    const char *text = json_string_value(p.value);
    bool is = json_string_length(p.value) == sizeof start + 1;
    if (!text) {
        return wrong(r, &p, "a string as \"TDX_01\"");
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
        return wrong(r, &p, "an id that is not there twice");
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
    const struct place p = member(document, "tdxModuleIdentities");
    bool seen[UINT8_MAX + 1] = {false};
    size_t count = 0;
    size_t levels = 0;
    if (!p.value) {
        return true;
    }
    c->modules = read_list(r, &p, sizeof *c->modules, &count);
    if (!c->modules) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct place one = item(&p, i);
        levels += count_levels(&one);
    }
    c->module_levels = calloc(levels + 1, sizeof *c->module_levels);
    if (!c->module_levels) {
        failure_memory(r->failure, r->file);
        return false;
    }
    levels = 0;
    for (size_t i = 0; i < count; i++) {
        const struct place one = item(&p, i);
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
    const struct place p = member(document, "tcbType");
    return (json_is_integer(p.value) && json_integer_value(p.value) == 0) ||
           wrong(r, &p, "0, the only type that is known");
}

static bool read_info(const struct reader *r, const struct place *document,
                      struct collateral *c)
{
    const struct place module = member(document, "tdxModule");
    struct mrtd_tcb_info *info = &c->info;
    return read_hex(r, document, "fmspc", info->fmspc, sizeof info->fmspc) &&
           read_hex(r, document, "pceId", info->pceid, sizeof info->pceid) &&
           read_type(r, document) &&
           read_number(r, document, "tcbEvaluationDataNumber", UINT32_MAX,
                       &c->tcb_info.evaluation) &&
           read_module_fields(r, &module, &info->module) &&
           read_modules(r, document, c) && read_levels(r, document, c);
}

/* --- QE identity ---------------------------------------------------------- */

static bool read_identity(const struct reader *r, const struct place *document,
                          struct collateral *c)
{
    struct mrtd_tcb_enclave *e = &c->enclave;
    const struct place levels = member(document, "tcbLevels");
    uint64_t product = 0;
    c->enclave_levels =
        read_list(r, &levels, sizeof *c->enclave_levels, &e->level_count);
    if (!c->enclave_levels ||
        !read_number(r, document, "tcbEvaluationDataNumber", UINT32_MAX,
                     &c->qe_identity.evaluation) ||
        !read_hex(r, document, "mrsigner", e->mrsigner, sizeof e->mrsigner) ||
        !read_hex(r, document, "attributes", e->attributes,
                  sizeof e->attributes) ||
        !read_hex(r, document, "attributesMask", e->attributes_mask,
                  sizeof e->attributes_mask) ||
        !read_hex(r, document, "miscselect", e->miscselect,
                  sizeof e->miscselect) ||
        !read_hex(r, document, "miscselectMask", e->miscselect_mask,
                  sizeof e->miscselect_mask) ||
        !read_number(r, document, "isvprodid", UINT16_MAX, &product) ||
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
                        mrtd_code_name(MRTD_ERR_COLLATERAL),
                        "%s: %s; use it as Intel's service gave it", name, why);
        return false;
    }
    const struct place id = member(&document, "id");
    return (json_is_string(id.value) || wrong(r, &id, "a string")) &&
           read_number(r, &document, "version", UINT32_MAX, &version) &&
           read_time(r, &document, "issueDate", &given->issued) &&
           read_time(r, &document, "nextUpdate", &given->next_update);
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
