/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters in the order in which Kata Containers' runtimes put them; its
 * functions are named beside each. */
#include "model/kata.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/verity.h"

/* --- A list of parameters ---------------------------------------------- */

/* More than all texts that may be given have, and than what is added. */
#define TEXT_MOST  ((KATA_EXTENSIONS + 4) * (KATA_LINE_MOST + 1))
#define WORDS_MOST (TEXT_MOST / 2)

struct word {
    const char *text; /* "KEY=VALUE" or "KEY" */
    size_t key;       /* bytes of the key */
};

struct list {
    struct word words[WORDS_MOST];
    size_t count;
    char text[TEXT_MOST];
    size_t used;
    bool has_no_key; /* of one of them */
};

/* Adds len bytes as they are. */
static void add_raw(struct list *l, const char *text, size_t len)
{
    const char *equal = memchr(text, '=', len);
    char *to = l->text + l->used;
    if (len >= sizeof l->text - l->used || l->count == WORDS_MOST) {
        return; /* cannot be, by the limits of texts */
    }
    memcpy(to, text, len);
    to[len] = '\0';
    l->used += len + 1;
    l->words[l->count++] =
        (struct word){to, equal ? (size_t)(equal - text) : len};
    l->has_no_key |= equal == text;
}

/* Adds a parameter as runtimes write it: without its '=' where there is no
 * value (SerializeParams() of hypervisor.go, Param::to_string()). */
static void add(struct list *l, const char *text, size_t len)
{
    const char *equal = memchr(text, '=', len);
    const bool is_empty = equal && equal + 1 == text + len && len > 1;
    add_raw(l, text, is_empty ? len - 1 : len);
}

static void add_format(struct list *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_format(struct list *l, const char *format, ...)
{
    char text[KATA_LINE_MOST + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(l, text, strlen(text));
}

/* Spaces separate words, but within quotes, if those are looked at. */
static size_t word_length(const char *at, bool quotes)
{
    size_t len = 0;
    bool is_in = false;
    while (at[len] && (at[len] != ' ' || is_in)) {
        is_in ^= quotes && at[len] == '"';
        len++;
    }
    return len;
}

typedef void add_fn(struct list *list, const char *text, size_t len);

static void each_word(struct list *l, const char *text, bool quotes,
                      add_fn *add_one)
{
    while (*(text += strspn(text, " "))) {
        const size_t len = word_length(text, quotes);
        add_one(l, text, len);
        text += len;
    }
}

/* As configurations are read: KernelParamFields(), split_kernel_params(). */
static void add_words(struct list *l, const char *text)
{
    each_word(l, text, true, add);
}

static bool has_key(const struct word *word, const struct word *other)
{
    return word->key == other->key &&
           memcmp(word->text, other->text, word->key) == 0;
}

/* Takes away those from first to end with the key of another. */
static void take_away(struct list *l, size_t first, size_t end,
                      const struct word *other)
{
    size_t kept = first;
    for (size_t i = first; i < end; i++) {
        if (!has_key(&l->words[i], other)) {
            l->words[kept++] = l->words[i];
        }
    }
    memmove(&l->words[kept], &l->words[end],
            (l->count - end) * sizeof *l->words);
    l->count -= end - kept;
}

/* False: it is too long. */
static bool join(const struct list *l, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < l->count && used < room; i++) {
        used += (size_t)snprintf(text + used, room - used, "%s%s",
                                 i > 0 ? " " : "", l->words[i].text);
    }
    return used < room;
}

/* --- What both runtimes have ------------------------------------------- */

/* The value of a field as it is written in a line that was checked. */
static const char *field_of(const char *params, const char *name, int *len)
{
    const size_t size = strlen(name);
    while (strncmp(params, name, size) != 0 || params[size] != '=') {
        params = strchr(params, ',') + 1;
    }
    *len = (int)strcspn(params + size + 1, ",");
    return params + size + 1;
}

/* The root of a guest that boots an image: GetKernelRootParams(),
 * new_rootfs_kernel_params(). */
static void add_root(struct list *l, const struct kata *k)
{
    const char *params = k->request->kernel_verity_params;
    const char *type = k->rootfs_type;
    const bool is_ext4 =
        strcmp(type, "ext4") == 0 ||
        (strcmp(type, "xfs") == 0 && !kata_has(k, KATA_KNOWS_XFS));
    if (params && *params) {
        struct verity_request v;
        struct failure failure;
        int hash_len = 0;
        int salt_len = 0;
        const char *hash = field_of(params, "root_hash", &hash_len);
        const char *salt = field_of(params, "salt", &salt_len);
        verity_request_begin(&v);
        if (verity_take_params(&v, "", params, &failure)) {
            return; /* cannot be: it was checked */
        }
        const uint32_t data = v.verity.data_block_size;
        const uint64_t blocks = v.verity.data_blocks;
        add_format(l,
                   "dm-mod.create=\"dm-verity,,,ro,0 %" PRIu64
                   " verity 1 /dev/vda1 /dev/vda2 %" PRIu32 " %" PRIu32
                   " %" PRIu64 " 0 sha256 %.*s %.*s\"",
                   blocks * (data / 512), data, v.verity.hash_block_size,
                   blocks, hash_len, hash, salt_len, salt);
    }
    add_format(l, "root=%s", params && *params ? "/dev/dm-0" : "/dev/vda1");
    add_format(l, "rootflags=%s",
               is_ext4 ? "data=ordered,errors=remount-ro ro" : "ro");
    add_format(l, "rootfstype=%s", type);
}

static void add_number(struct list *l, const char *key, uint32_t number)
{
    if (number > 0) {
        add_format(l, "%s=%" PRIu32, key, number);
    }
}

/* What is said to the agent in the guest, in Go's order:
 * KataAgentKernelParams(), get_agent_kernel_params(). */
static void add_agent(struct list *l, const struct kata *k)
{
    const struct kata_request *r = k->request;
    if (r->agent_debug) {
        add_words(l, "agent.log=debug");
    }
    if (r->enable_tracing) {
        add_words(l, "agent.trace=true");
    }
    add_number(l, "agent.container_pipe_size", r->container_pipe_size.number);
    if (r->debug_console_enabled) {
        add_words(l, "agent.debug_console agent.debug_console_vport=1026");
    }
    add_number(l, "agent.cdh_api_timeout", k->cdh_api_timeout);
    add_number(l, "agent.launch_process_timeout", k->launch_process_timeout);
    if (r->visible_cdi_devices) {
        add_words(l, "agent.visible_cdi_devices=true");
    }
}

static void add_selinux(struct list *l, const struct kata *k)
{
    add_format(l, "selinux=%d", k->request->enable_guest_selinux ? 1 : 0);
}

/* One is there also without a value: it is by what the guest mounts it. */
static void add_extensions(struct list *l, const struct kata *k)
{
    for (size_t i = 0; i < k->request->extension_count; i++) {
        const char *text = k->request->extensions[i];
        const int name = (int)strcspn(text, "=");
        add_format(l, "kata.extension.%.*s.verity_params%s", name, text,
                   text + name);
    }
}

/* --- The Go runtime ---------------------------------------------------- */

/* kernelParams of qemu_amd64.go. */
static const char go_machine[] =
    "tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 "
    "i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k "
    "cryptomgr.notests net.ifnames=0 pci=lastbus=0";

/* What comes before the parameters of the configuration: kernelParameters() of
 * qemu.go and of qemu_arch_base.go. */
static void add_go_machine(struct list *l, const struct kata *k)
{
    const struct kata_request *r = k->request;
    const bool is_image = k->rootfs == KATA_IMAGE;
    add_words(l, go_machine);
    if (r->enable_iommu) {
        add_words(l, "intel_iommu=on iommu=pt");
    }
    if (is_image) {
        add_root(l, k);
    }
    add_words(l, r->use_legacy_serial ? "console=ttyS0"
                                      : "console=hvc0 console=hvc1");
    add_words(l, r->enable_debug ? "debug" : "quiet");
    if (is_image) {
        add_words(l, r->enable_debug ? "systemd.show_status=true "
                                       "systemd.log_level=debug"
                                     : "systemd.show_status=false");
    }
    add_words(l, "panic=1");
    if (kata_has(k, KATA_HAS_NR_CPUS)) {
        add_format(l, "nr_cpus=%" PRIu32, r->nr_cpus.number);
    }
    add_selinux(l, k);
}

static const char systemd_unit[] = "systemd.unit=kata-containers.target "
                                   "systemd.mask=systemd-networkd.service";
static const char systemd_socket[] = "systemd.mask=systemd-networkd.socket";

/* An annotation, which is split at any space, quoted or not, takes the place of
 * what has its key so far: SandboxConfig() of oci/utils.go. */
static void add_go_annotation(struct list *l, const struct kata *k,
                              size_t first)
{
    const size_t own = l->count;
    each_word(l, k->request->annotation, false, add);
    if (!kata_has(k, KATA_REPLACES)) {
        return;
    }
    size_t at = own;
    while (at < l->count) {
        const size_t before = l->count;
        const struct word word = l->words[at];
        take_away(l, first, at, &word);
        at = at + 1 - (before - l->count);
    }
}

static void add_go(struct list *l, const struct kata *k)
{
    const struct kata_request *r = k->request;
    const char *driver = r->block_device_driver;
    add_go_machine(l, k);
    /* SetKernelParams() of katautils/config.go. */
    const size_t first = l->count;
    if (k->rootfs == KATA_IMAGE) {
        add_words(l, systemd_unit);
        add_words(l, systemd_socket);
    }
    if (!driver || strcmp(driver, "virtio-scsi") == 0) {
        add_words(l, "scsi_mod.scan=none");
    }
    add_agent(l, k);
    add_words(l, k->kernel_params);
    if (r->annotation) {
        add_go_annotation(l, k, first);
    }
    if (r->fips) {
        add_words(l, "fips=1"); /* checkForFIPS() of katautils/create.go */
    }
    add_extensions(l, k);
}

/* --- The Rust runtime -------------------------------------------------- */

/* The annotation takes the place of what has its keys in the configuration
 * alone, and neither is looked at for quotes: replace_kernel_params(). */
static bool replace_params(const struct kata *k, char *text, size_t room)
{
    struct list *l = calloc(1, sizeof *l);
    if (!l) {
        return false;
    }
    each_word(l, k->kernel_params, false, add);
    const size_t own = l->count;
    each_word(l, k->request->annotation, false, add_raw);
    size_t end = own;
    for (size_t i = 0, count = l->count - own; i < count; i++) {
        const struct word word = l->words[end + i];
        const size_t before = l->count;
        take_away(l, 0, end, &word);
        end -= before - l->count;
    }
    const bool good = join(l, text, room);
    free(l);
    return good;
}

static int compare_keys(const void *a, const void *b)
{
    const struct word *one = a;
    const struct word *other = b;
    const size_t len = one->key < other->key ? one->key : other->key;
    const int order = memcmp(one->text, other->text, len);
    return order != 0 ? order
                      : (one->key > other->key) - (one->key < other->key);
}

/* Kernel::new() of cmdline_generator.rs, and what is added to it later. */
static bool add_rust(struct list *l, const struct kata *k)
{
    const struct kata_request *r = k->request;
    const bool replaces = r->annotation && *r->annotation;
    char params[2 * (KATA_LINE_MOST + 1)];
    add_words(l, "reboot=k panic=1");
    add_words(l, systemd_unit);
    if (kata_has(k, KATA_MASKS_SOCKET)) {
        add_words(l, systemd_socket);
    }
    if (r->enable_debug) {
        add_words(l, "agent.log_vport=1025");
    }
    if (k->rootfs == KATA_IMAGE) {
        add_root(l, k);
    }
    const size_t first = l->count;
    add_agent(l, k);
    qsort(l->words + first, l->count - first, sizeof *l->words, compare_keys);
    if (replaces && !replace_params(k, params, sizeof params)) {
        return false;
    }
    add_words(l, replaces ? params : k->kernel_params);
    add_selinux(l, k);
    add_extensions(l, k);
    if (r->enable_iommu) {
        add_words(l, "intel_iommu=on iommu=pt");
    }
    add_words(l, "console=hvc0");
    return true;
}

/* --- The line ---------------------------------------------------------- */

static enum exit_status take_line(struct kata *k, const struct list *l,
                                  struct failure *failure)
{
    size_t quotes = 0;
    if (l->has_no_key) {
        return failure_usage(failure, "--kernel-params or --annotation has a "
                                      "parameter without a name, before '=': "
                                      "Kata refuses it");
    }
    if (!join(l, k->line, sizeof k->line)) {
        return failure_usage(failure,
                             "the command line would be longer than %d bytes, "
                             "the most that Linux takes",
                             KATA_LINE_MOST);
    }
    for (const char *c = k->line; *c; c++) {
        quotes += *c == '"';
    }
    return quotes % 2 != 0
               ? failure_usage(failure,
                               "--annotation: Kata splits it within quotation "
                               "marks, and one of them is left without its "
                               "partner")
               : EXIT_DONE;
}

enum exit_status kata_make(struct kata *k, const struct kata_request *request,
                           struct failure *failure)
{
    enum exit_status status = kata_begin(k, request, failure);
    if (status) {
        return status;
    }
    struct list *l = calloc(1, sizeof *l);
    bool good = l != NULL;
    if (good && request->runtime == KATA_GO) {
        add_go(l, k);
    } else if (good) {
        good = add_rust(l, k);
    }
    status = good ? take_line(k, l, failure) : failure_memory(failure, NULL);
    free(l);
    return status;
}

void kata_say(const struct kata *k, remark_fn *say)
{
    const struct kata_request *r = k->request;
    say(NULL,
        "note: composed by the rules of Kata %s's %s runtime for %s, not "
        "captured from a guest; compare with /proc/cmdline [kata-composed]",
        r->version, kata_runtime_name(r->runtime),
        r->platform == MRTD_PLATFORM_TDX ? "TDX" : "SEV-SNP");
    if (!k->is_read) {
        say(NULL,
            "note: Kata %s was not read; it is taken to do as %" PRIu32
            ".%" PRIu32 ".0 does [kata-version]",
            r->version, k->release / 1000, k->release % 1000);
    }
    if (r->runtime == KATA_RS) {
        say(NULL, "note: rules of the Rust runtime were read in its code "
                  "alone; no line of a guest of it was seen here [kata-code]");
    }
    if (k->rootfs == KATA_IMAGE && r->kernel_verity_params &&
        !*r->kernel_verity_params) {
        say(NULL, "note: without kernel_verity_params nothing in the line says "
                  "which image it is, and no measurement does "
                  "[kata-unmeasured]");
    }
}
