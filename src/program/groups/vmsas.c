/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/vmsas.h"

#include <inttypes.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "model/guest_facts.h"

/* --- Options ------------------------------------------------------------- */

/* How a VMSA begins: ES, and CS.selector (APM volume 2, table B-4), in real
 * mode, or as the SVSM's is. */
#define REAL_MODE "\0\0\x93\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\xf0"
#define FLAT_MODE "\x10\0\x93\x0c\xff\xff\xff\xff\0\0\0\0\0\0\0\0\x08\0"
static const struct file_start starts[] = {
    FILE_START(REAL_MODE), FILE_START(FLAT_MODE), FILE_START_NONE};
static const struct file_kind kind_vmsa = {"a VMSA", MRTD_PAGE_SIZE, starts};
static const struct file_kind kind_vmsas = {"a file of VMSAs", 0, starts};

static const struct option_row rows[] = {
    {OPTION("dump-vmsa", FLAG, struct vmsas_options, dump, OPTION_ALONE,
            "write each VMSA: vmsa0.bin, vmsa1.bin, ... in this folder")},
    {OPTION("vmsa-out", OUTPUT, struct vmsas_options, out, OPTION_IS_FILE,
            "write all VMSAs, one after the other"),
     .writes = &kind_vmsas},
};
const struct option_table vmsas_options = OPTION_TABLE(rows);

static const struct file_kind *kind_of(const char *extension)
{
    return extension && strcmp(extension, "bin") == 0 ? &kind_vmsa : NULL;
}

bool vmsas_check(const struct vmsas_options *o, struct files *files,
                 const struct launch_options *launch)
{
    const bool measures = launch->platform == MRTD_PLATFORM_SNP ||
                          launch->platform == MRTD_PLATFORM_SEV_ES;
    if (!o->dump && !o->out) {
        return true;
    }
    if (!options_must(measures && !launch->guest.firmware_only,
                      "--dump-vmsa and --vmsa-out are for --platform snp and "
                      "sev-es, which measure VMSAs") ||
        !options_must(files->operand_count <= 1 && launch_count(launch) == 1,
                      "--dump-vmsa and --vmsa-out are for a single file and "
                      "launch") ||
        !options_must(!o->out || strcmp(o->out, "-") != 0,
                      "--vmsa-out names a file, not standard output; one of "
                      "that name is ./-") ||
        !OPTIONS_EXCLUDE({"--dump-vmsa", o->dump},
                         {"--vmsa-out", o->out != NULL})) {
        return false;
    }
    if (o->dump) {
        struct output_file *folder = &files->outputs[files->output_count++];
        *folder = (struct output_file){
            .option = "--dump-vmsa", .path = ".", .is_folder = true};
        files->kind_of_member = kind_of;
    }
    return true;
}

/* --- Files --------------------------------------------------------------- */

typedef enum exit_status page_fn(void *context, uint32_t vcpu,
                                 const uint8_t page[MRTD_PAGE_SIZE]);

/* Calls each with every VMSA of the launch. */
static enum exit_status for_each(const struct evaluation *e, page_fn *each,
                                 void *context)
{
    const struct mrtd_run *run;
    uint8_t page[MRTD_PAGE_SIZE];
    struct failure failure;
    uint32_t vcpu = 0;
    enum exit_status status = EXIT_DONE;
    for (uint32_t i = 0; !status && (run = mrtd_plan_run(e->plan, i)); i++) {
        if (!guest_is_vmsa(run)) {
            continue;
        }
        status = diagnostic_outcome(guest_read_vmsa(e, run, page, &failure),
                                    &failure);
        if (!status) {
            status = each(context, vcpu++, page);
        }
    }
    if (!status && vcpu == 0) {
        status = diagnostic_usage("there is no VMSA in this launch that "
                                  "--dump-vmsa or --vmsa-out could write");
    }
    return status;
}

static enum exit_status write_member(void *context, uint32_t vcpu,
                                     const uint8_t page[MRTD_PAGE_SIZE])
{
    char name[32];
    (void)context;
    snprintf(name, sizeof name, "vmsa%" PRIu32 ".bin", vcpu);
    return outfile_write_member(name, name, page, MRTD_PAGE_SIZE);
}

static enum exit_status append(void *context, uint32_t vcpu,
                               const uint8_t page[MRTD_PAGE_SIZE])
{
    const struct outfile *file = context;
    (void)vcpu;
    /* An error is kept in the stream. */
    (void)fwrite(page, 1, MRTD_PAGE_SIZE, file->stream);
    return EXIT_DONE;
}

static enum exit_status write_folder(const struct evaluation *e)
{
    const enum exit_status status = warden_folder(false);
    return status ? status : for_each(e, write_member, NULL);
}

static enum exit_status write_file(const struct evaluation *e, const char *name)
{
    struct outfile file = {0};
    enum exit_status status = outfile_open(&file, name);
    if (!status) {
        status = for_each(e, append, &file);
        status = worst(status, outfile_close(&file));
    }
    return status;
}

enum exit_status vmsas_write(const struct vmsas_options *o,
                             const struct evaluation *e)
{
    if (o->dump) {
        return write_folder(e);
    }
    return o->out ? write_file(e, o->out) : EXIT_DONE;
}
