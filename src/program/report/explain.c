/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check --explain: a Python script, with the launch plan written out, that
 * computes the MRTD with nothing but hashlib.
 */
#include <inttypes.h>

#include "model/regions.h"
#include "report/check.h"

static const char script[] =
    "]\n"
    "\n"
    "\n"
    "def read(name):\n"
    "    try:\n"
    "        with open(name, 'rb') as file:\n"
    "            return file.read()\n"
    "    except OSError as error:\n"
    "        sys.exit(f'mrtd.py: {error}')\n"
    "\n"
    "\n"
    "def block(name, gpa):\n"
    "    return name.ljust(16, b'\\0') + gpa.to_bytes(8, 'little') + "
    "bytes(104)\n"
    "\n"
    "\n"
    "image = read(sys.argv[1])\n"
    "payload = read(sys.argv[2]) if len(sys.argv) > 2 else b''\n"
    "stream = hashlib.sha384()\n"
    "for gpa, pages, add, extend, source, offset, size in RUNS:\n"
    "    data = {'zeros': b'', 'image': image,\n"
    "            'payload': payload}[source][offset:offset + size]\n"
    "    if extend and source != 'zeros' and len(data) != size:\n"
    "        sys.exit(f'mrtd.py: {source}: it ends before 0x{offset + "
    "size:x}')\n"
    "    for at in range(0, 4096 * pages, 4096):\n"
    "        if add:  # TDH.MEM.PAGE.ADD\n"
    "            stream.update(block(b'MEM.PAGE.ADD', gpa + at))\n"
    "        for chunk in range(at, at + 4096 * extend, 256):  # "
    "TDH.MR.EXTEND\n"
    "            stream.update(block(b'MR.EXTEND', gpa + chunk))\n"
    "            stream.update(data[chunk:chunk + 256].ljust(256, b'\\0'))\n"
    "print(stream.hexdigest())\n";

static const char *source_name(enum mrtd_content content)
{
    return content == MRTD_CONTENT_IMAGE     ? "image"
           : content == MRTD_CONTENT_PAYLOAD ? "payload"
                                             : "zeros";
}

/* The first launch that matches, or else the first that has an MRTD. */
static const struct launch *choose(const struct answer *answer)
{
    const struct launch *first = NULL;
    for (size_t i = 0; i < answer->launches.count; i++) {
        const struct launch *v = &answer->launches.items[i];
        if (answer_is_match(answer, v)) {
            return v;
        }
        first = !first && !v->error.code ? v : first;
    }
    return first;
}

static void print_run(FILE *to, const struct regions *regions,
                      const struct mrtd_run *run)
{
    const uint32_t number = run->region - regions->first;
    fprintf(to, "    # section %" PRIu32 ", %s\n", number,
            mrtd_region_name(regions_at(regions, number)));
    fprintf(to,
            "    (0x%" PRIx64 ", %" PRIu64 ", %d, %d, '%s', 0x%" PRIx64
            ", 0x%" PRIx64 "),\n",
            run->gpa, run->size / MRTD_PAGE_SIZE,
            (run->ops & MRTD_OP_TDX_ADD) != 0,
            (run->ops & MRTD_OP_TDX_EXTEND) != 0, source_name(run->content),
            run->data_offset, run->data_size);
}

void check_explain(FILE *to, const struct answer *answer)
{
    const struct launch *v = choose(answer);
    const struct launch_options *o = answer->e.options;
    const struct regions regions =
        regions_of(answer->e.image, v->vmm->platform);
    const struct mrtd_run *run;
    const char *firmware = o->vars ? "JOINED-IMAGE" : "FIRMWARE";
    bool payload =
        v->vmm->takes_payload &&
        (o->payload || (o->guest.kernel && evaluation_payload(&answer->e)));
    char name[100];
    fprintf(to,
            "\n#!/usr/bin/env python3\n"
            "# The MRTD of a firmware, without mrtd-calc. Save from the line\n"
            "# above as mrtd.py, and run: python3 mrtd.py %s%s\n",
            firmware, payload ? " PAYLOAD" : "");
    fprintf(to, "# Firmware: SHA-256 %s\n", answer->sha256);
    if (o->vars) {
        fprintf(to, "# The joined image is made by: cat VARS CODE\n");
    }
    fprintf(to, "# Launched as: %s\n# (%s)\n",
            launch_name(v, name, sizeof name), v->vmm->rule);
    fprintf(
        to,
        "# Hashed with SHA-384, run by run and page by page: for a page that\n"
        "# is added a block of 128 bytes (name, GPA); for each 256 bytes of\n"
        "# a page that is extended such a block and the 256 bytes.\n"
        "import hashlib\n"
        "import sys\n"
        "\n"
        "if len(sys.argv) != %d:\n"
        "    print('usage: python3 mrtd.py %s%s', file=sys.stderr)\n"
        "    sys.exit(2)\n"
        "RUNS = [  # GPA, pages, added, extended, bytes from, offset, size\n",
        payload ? 3 : 2, firmware, payload ? " PAYLOAD" : "");
    for (uint32_t i = 0; (run = mrtd_plan_run(v->plan, i)); i++) {
        print_run(to, &regions, run);
    }
    fprintf(to, "%s", script);
}
