/* SPDX-License-Identifier: Apache-2.0 */
/* Who launches a firmware, with what, and how it is to be read. */
#ifndef MODEL_LAUNCH_OPTIONS_H
#define MODEL_LAUNCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* Most VMMs, types of virtual CPUs, and ranges of their number, that are named
 * at once. */
#define LAUNCH_MAX_VMMS   16
#define LAUNCH_MAX_TYPES  32
#define LAUNCH_MAX_RANGES 32

/* SEV_FEATURES of a guest of SEV-SNP where none were given: SNPActive. */
#define LAUNCH_SNP_FEATURES 0x1

/* A kind of virtual CPU. */
struct launch_vcpu {
    const char *type;   /* the name of its type, or NULL: it has none here */
    uint32_t signature; /* CPUID Fn0000_0001_EAX */
};

struct launch_range {
    uint32_t first;
    uint32_t last;
};

/* The component of a release's manifest that says the launch. */
struct launch_component {
    const char *manifest; /* its file's name; NULL: options say the launch */
    size_t index;
};

/* What a guest of AMD's platforms is launched with; TDX measures none of it. */
struct launch_guest {
    uint32_t vcpus;          /* the number at hand; 0: not given */
    bool has_vcpu;           /* a kind was given */
    bool has_features;       /* they were given; otherwise they are a default,
                                which an IGVM file has no use for */
    bool firmware_only;      /* the digest after the firmware's pages */
    struct launch_vcpu vcpu; /* the kind at hand */
    uint64_t features;       /* SEV_FEATURES */
    const char *kernel;      /* name of its file, or NULL */
    const char *initrd;      /* name of its file, or NULL */
    const char *append;      /* the command line, or NULL */
    const char *svsm;        /* name of the SVSM's file, or NULL */
    uint64_t vars_size;      /* with an SVSM: bytes between it and CODE, */
    const char *vars_file;   /* or the name of a file of that size */
    struct mrtd_digest firmware_digest; /* that to go on from; size 0: none */
};

struct launch_options {
    enum mrtd_platform platform;
    unsigned image_format;      /* MRTD_FORMAT_TDVF or _IGVM; 0: by its bytes */
    const struct mrtd_vmm *vmm; /* the VMM at hand; at the start the first */
    const struct mrtd_vmm *vmms[LAUNCH_MAX_VMMS];
    unsigned vmm_count; /* number of VMMs: at least one */
    bool vmm_given; /* a VMM was given by --vmm; otherwise it is the default */
    bool permissive;
    bool code_alone; /* of a split image, CODE is read without VARS */
    bool is_listed;  /* the launch is that of a line of a list, all of it */
    struct launch_component component;
    const char *payload; /* name of its file, or NULL */
    const char *vars;    /* name of the VARS file, or NULL */
    uint64_t limit;      /* 0: the library's default */

    struct launch_guest guest;
    struct launch_vcpu types[LAUNCH_MAX_TYPES];
    unsigned type_count;
    unsigned range_count;
    struct launch_range ranges[LAUNCH_MAX_RANGES]; /* of the number of vCPUs */
};

/* Adds numbers of virtual CPUs, for which there must be room; 0, or the first
 * of them that is there already. */
uint32_t launch_add_range(struct launch_options *options,
                          const struct launch_range *range);

/*
 * The launches that the options ask for: each VMM with each kind of virtual CPU
 * and each number of them, in that order. Makes the index-th the one at hand;
 * false after the last.
 */
bool launch_select(struct launch_options *options, size_t index);

/* How many there are: 1 at least. */
size_t launch_count(const struct launch_options *options);

#endif
