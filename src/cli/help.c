/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/sandbox.h"
#include "reference/reference.h"

static const char help[] =
    "Usage: mrtd-calc [OPTION]... FILE...\n"
    "       mrtd-calc -c [OPTION]... LIST...\n"
    "       mrtd-calc show [--json | --plan | --trace] [OPTION]... "
    "FILE...\n"
    "       mrtd-calc show [--svg FILE] [--html FILE] [OPTION]... FILE\n"
    "       mrtd-calc diff [--json] [--all] [OPTION]... A B\n"
    "       mrtd-calc check --against X [OPTION]... FILE...\n"
    "       mrtd-calc tdinfo [OPTION]... FILE\n"
    "       mrtd-calc lint [--json] [OPTION]... FILE...\n"
    "       mrtd-calc reference [--format F,...] [OPTION]... FILE...\n"
    "       mrtd-calc reference --verify DOCUMENT [OPTION]... FILE...\n"
    "       mrtd-calc self-test\n"
    "Predicts the launch measurement (Intel TDX's MRTD) of a td-shim or\n"
    "OVMF firmware image. '-' is standard input.\n"
    "\n"
    "Without a command, prints the MRTD: 96 hexadecimal digits; with\n"
    "several files, 'HEX  FILE' lines.\n"
    "      --tag           print 'MRTD (FILE) = HEX'\n"
    "      --base64        print base64 instead of hexadecimal\n"
    "      --json          print one JSON object a line\n"
    "  -n, --no-newline    print no newline behind the MRTD\n"
    "      --jobs N        threads for many files, also for -c (default: "
    "cores)\n"
    "\n"
    "  -c, --check         check lists that this program printed\n"
    "      --quiet         print no OK lines\n"
    "      --status        print no results, the exit status tells\n"
    "      --ignore-missing  pass over files that do not exist\n"
    "\n"
    "show                  say what is in the image and what is hashed\n"
    "      --plan          list what the VMM does, run by run\n"
    "      --trace         list what the VMM does, one operation a line\n"
    "      --svg FILE      write a picture of the image\n"
    "      --html FILE     write a page about the image, with the picture\n"
    "      --corim FILE, --corim-signature FILE\n"
    "                      save what an IGVM file carries\n"
    "      --force         replace any file\n"
    "diff                  say whether two images have the same MRTD, and why\n"
    "                      not: metadata, modules, bytes\n"
    "      --all           list all that differs\n"
    "check                 say whether X is a FILE's MRTD, and if not, "
    "why\n"
    "      --against X     an MRTD, or a file: quote, TDREPORT, TDINFO,\n"
    "                      JSON, reference values, CoRIM, policy\n"
    "      --kind NAME     what X is: hex, base64, quote, tdreport,\n"
    "                      tdinfo, json, corim, coswid, policy\n"
    "                      (default: by its content)\n"
    "      --explain       also print a script that computes the MRTD\n"
    "tdinfo                print TDINFO, TEE_INFO_HASH, SERVTD_INFO_HASH;\n"
    "                      its many options are in the manual\n"
    "lint                  say which VMMs would load the image, what "
    "they would\n"
    "                      say, and whose MRTD is another\n"
    "      --vmm NAME,...  only for these; 'lint --vmm help' lists them\n"
    "reference             write reference values for attestation services\n"
    "      --format F,...  rvps (default), corim, ...; '--format help'\n"
    "      --out-dir DIR   a file for each document; -o FILE: for the one\n"
    "      --id, --version, --entity, --vendor, --model, --class-id,\n"
    "      --key, --scalar, --corim-form   see the manual\n"
    "      --sign KEY.pem --signer NAME    sign CoRIMs\n"
    "      --passphrase-fd N               read the key's passphrase there\n"
    "      --manifest FILE --out-dir DIR   all of a release, as a folder\n"
    "      --verify FILE   compare such a document with the FILEs;\n"
    "                      --key PUB.pem: its signature; --time DATE;\n"
    "                      --vendor, --model, --class-id: its environment\n"
    "self-test             run the built-in known answers\n"
    "\n";

/* A string of C99 has 4095 characters at most. */
static const char help_images[] =
    "For most commands on images:\n"
    "      --vmm NAME      the VMM that launches (default: spec);\n"
    "                      '--vmm help' lists them\n"
    "      --vars FILE     put the VARS file before a split CODE file\n"
    "      --image-format tdvf|igvm  which is meant, where a file is both\n"
    "      --payload FILE  the kernel, with --vmm cloud-hypervisor\n"
    "      --permissive    compute also for images that break one of four\n"
    "                      rules (see the manual)\n"
    "      --limit SIZE    refuse to hash more than this (default: 16G)\n"
    "  -h, --help          print this\n"
    "      --version       print the version; with -v also the SHA-384\n"
    "                      engines, CBOR and the sandbox\n"
    "\n"
    "Exit status: 0 done, all match; 1 a comparison differs; 2 wrong\n"
    "usage; 3 an input is refused; 4 input/output or memory error.\n"
    "The manual is mrtd-calc(1).\n";

enum exit_status command_help(struct options *options)
{
    (void)options;
    output("%s%s", help, help_images);
    return EXIT_DONE;
}

enum exit_status command_version(struct options *options)
{
    struct mrtd_engine e;
    output("mrtd-calc %s\n", mrtd_version());
    for (size_t i = 0; options->verbose && mrtd_engine_at(i, &e); i++) {
        output("SHA-384 engine %-10s %u message%s at once, %s%s%s\n", e.name,
               e.lanes, e.lanes > 1 ? "s" : "",
               e.usable ? "known answer passed" : "not for this CPU",
               e.for_one ? ", used for one image" : "",
               e.for_many ? ", used for several" : "");
    }
    if (options->verbose) {
        output("CBOR: %s\n",
               reference_has_cbor
                   ? "CoRIM and CoSWID are read and written"
                   : "not in this program (built without libcbor), so neither "
                     "CoRIM nor CoSWID");
        sandbox_describe();
    }
    return EXIT_DONE;
}

enum exit_status command_vmm_help(struct options *options)
{
    (void)options;
    const struct mrtd_profile *p;
    for (size_t i = 0; (p = mrtd_profile_at(i)); i++) {
        output("%s%s%s\n  software: %s\n", i > 0 ? "\n" : "", p->name,
               i == 0 ? " (default)" : "", p->software);
        if (p->igvm_software) {
            output("  and:      %s\n", p->igvm_software);
        }
        output("  rule:     %s\n  source:   %s\n", p->rule, p->source);
    }
    return EXIT_DONE;
}

enum exit_status command_loader_help(struct options *options)
{
    (void)options;
    const struct mrtd_loader *l;
    for (size_t i = 0; (l = mrtd_loader_at(i)); i++) {
        output("%s%s\n  software: %s\n  source:   %s\n  profile:  %s\n",
               i > 0 ? "\n" : "", l->name, l->software, l->source,
               l->profile ? l->profile : "none, it launches nothing");
    }
    return EXIT_DONE;
}

enum exit_status command_format_help(struct options *options)
{
    (void)options;
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
