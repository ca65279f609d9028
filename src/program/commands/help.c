/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the program itself. */
#include "commands/commands.h"
#include "io/sandbox.h"
#include "reference/reference.h"

static enum exit_status tell_version(const struct call *call)
{
    const bool more = call->more;
    struct mrtd_engine e;
    output("mrtd-calc %s\n", mrtd_version());
    for (size_t i = 0; more && mrtd_engine_at(i, &e); i++) {
        output("SHA-384 engine %-10s %u message%s at once, %s%s%s\n", e.name,
               e.lanes, e.lanes > 1 ? "s" : "",
               e.usable ? "known answer passed" : "not for this CPU",
               e.for_one ? ", used for one image" : "",
               e.for_many ? ", used for several" : "");
    }
    if (more) {
        output("CBOR: %s\n",
               reference_has_cbor
                   ? "CoRIM and CoSWID are read and written"
                   : "not in this program (built without libcbor), so neither "
                     "CoRIM nor CoSWID");
        sandbox_describe();
    }
    return EXIT_DONE;
}

static enum exit_status tell_vmms(const struct call *call)
{
    (void)call;
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        output("%s%s%s\n  software: %s\n", i > 0 ? "\n" : "", vmm->name,
               i == 0 ? " (default)" : "", vmm->software);
        if (vmm->igvm_software) {
            output("  and:      %s\n", vmm->igvm_software);
        }
        output("  launches: %s\n", vmm->rule ? vmm->rule : "nothing");
        if (vmm->source) {
            output("  source:   %s\n", vmm->source);
        }
        output("  accepts:  %s%s\n",
               vmm->acceptance ? "by the rules in "
                               : "not known here, so not "
                                 "for lint",
               vmm->acceptance ? vmm->acceptance : "");
    }
    return EXIT_DONE;
}

static enum exit_status tell_formats(const struct call *call)
{
    (void)call;
    const struct reference_format *f;
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        const bool has = reference_has_cbor || !f->is_cbor;
        if (has) {
            output("%-18s %s%s\n", f->name, f->use, i == 0 ? " (default)" : "");
        } else {
            /* No name first in the line: completions offer that. */
            output("(%s: this program was built without CBOR (libcbor))\n",
                   f->name);
        }
    }
    return EXIT_DONE;
}

const struct option_question help_of_version = {
    tell_version, "--version is given alone, or with -v"};
const struct option_question help_of_vmms = {
    tell_vmms, "--vmm help is given alone, or after a command alone"};
const struct option_question help_of_formats = {
    tell_formats, "--format help is given alone, or after 'reference' alone"};
