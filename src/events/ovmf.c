/* SPDX-License-Identifier: Apache-2.0 */
/* RTMR0 of OVMF [EDK2]. */
#include "events/ovmf.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/request.h"
#include "base/source.h"
#include "hash/sha384.h"

/* Releases from which on something is done, or is not known. */
#define EDK2_FIRST     202311 /* of earlier ones nothing is known */
#define EDK2_SEPARATOR 202411 /* no second separator in RTMR0 */
#define EDK2_FW_CFG    202505 /* items of fw_cfg, SMBIOS, two boot options */
#define EDK2_UNKNOWN   202605 /* which boot options there are is not known */

/* Most bytes of a variable of those below. */
#define VARIABLE_MOST 160

static const struct request request = {"OVMF", "struct mrtd_ovmf",
                                       sizeof(struct mrtd_ovmf),
                                       sizeof(struct mrtd_ovmf)};

struct making {
    const struct mrtd_ovmf *ovmf;
    struct mrtd_error *error;
    uint32_t file;  /* that is looked at, or MRTD_OVMF_FILES */
    bool has_store; /* an empty one */
    struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS];
    size_t count;
};

/* --- Events --------------------------------------------------------------- */

/* One that is known, once its digest is there. */
static struct mrtd_digest *add(struct making *m, uint32_t type,
                               const char *what)
{
    struct mrtd_ovmf_event *e = &m->events[m->count++];
    *e = (struct mrtd_ovmf_event){
        .event = {.id = MRTD_REGISTER_RTMR0,
                  .type = type,
                  .digest = {.algorithm = MRTD_ALGORITHM_SHA384,
                             .size = MRTD_DIGEST_SIZE},
                  .what = what},
        .file = m->file};
    return &e->event.digest;
}

static void add_unknown(struct making *m, uint32_t type, const char *what,
                        enum mrtd_ovmf_need needs)
{
    *add(m, type, what) =
        (struct mrtd_digest){.algorithm = MRTD_ALGORITHM_SHA384};
    m->events[m->count - 1].needs = needs;
}

static void add_separator(struct making *m)
{
    add(m, MRTD_EV_SEPARATOR, "");
    mrtd_event_separator(&m->events[m->count - 1].event, MRTD_REGISTER_RTMR0,
                         0);
}

/* A file as it is. */
static enum mrtd_code add_file(struct making *m, uint32_t file)
{
    const struct mrtd_source *source = m->ovmf->files[file];
    const char *what = mrtd_ovmf_file_name(file);
    enum mrtd_code code = MRTD_OK;
    m->file = file;
    if (!source) {
        add_unknown(m, MRTD_EV_PLATFORM_CONFIG_FLAGS, what,
                    MRTD_OVMF_NEEDS_FILE);
    } else {
        code = mrtd_digest_source(add(m, MRTD_EV_PLATFORM_CONFIG_FLAGS, what),
                                  1, source, m->error);
    }
    m->file = code ? file : MRTD_OVMF_FILES;
    return code;
}

/* --- The machine ---------------------------------------------------------- */

static enum mrtd_code add_image(struct making *m)
{
    const struct mrtd_ovmf *o = m->ovmf;
    enum mrtd_code code = MRTD_OK;
    if (o->ram) {
        code = ovmf_td_hob(add(m, MRTD_EV_EFI_HANDOFF_TABLES2, "TD HOB"),
                           o->image, o->ram, m->error);
    } else {
        add_unknown(m, MRTD_EV_EFI_HANDOFF_TABLES2, "TD HOB",
                    MRTD_OVMF_NEEDS_RAM);
    }
    return code ? code
                : ovmf_cfv(add(m, MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2, "CFV"),
                           &m->has_store, o->image, m->error);
}

static enum mrtd_code add_items(struct making *m)
{
    enum mrtd_code code = MRTD_OK;
    if (m->ovmf->edk2 < EDK2_FW_CFG) {
        return MRTD_OK;
    }
    for (uint32_t i = MRTD_OVMF_FIRST_ITEM; !code && i < MRTD_OVMF_FILES; i++) {
        const struct mrtd_source *item = m->ovmf->files[i];
        if (m->ovmf->absent & UINT32_C(1) << i) {
            continue;
        }
        m->file = i;
        if (item) {
            code = ovmf_check_item(i, item, m->error);
        }
        if (!code) {
            code = add_file(m, i);
        }
    }
    return code;
}

static enum mrtd_code add_acpi(struct making *m)
{
    const struct mrtd_source *loader = m->ovmf->files[MRTD_OVMF_ACPI_LOADER];
    enum mrtd_ovmf_file order[] = {MRTD_OVMF_ACPI_RSDP, MRTD_OVMF_ACPI_TABLES};
    enum mrtd_code code = MRTD_OK;
    m->file = MRTD_OVMF_ACPI_LOADER;
    if (loader) {
        code = ovmf_loader(order, loader, m->error);
    }
    if (!code) {
        code = add_file(m, MRTD_OVMF_ACPI_LOADER);
    }
    for (size_t i = 0; !code && i < sizeof order / sizeof *order; i++) {
        const struct mrtd_source *blob = m->ovmf->files[order[i]];
        m->file = order[i];
        if (blob) {
            code = ovmf_check_acpi(order[i], blob, m->error);
        }
        if (!code) {
            code = add_file(m, order[i]);
        }
    }
    return code;
}

static enum mrtd_code add_smbios(struct making *m)
{
    const struct mrtd_source *table = m->ovmf->files[MRTD_OVMF_SMBIOS];
    enum mrtd_code code = MRTD_OK;
    if (m->ovmf->edk2 < EDK2_FW_CFG) {
        return MRTD_OK;
    }
    m->file = MRTD_OVMF_SMBIOS;
    if (table) {
        code = smbios_digest(add(m, MRTD_EV_EFI_HANDOFF_TABLES, "SMBIOS"),
                             table, m->error);
    } else {
        add_unknown(m, MRTD_EV_EFI_HANDOFF_TABLES, "SMBIOS",
                    MRTD_OVMF_NEEDS_FILE);
    }
    m->file = code ? m->file : MRTD_OVMF_FILES;
    return code;
}

/* --- Variables ------------------------------------------------------------ */

/* Bytes of a variable, which have room. */
struct text {
    uint8_t bytes[VARIABLE_MOST];
    size_t size;
};

static void put(struct text *t, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        t->bytes[t->size++] = (uint8_t)(value >> 8 * i);
    }
}

static void put_guid(struct text *t, const struct guid *guid)
{
    memcpy(t->bytes + t->size, guid->bytes, sizeof guid->bytes);
    t->size += sizeof guid->bytes;
}

/* In UTF-16. */
static void put_name(struct text *t, const char *name)
{
    for (; *name; name++) {
        put(t, (uint8_t)*name, 2);
    }
}

/* UEFI_VARIABLE_DATA of a variable of no bytes, or of one that is 0. */
static void add_variable(struct making *m, const struct guid *vendor,
                         const char *name, size_t size)
{
    struct text t = {.size = 0};
    put_guid(&t, vendor);
    put(&t, strlen(name), 8);
    put(&t, size, 8);
    put_name(&t, name);
    put(&t, 0, size);
    sha384_digest(t.bytes, t.size,
                  add(m, MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG, name)->bytes);
}

/* Without keys only SecureBoot may be there. */
static void add_secure_boot(struct making *m)
{
    /* 8be4df61-93ca-11d2-aa0d-00e098032b8c (EFI_GLOBAL_VARIABLE), and
     * d719b2cb-3d3a-4596-a3bc-dad00e67656f (EFI_IMAGE_SECURITY_DATABASE_GUID).
     */
    static const struct guid global = {
        GUID(0x8be4df61, 0x93ca, 0x11d2, 0xaa0d, 0x00e098032b8c)};
    static const struct guid security = {
        GUID(0xd719b2cb, 0x3d3a, 0x4596, 0xa3bc, 0xdad00e67656f)};
    static const struct {
        const struct guid *vendor;
        const char *name;
    } keys[] = {{&global, "PK"},
                {&global, "KEK"},
                {&security, "db"},
                {&security, "dbx"}};
    const uint32_t state = m->ovmf->secure_boot;
    if (!m->has_store || state == MRTD_OVMF_SECURE_BOOT_UNKNOWN) {
        add_unknown(m, MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot",
                    m->has_store ? MRTD_OVMF_NEEDS_SECURE_BOOT
                                 : MRTD_OVMF_NEEDS_EMPTY_STORE);
    } else {
        add_variable(m, &global, "SecureBoot",
                     state == MRTD_OVMF_SECURE_BOOT_OFF);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (m->has_store) {
            add_variable(m, keys[i].vendor, keys[i].name, 0);
        } else {
            add_unknown(m, MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG, keys[i].name,
                        MRTD_OVMF_NEEDS_EMPTY_STORE);
        }
    }
}

/* --- Boot options --------------------------------------------------------- */

/* Of LOAD_OPTION_ACTIVE, _HIDDEN and _CATEGORY_APP. */
#define IS_APP        0x101
#define IS_HIDDEN_APP 0x109

/* Nodes of a path (UEFI 2.10, 10.3.5): a file of a volume, and the end. */
enum {
    NODE_MEDIA = 4,
    NODE_FILE = 6,
    NODE_VOLUME = 7,
    NODE_SIZE = 20,
    NODE_END = 0xff7f,
    NODE_END_SIZE = 4,
};

/* EFI_LOAD_OPTION of an application in the volume of DXE. */
static void add_option(struct making *m, const char *name, uint32_t attributes,
                       const char *description, const struct guid *application)
{
    /* 7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1, FvNameGuid of DXEFV. */
    static const struct guid volume = {
        GUID(0x7cb8bdc9, 0xf8eb, 0x4f34, 0xaaea, 0x3ee4af6516a1)};
    struct text t = {.size = 0};
    put(&t, attributes, 4);
    put(&t, 2 * NODE_SIZE + NODE_END_SIZE, 2);
    put_name(&t, description);
    put(&t, 0, 2);
    put(&t, NODE_MEDIA | NODE_VOLUME << 8, 2);
    put(&t, NODE_SIZE, 2);
    put_guid(&t, &volume);
    put(&t, NODE_MEDIA | NODE_FILE << 8, 2);
    put(&t, NODE_SIZE, 2);
    put_guid(&t, application);
    put(&t, NODE_END, 2);
    put(&t, NODE_END_SIZE, 2);
    sha384_digest(t.bytes, t.size,
                  add(m, MRTD_EV_EFI_VARIABLE_BOOT, name)->bytes);
}

static void add_boot(struct making *m)
{
    /* 462caa21-7614-4503-836e-8ab6f4662331 and
     * eec25bdc-67f2-4d95-b1d5-f81b2039d11d: the files of UiApp and of
     * BootManagerMenuApp. */
    static const struct guid setup = {
        GUID(0x462caa21, 0x7614, 0x4503, 0x836e, 0x8ab6f4662331)};
    static const struct guid menu = {
        GUID(0xeec25bdc, 0x67f2, 0x4d95, 0xb1d5, 0xf81b2039d11d)};
    /* The menu's option is made first. */
    static const uint8_t order[] = {0, 0, 1, 0};
    const bool has_two = m->ovmf->edk2 >= EDK2_FW_CFG;
    if (m->ovmf->edk2 >= EDK2_UNKNOWN || !m->has_store) {
        add_unknown(m, MRTD_EV_EFI_VARIABLE_BOOT, "BootOrder",
                    m->has_store ? MRTD_OVMF_NEEDS_RULE
                                 : MRTD_OVMF_NEEDS_EMPTY_STORE);
        return;
    }
    sha384_digest(order, has_two ? 4 : 2,
                  add(m, MRTD_EV_EFI_VARIABLE_BOOT, "BootOrder")->bytes);
    if (has_two) {
        add_option(m, "Boot0000", IS_HIDDEN_APP, "BootManagerMenuApp", &menu);
        add_option(m, "Boot0001", IS_APP, "EFI Firmware Setup", &setup);
    } else {
        add_option(m, "Boot0000", IS_HIDDEN_APP, "UiApp", &setup);
    }
}

/* --- The interface -------------------------------------------------------- */

/* There are four releases a year. */
static bool is_release(uint32_t edk2)
{
    const uint32_t month = edk2 % 100;
    return edk2 >= EDK2_FIRST && edk2 <= 999911 && month % 3 == 2 &&
           month <= 11;
}

static enum mrtd_code check_files(const struct mrtd_ovmf *o,
                                  struct mrtd_error *error)
{
    /* Those that QEMU may not have. */
    const uint32_t may = ((UINT32_C(1) << MRTD_OVMF_FILES) -
                          (UINT32_C(1) << MRTD_OVMF_FIRST_ITEM)) &
                         ~(UINT32_C(1) << MRTD_OVMF_BOOT_MENU);
    bool good = !(o->absent & ~may);
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        const bool is_absent = o->absent >> i & 1;
        good =
            good && (!o->files[i] || (source_valid(o->files[i]) && !is_absent));
    }
    return good ? MRTD_OK
                : error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                            "a file that is given and absent, one that QEMU "
                            "always has, or one that has neither data nor a "
                            "read function");
}

static enum mrtd_code check(const struct mrtd_ovmf *o, struct mrtd_error *error)
{
    if (!o->image || mrtd_image_igvm(o->image)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no image, or an IGVM file, of which RTMR0 is not "
                         "known");
    }
    if (!is_release(o->edk2) || o->secure_boot > MRTD_OVMF_SECURE_BOOT_OFF) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "%" PRIu32
                         " is no release of edk2 from %d on, or %" PRIu32
                         " no kind of build",
                         o->edk2, EDK2_FIRST, o->secure_boot);
    }
    if (o->ram % 4096 != 0 || o->ram > MRTD_OVMF_MOST_RAM) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "RAM of %" PRIu64 " bytes: it is a multiple of 4096, "
                         "and no more than %" PRIu64,
                         o->ram, MRTD_OVMF_MOST_RAM);
    }
    return check_files(o, error);
}

static enum mrtd_code make(struct making *m)
{
    enum mrtd_code code = add_image(m);
    if (!code) {
        code = add_items(m);
    }
    if (code) {
        return code;
    }
    add_secure_boot(m);
    add_separator(m);
    code = add_acpi(m);
    if (!code) {
        code = add_smbios(m);
    }
    if (code) {
        return code;
    }
    add_boot(m);
    if (m->ovmf->edk2 < EDK2_SEPARATOR) {
        add_separator(m);
    }
    return MRTD_OK;
}

enum mrtd_code mrtd_ovmf_events(struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS],
                                size_t *count, const struct mrtd_ovmf *ovmf,
                                uint32_t *file, struct mrtd_error *error)
{
    struct mrtd_ovmf own = {0};
    struct making m = {.ovmf = &own, .error = error, .file = MRTD_OVMF_FILES};
    if (!events || !count || !ovmf) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for events, or nothing to boot");
    }
    enum mrtd_code code = request_read(&request, &own, ovmf, error);
    if (!code) {
        code = check(&own, error);
    }
    if (!code) {
        code = make(&m);
    }
    if (!code) {
        memcpy(events, m.events, m.count * sizeof *events);
        *count = m.count;
    }
    if (code && file) {
        *file = m.file;
    }
    return code;
}
