/* SPDX-License-Identifier: Apache-2.0 */
#include "report/about.h"

#include "mrtd.h"
#include "reference/reference.h"
#include "reference/signature.h"

void about_version(FILE *to, bool more)
{
    struct mrtd_engine e;
    fprintf(to, "mrtd-calc %s\n", mrtd_version());
    for (size_t i = 0; more && mrtd_engine_at(i, &e); i++) {
        fprintf(to, "SHA-384 engine %-10s %u message%s at once, %s%s%s\n",
                e.name, e.lanes, e.lanes > 1 ? "s" : "",
                e.usable ? "known answer passed" : "not for this CPU",
                e.for_one ? ", used for one image" : "",
                e.for_many ? ", used for several" : "");
    }
    if (more) {
        fprintf(to, "CBOR: %s\n",
                reference_has_cbor
                    ? "CoRIM and CoSWID are read and written"
                    : "not in this program (built without libcbor), so neither "
                      "CoRIM nor CoSWID");
        fprintf(to, "signatures: %s\n",
                signature_is_built_in
                    ? "made and verified by libcrypto"
                    : "not in this program (built without libcrypto), so none "
                      "is made or verified");
    }
}

void about_vmms(FILE *to)
{
    const struct mrtd_vmm *vmm;
    enum mrtd_platform platform = MRTD_PLATFORM_TDX;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (vmm->platform != platform) {
            platform = vmm->platform;
            fprintf(to, "\nWith --platform %s:\n",
                    mrtd_platform_name(platform));
        }
        fprintf(to, "%s%s%s\n  software: %s\n", i > 0 ? "\n" : "", vmm->name,
                vmm == mrtd_vmm_default(platform) ? " (default)" : "",
                vmm->software);
        if (vmm->igvm_software) {
            fprintf(to, "  and:      %s\n", vmm->igvm_software);
        }
        fprintf(to, "  launches: %s\n", vmm->rule ? vmm->rule : "nothing");
        if (vmm->source) {
            fprintf(to, "  source:   %s\n", vmm->source);
        }
        fprintf(to, "  accepts:  %s%s\n",
                vmm->acceptance ? "by the rules in "
                                : "not known here, so not "
                                  "for lint",
                vmm->acceptance ? vmm->acceptance : "");
    }
}

void about_formats(FILE *to)
{
    const struct reference_format *f;
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        const bool has = reference_has_cbor || !f->is_cbor;
        if (has) {
            fprintf(to, "%-18s %s%s\n", f->name, f->use,
                    i == 0 ? " (default)" : "");
        } else {
            /* No name first in the line: completions offer that. */
            fprintf(to, "(%s: this program was built without CBOR (libcbor))\n",
                    f->name);
        }
    }
}
