/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program with a file. With an image: parse, plan, measure, print, in each
 * form; and with a text: a list of MRTDs, a saved measurement, a manifest. It
 * answers or refuses, in all forms alike; what it prints is whole, and holds
 * nothing that a terminal, a parser of JSON or a browser would trip over.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "fuzz.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "model/documents.h"
#include "model/firmware.h"
#include "model/manifest.h"
#include "model/tdinfo.h"
#include "reference/json.h"
#include "reference/settings.h"
#include "schemas.h"

#define MAX_WORDS 9

/* What one run printed. */
struct printed {
    enum exit_status status;
    char *out;
    char *err;
    size_t out_size;
    size_t err_size;
};

static char path[32]; /* of the input, in memory */
static int file;
static bool begins_as_json; /* diff takes it for a saved measurement */

static void set_up(void)
{
    static bool done;
    /* Not room enough to keep inputs open, which would outlive their list. */
    const struct rlimit few = {16, 16};
    if (!done) {
        json_init();
        file = memfd_create("input", 0);
        HOLDS(file >= 0);
        snprintf(path, sizeof path, "/dev/fd/%d", file);
        /* What a list may name. */
        HOLDS(close(STDIN_FILENO) == 0);
        HOLDS(open("/dev/null", O_RDONLY) == STDIN_FILENO);
        HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
        HOLDS(input_keep(path) == EXIT_DONE && input_kept_count() == 0);
        done = true;
    }
}

/* --- The program, in this process -------------------------------------- */

/* As main() does, but with no sandbox and with nothing kept open. */
static enum exit_status run_command(struct call *call)
{
    return call->command->run(call->options);
}

/* The documents of "reference", which keeps its inputs open. */
static enum exit_status run_reference(struct call *call)
{
    const struct launch_options launch = {
        .platform = MRTD_PLATFORM_TDX,
        .vmm = mrtd_vmm_default(MRTD_PLATFORM_TDX),
        .vmms = {mrtd_vmm_default(MRTD_PLATFORM_TDX)},
        .vmm_count = 1,
        .limit = 1 << 20,
    };
    struct reference_settings settings = settings_default(MRTD_PLATFORM_TDX);
    settings.expires = "2099-01-31T12:00:00Z";
    struct reference_firmware firmware;
    struct documents documents;
    struct documents_order order = {
        .settings = &settings, .firmware = &firmware, .firmware_count = 1};
    const char *name = path;
    const struct firmware_order asked = {
        .every = true, .each = open_report_finding, .context = &name};
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status = open_evaluation(&files, &e, &launch, path);
    (void)call;
    if (status) {
        return status;
    }
    status = firmware_measure(&firmware, &e, &asked, &failure);
    open_close(&files, &e);
    const struct reference_format *format;
    for (size_t i = 0; (format = reference_format_at(i)); i++) {
        if (reference_holds(format, MRTD_REGISTER_MRTD)) {
            order.formats[order.format_count++] = format;
        }
    }
    if (!status) {
        status = documents_make(&documents, &order, &failure);
        HOLDS(status == EXIT_DONE && documents.count >= order.format_count);
        for (size_t i = 0; i < documents.count; i++) {
            HOLDS(documents.items[i].size > 0);
        }
        documents_free(&documents);
    }
    firmware_free(&firmware);
    return status ? diagnostic_failure(&failure) : EXIT_DONE;
}

static struct printed run(enum exit_status (*function)(struct call *),
                          const char *const words[MAX_WORDS])
{
    struct printed p = {0};
    struct call call = {.program = &commands_program};
    FILE *const streams[2] = {stdout, stderr};
    char *argv[MAX_WORDS + 6];
    char texts[MAX_WORDS + 5][128];
    int argc = 0;
    const char *const always[] = {"--limit", "1M", path};
    snprintf(texts[argc++], sizeof *texts, "mrtd-calc");
    for (size_t i = 0; i < MAX_WORDS && words[i]; i++) {
        snprintf(texts[argc++], sizeof *texts, "%s", words[i]);
    }
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        snprintf(texts[argc++], sizeof *texts, "%s", always[i]);
    }
    for (int i = 0; i < argc; i++) {
        argv[i] = texts[i];
    }
    argv[argc] = NULL;
    HOLDS(options_parse(&call, argc, argv) == EXIT_DONE);
    stdout = open_memstream(&p.out, &p.out_size);
    stderr = open_memstream(&p.err, &p.err_size);
    p.status = function(&call);
    fclose(stdout);
    fclose(stderr);
    free(call.options);
    stdout = streams[0];
    stderr = streams[1];
    return p;
}

static void drop(struct printed *p)
{
    free(p->out);
    free(p->err);
}

/* --- Properties -------------------------------------------------------- */

/* Lines of ASCII or UTF-8, each ended, without control characters. */
static void check_lines(const char *text, size_t size)
{
    HOLDS(strlen(text) == size);
    HOLDS(size == 0 || text[size - 1] == '\n');
    for (size_t i = 0; i < size; i++) {
        HOLDS((unsigned char)text[i] >= 0x20 || text[i] == '\n');
        HOLDS(text[i] != 0x7f);
    }
    json_t *utf8 = json_stringn(text, size);
    HOLDS(utf8);
    json_decref(utf8);
}

/* Every message is the program's, and a refusal is one line and nothing else,
 * but for the same as an object where JSON was asked for. */
static void check_messages(const struct printed *p)
{
    check_lines(p->err, p->err_size);
    for (const char *line = p->err; *line; line = strchr(line, '\n') + 1) {
        HOLDS(strncmp(line, "mrtd-calc: ", 11) == 0);
    }
    if (p->status == EXIT_REFUSED) {
        const char *object = "{\"schema\":\"" SCHEMA_ERROR "\",";
        HOLDS(p->err_size > 0);
        HOLDS(p->out_size == 0 || strncmp(p->out, object, strlen(object)) == 0);
    }
}

static struct printed checked_run(const char *const words[MAX_WORDS])
{
    struct printed p = run(run_command, words);
    HOLDS(p.status == EXIT_DONE || p.status == EXIT_DIFFERS ||
          p.status == EXIT_REFUSED);
    check_lines(p.out, p.out_size);
    check_messages(&p);
    return p;
}

/* The MRTD as one line, or nothing where it is refused. */
static void print_mrtd(char mrtd[MRTD_HEX_SIZE])
{
    static const char *const words[MAX_WORDS] = {NULL};
    struct printed p = checked_run(words);
    uint8_t value[MRTD_DIGEST_SIZE];
    mrtd[0] = '\0';
    if (p.status == EXIT_DONE) {
        HOLDS(p.out_size == MRTD_HEX_SIZE);
        memcpy(mrtd, p.out, MRTD_HEX_SIZE - 1);
        mrtd[MRTD_HEX_SIZE - 1] = '\0';
        HOLDS(mrtd_hex_decode(value, MRTD_DIGEST_SIZE, mrtd, strlen(mrtd)));
    }
    drop(&p);
}

/* Commands that answer exactly where there is an MRTD, and have it in the
 * answer. */
static void check_commands(const char *mrtd)
{
    static const char *const commands[][MAX_WORDS] = {
        {"--tag"},
        {"show"},
        {"show", "--json"},
        {"show", "--svg", "-"},
        {"show", "--html", "-"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct printed p = checked_run(commands[i]);
        HOLDS(p.status == (*mrtd ? EXIT_DONE : EXIT_REFUSED));
        HOLDS(!*mrtd || strstr(p.out, mrtd));
        drop(&p);
    }
}

/* Those that show more than the MRTD, or answer where there is none. */
static void check_others(const char *mrtd)
{
    static const char *const commands[][MAX_WORDS] = {
        {"show", "--plan"},
        {"show", "--trace"},
        {"lint"},
        {"--permissive", "--vmm", "kvm-v19"},
        {"show", "--permissive", "--vmm", "td-shim-igvm"},
        {"show", "--html", "-", "--platform", "snp", "--vcpus", "2-3",
         "--vcpu-type=EPYC-v4"},
        {"show", "--html", "-", "--platform", "sev", "--permissive"},
        {"check", "--permissive", "--explain", "--against", path},
    };
    const char *const check[MAX_WORDS] = {"check", "--against", mrtd};
    const char *const same[MAX_WORDS] = {"diff", path};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct printed p = checked_run(commands[i]);
        drop(&p);
    }
    if (*mrtd) {
        struct printed p = checked_run(check);
        HOLDS(p.status == EXIT_DONE);
        drop(&p);
        p = checked_run(same);
        HOLDS(p.status == EXIT_DONE || begins_as_json);
        drop(&p);
    }
}

static void check_json(const char *mrtd)
{
    static const char *const commands[][MAX_WORDS] = {
        {"--json"},
        {"lint", "--json"},
        {"diff", "--json", path},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct printed p = checked_run(commands[i]);
        json_t *json =
            json_loadb(p.out, p.out_size, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(json || p.out_size == 0);
        if (i == 0) {
            const char *text = json_string_value(json_object_get(json, "mrtd"));
            HOLDS(text ? strcmp(text, mrtd) == 0 : !*mrtd);
        }
        json_decref(json);
        drop(&p);
    }
}

static void check_reference(const char *mrtd)
{
    static const char *const words[MAX_WORDS] = {"reference"};
    struct printed p = run(run_reference, words);
    HOLDS(p.status == EXIT_DONE || p.status == EXIT_REFUSED);
    HOLDS(!*mrtd || p.status == EXIT_DONE);
    check_messages(&p);
    drop(&p);
}

/* --- Texts ------------------------------------------------------------- */

/* What a list names may be there or not. */
static void check_list(void)
{
    static const char *const words[MAX_WORDS] = {"-c"};
    struct printed p = run(run_command, words);
    check_lines(p.out, p.out_size);
    check_lines(p.err, p.err_size);
    HOLDS(p.status == EXIT_DONE || p.err_size > 0);
    drop(&p);
}

/* The manifest of a release. */
static enum exit_status run_manifest(struct call *call)
{
    (void)call;
    struct manifest m;
    struct failure failure;
    char *text = NULL;
    size_t size = 0;
    enum exit_status status = open_manifest(path, &text, &size);
    if (!status && manifest_read(&m, path, text, size, &failure)) {
        status = diagnostic_failure(&failure);
    }
    free(text);
    if (!status) {
        HOLDS(m.count > 0 && m.release.settings.id);
        for (size_t i = 0; i < m.count; i++) {
            const struct manifest_component *c = &m.components[i];
            HOLDS(*c->file && (!c->artifact || !strchr(c->artifact, '/')));
            HOLDS(c->launch.vmm_count > 0 && c->order.format_count > 0);
        }
        manifest_free(&m);
    }
    return status;
}

/* td-shim's manifest: all of it is taken, or nothing. */
static enum exit_status run_tdinfo(struct call *call)
{
    (void)call;
    const struct mrtd_tdinfo none = {0};
    struct mrtd_tdinfo info = none;
    struct tdinfo_given given = {false, false};
    struct failure failure;
    char *text = NULL;
    size_t size = 0;
    enum exit_status status = open_manifest(path, &text, &size);
    if (!status &&
        tdinfo_read_manifest(&info, &given, path, text, size, &failure)) {
        status = diagnostic_failure(&failure);
    }
    free(text);
    if (status) {
        HOLDS(memcmp(&info, &none, sizeof info) == 0);
        HOLDS(!given.attributes && !given.xfam);
    }
    return status;
}

static void check_manifests(void)
{
    static const char *const words[MAX_WORDS] = {NULL};
    enum exit_status (*const readers[])(struct call *) = {run_manifest,
                                                          run_tdinfo};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct printed p = run(readers[i], words);
        HOLDS(p.status == EXIT_DONE || p.status == EXIT_REFUSED);
        check_messages(&p);
        drop(&p);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    char mrtd[MRTD_HEX_SIZE];
    set_up();
    HOLDS(ftruncate(file, 0) == 0);
    HOLDS(pwrite(file, data, size, 0) == (ssize_t)size);
    size_t i = 0;
    for (; i < size && memchr(" \t\r\n", data[i], 4); i++) {
    }
    begins_as_json = i < size && data[i] == '{';
    print_mrtd(mrtd);
    check_commands(mrtd);
    check_others(mrtd);
    check_json(mrtd);
    check_reference(mrtd);
    check_list();
    check_manifests();
}
