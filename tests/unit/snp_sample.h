/* SPDX-License-Identifier: Apache-2.0 */
/* A flat image for SEV, with the tables of OVMF's AmdSevX64 in miniature.
 * Layouts: edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc and
 * OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm. */
#ifndef UNIT_SNP_SAMPLE_H
#define UNIT_SNP_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/guid.h"
#include "mrtd.h"

#define SNP_SAMPLE_SIZE     ((size_t)0x5000)
#define SNP_SAMPLE_METADATA ((size_t)0x4c00)
/* A page of zeros of it. */
#define SNP_SAMPLE_ZEROS  ((size_t)0x2000)
#define SNP_SAMPLE_HASHES UINT32_C(0x810c00)
#define SNP_SAMPLE_RESET  UINT32_C(0x80b004)

static const struct mrtd_sev_section snp_sample_sections[] = {
    {0x800000, 0x3000, MRTD_SEV_SNP_SEC_MEM, 0},
    {0x80d000, 0x1000, MRTD_SEV_SNP_SECRETS, 0},
    {0x80e000, 0x1000, MRTD_SEV_CPUID, 0},
    {0x80f000, 0x1000, MRTD_SEV_SVSM_CAA, 0},
    {0x811000, 0x2000, MRTD_SEV_SNP_SEC_MEM, 0},
    {0x810000, 0x1000, MRTD_SEV_SNP_KERNEL_HASHES, 0},
};
#define SNP_SAMPLE_SECTIONS                                                    \
    ((uint32_t)(sizeof snp_sample_sections / sizeof *snp_sample_sections))

static inline void snp_put(uint8_t *at, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* Writes an entry before end, and returns its start. */
static inline uint8_t *snp_put_entry(uint8_t *end, struct guid guid,
                                     const uint32_t *words, unsigned count)
{
    uint8_t *at = end - 18 - (size_t)count * 4;
    for (unsigned i = 0; i < count; i++) {
        snp_put(at + (size_t)i * 4, words[i], 4);
    }
    snp_put(end - 18, 18 + count * 4, 2);
    memcpy(end - 16, guid.bytes, sizeof guid.bytes);
    return at;
}

/*
 * Fills the image's size bytes, at least SNP_SAMPLE_SIZE, of which the last
 * SNP_SAMPLE_SIZE are laid out as above: content of this seed, and count of the
 * sections. Without hashes there is no entry for the kernel's.
 */
static inline void snp_sample(uint8_t *image, size_t size, unsigned seed,
                              uint32_t count, bool hashes)
{
    static const struct guid footer = {
        GUID(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d)};
    static const struct guid reset = {
        GUID(0x00f771de, 0x1a7e, 0x4fcb, 0x890e, 0x68c77e2fb44e)};
    static const struct guid table = {
        GUID(0x7255371f, 0x3a3b, 0x4b04, 0x927b, 0x1da6efa8d454)};
    static const struct guid metadata = {
        GUID(0xdc886566, 0x984a, 0x4798, 0xa75e, 0x5585a7bf67cc)};
    static const uint32_t where[] = {SNP_SAMPLE_SIZE - SNP_SAMPLE_METADATA};
    static const uint32_t address[] = {SNP_SAMPLE_RESET};
    static const uint32_t place[] = {SNP_SAMPLE_HASHES, 0x400};
    uint8_t *last = image + size - SNP_SAMPLE_SIZE;
    uint8_t *const end = image + size - 0x20;
    uint8_t *m = last + SNP_SAMPLE_METADATA;
    uint32_t x = seed;
    for (size_t i = 0; i < size; i++) {
        x = x * UINT32_C(1664525) + UINT32_C(1013904223);
        image[i] = (uint8_t)(x >> 24);
    }
    memset(last + SNP_SAMPLE_ZEROS, 0, 0x1000);
    uint8_t *at = snp_put_entry(end - 18, reset, address, 1);
    at = hashes ? snp_put_entry(at, table, place, 2) : at;
    at = snp_put_entry(at, metadata, where, 1);
    snp_put_entry(end, footer, NULL, 0);
    snp_put(end - 18, (uint32_t)(end - at), 2);
    memcpy(m, "ASEV", 4);
    snp_put(m + 4, 16 + 12 * count, 4);
    snp_put(m + 8, 1, 4);
    snp_put(m + 12, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_sev_section *s = &snp_sample_sections[i];
        snp_put(m + 16 + (size_t)i * 12, s->gpa, 4);
        snp_put(m + 20 + (size_t)i * 12, s->size, 4);
        snp_put(m + 24 + (size_t)i * 12, s->type, 4);
    }
}

#endif
