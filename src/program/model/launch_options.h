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

/* What of a TD is asked for: its MRTD, and what a kernel makes that OVMF or
 * td-shim starts. */
enum launch_register {
    LAUNCH_MRTD = 1 << 0,
    LAUNCH_RTMR1 = 1 << 1,
    LAUNCH_RTMR2 = 1 << 2,
    LAUNCH_KERNEL = 1 << 3,  /* the digest of the kernel's event */
    LAUNCH_CMDLINE = 1 << 4, /* that of the command line's */
    LAUNCH_RTMR0 = 1 << 5,
    /* Of a unified kernel image: the digest of its event, and RTMR2 after its
     * sections alone. */
    LAUNCH_UKI = 1 << 6,
    LAUNCH_SECTIONS = 1 << 7,
};
/* What of it is made after the launch; from the kernel; and from the command
 * line. */
#define LAUNCH_BOOT       (LAUNCH_ALL & ~(unsigned)LAUNCH_MRTD)
#define LAUNCH_OF_KERNEL  (LAUNCH_RTMR1 | LAUNCH_KERNEL)
#define LAUNCH_OF_CMDLINE (LAUNCH_RTMR2 | LAUNCH_CMDLINE)
#define LAUNCH_OF_UKI     (LAUNCH_UKI | LAUNCH_SECTIONS)
#define LAUNCH_ALL        0xffU

/* Does Linux measure its command line? */
enum launch_measures {
    LAUNCH_BY_VERSION, /* since 6.9 */
    LAUNCH_MEASURES,
    LAUNCH_MEASURES_NOT,
};

/* The version of QEMU, 10.2, from which on it writes into no kernel of a TD. */
#define LAUNCH_QEMU_RAW 10002

/* How a TD boots. Its kernel, initrd and command line are the guest's. */
struct launch_boot {
    unsigned registers; /* LAUNCH_*; 0: the MRTD alone */
    unsigned named;     /* of those, the ones that were asked for by name */
    uint32_t qemu;      /* its version, 10002 for 10.2; 0: of today */
    uint32_t edk2;      /* its release, 202511; 0: of today */
    enum launch_measures measures;
    uint64_t ram;        /* bytes; 0: not given */
    const char *cmdline; /* name of a file with the command line, or NULL */
    const char *td_hob;  /* name of a file with a TD HOB, or NULL */
    const char *uki;     /* name of a unified kernel image, or NULL */
    const char *disk;    /* name of the disk image that it is on, or NULL */
    /* Of OVMF's RTMR0: names of files, or NULL; those that QEMU does not have,
     * a sum of 1 << MRTD_OVMF_*; and enum mrtd_ovmf_secure_boot. */
    const char *ovmf_files[MRTD_OVMF_FILES];
    uint32_t absent;
    uint32_t secure_boot;
    bool lists;       /* the events are printed, instead of values */
    uint32_t systemd; /* whose stub it has, e.g. 257; 0: as it says */
};

/* Has QEMU written into the kernel that the firmware measures? Before 10.2 it
 * has; but 10.0 and 10.1 give the file, too, which edk2 since 202502 takes. */
bool launch_is_patched(const struct launch_boot *boot);

/* An option of OVMF's RTMR0 that was given, or NULL. */
const char *launch_ovmf_option(const struct launch_boot *boot);

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
    const char *disk;    /* name of the guest's disk image, or NULL */
    const char *payload; /* name of its file, or NULL */
    const char *vars;    /* name of the VARS file, or NULL */
    uint64_t limit;      /* 0: the library's default */

    struct launch_boot boot;
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
