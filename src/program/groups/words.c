/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/words.h"

const char words_overview[] =
    "Usage: mrtd-calc [OPTION]... FIRMWARE...     print the MRTD of each\n"
    "       mrtd-calc -c [OPTION]... LIST...      check lists that it printed\n"
    "       mrtd-calc COMMAND [OPTION]... FILE...\n"
    "Predicts launch measurements of TDX and SEV guests; '-' is standard "
    "input.\n"
    "\n"
    "Commands:\n";

const char words_overview_end[] =
    "\n"
    "'mrtd-calc COMMAND --help' and 'mrtd-calc -c --help' list the options, "
    "and so\n"
    "does the manual, mrtd-calc(1).\n"
    "  -h, --help, --version  print this, the version; with -v all options, "
    "engines\n"
    "Exit status: 0 done; 1 differs, not genuine; 2 usage; 3 refused; 4 I/O, "
    "memory\n";

const struct spelling_synonym words_of_options[] = {
    {"firmware bios file input",
     "the firmware is given without an option, 'mrtd-calc OVMF.fd'"},
    {"vmm_type hypervisor profile", "it is --vmm NAME"},
    {"hex raw", "96 hexadecimal digits are what is printed"},
    {"cpus smp", "it is --vcpus N, of --platform snp and sev-es"},
    {"memory", "it changes no launch measurement"},
    {"quote report evidence expected expect vs",
     "it is 'mrtd-calc check --against X FILE'"},
    {"warn w", "-c is always strict"},
    {"measurement launch-digest", "of id-block it is --digest HEX"},
    {"id-block-key", "it is --id-key KEY.pem"},
    {"auth-key", "it is --author-key KEY.pem"},
    {"svn", "it is --guest-svn N"},
    {"id-file id-block-file auth-file auth-info-file",
     "they are -o BLOCK and --auth-output PAGE"},
    {"list-vmms list-profiles", "it is --vmm help"},
    {"V", "it is --version"},
    {"q", "it is --quiet"},
    {NULL, NULL}};

const struct spelling_synonym words_of_commands[] = {
    {"verify validate attest quote",
     "'mrtd-calc evidence FILE' verifies a quote or report, "
     "'mrtd-calc check --against X FILE' compares with it, "
     "'mrtd-calc reference --verify DOCUMENT FILE' with a document, "
     "'mrtd-calc -c LIST' with a list"},
    {"measure calc calculate compute predict mrtd hash digest print",
     "without a command the MRTD is printed, 'mrtd-calc FILE'"},
    {"compare cmp", "it is 'mrtd-calc diff A B'"},
    {"info inspect dump describe view list ls parse",
     "it is 'mrtd-calc show FILE'"},
    {"plan trace", "it is 'mrtd-calc show --plan FILE'"},
    {"html page svg picture",
     "it is 'mrtd-calc show --html PAGE FILE', or --svg"},
    {"idblock create-id-block snp-create-id-block key-digest",
     "it is 'mrtd-calc id-block --id-key KEY.pem FILE'"},
    {"json", "it is 'mrtd-calc --json FILE'"},
    {"sign", "it is 'mrtd-calc reference --sign KEY.pem --signer NAME "
             "FILE'"},
    {"rvps corim coswid in-toto refvalues",
     "it is 'mrtd-calc reference --format NAME FILE'"},
    {"publish bundle release manifest",
     "it is 'mrtd-calc reference --release FILE --out-dir FOLDER'"},
    {"selftest test", "it is 'mrtd-calc self-test'"},
    {"help usage man", "it is 'mrtd-calc --help'"},
    {"version", "it is 'mrtd-calc --version'"},
    {"vmm vmms profiles", "it is 'mrtd-calc --vmm help'"},
    {"completion completions",
     "those for bash, fish and zsh are installed with the program"},
    {NULL, NULL}};
