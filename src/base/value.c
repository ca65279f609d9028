/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms, algorithms and registers: one table each. */
#include <string.h>

#include "mrtd.h"

static const struct {
    enum mrtd_algorithm algorithm;
    uint32_t size;
    const char *name;
} algorithms[] = {
    {MRTD_ALGORITHM_SHA256, 32, "sha-256"},
    {MRTD_ALGORITHM_SHA384, 48, "sha-384"},
    {MRTD_ALGORITHM_SHA512, 64, "sha-512"},
};

static const struct mrtd_register_info registers[] = {
    {MRTD_REGISTER_MRTD, MRTD_PLATFORM_TDX, MRTD_ALGORITHM_SHA384, "MRTD"},
    {MRTD_REGISTER_RTMR0, MRTD_PLATFORM_TDX, MRTD_ALGORITHM_SHA384, "RTMR0"},
    {MRTD_REGISTER_RTMR1, MRTD_PLATFORM_TDX, MRTD_ALGORITHM_SHA384, "RTMR1"},
    {MRTD_REGISTER_RTMR2, MRTD_PLATFORM_TDX, MRTD_ALGORITHM_SHA384, "RTMR2"},
    {MRTD_REGISTER_RTMR3, MRTD_PLATFORM_TDX, MRTD_ALGORITHM_SHA384, "RTMR3"},
    {MRTD_REGISTER_SNP, MRTD_PLATFORM_SNP, MRTD_ALGORITHM_SHA384, "SNP"},
    {MRTD_REGISTER_SEV_ES, MRTD_PLATFORM_SEV_ES, MRTD_ALGORITHM_SHA256,
     "SEV-ES"},
    {MRTD_REGISTER_SEV, MRTD_PLATFORM_SEV, MRTD_ALGORITHM_SHA256, "SEV"},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct {
    enum mrtd_platform platform;
    const char *name;
} platforms[] = {
    {MRTD_PLATFORM_TDX, "tdx"},
    {MRTD_PLATFORM_SNP, "snp"},
    {MRTD_PLATFORM_SEV_ES, "sev-es"},
    {MRTD_PLATFORM_SEV, "sev"},
};

const char *mrtd_platform_name(enum mrtd_platform platform)
{
    for (size_t i = 0; i < COUNT(platforms); i++) {
        if (platforms[i].platform == platform) {
            return platforms[i].name;
        }
    }
    return NULL;
}

enum mrtd_platform mrtd_platform_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT(platforms); i++) {
        if (strcmp(platforms[i].name, name) == 0) {
            return platforms[i].platform;
        }
    }
    return 0;
}

const char *mrtd_algorithm_name(enum mrtd_algorithm algorithm)
{
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        if (algorithms[i].algorithm == algorithm) {
            return algorithms[i].name;
        }
    }
    return NULL;
}

size_t mrtd_algorithm_size(enum mrtd_algorithm algorithm)
{
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        if (algorithms[i].algorithm == algorithm) {
            return algorithms[i].size;
        }
    }
    return 0;
}

const struct mrtd_register_info *mrtd_register_at(size_t index)
{
    return index < COUNT(registers) ? &registers[index] : NULL;
}

/* Of ASCII letters only: toupper() follows the locale. */
static unsigned upper(char c)
{
    const unsigned letter = (unsigned char)c;
    return letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter;
}

const struct mrtd_register_info *mrtd_register_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT(registers); i++) {
        size_t k = 0;
        while (name[k] &&
               upper(name[k]) == (unsigned char)registers[i].name[k]) {
            k++;
        }
        if (name[k] == registers[i].name[k]) {
            return &registers[i];
        }
    }
    return NULL;
}

const struct mrtd_register_info *mrtd_register_info(enum mrtd_register id)
{
    for (size_t i = 0; i < COUNT(registers); i++) {
        if (registers[i].id == id) {
            return &registers[i];
        }
    }
    return NULL;
}

void mrtd_value_set(struct mrtd_value *value, enum mrtd_register id,
                    const uint8_t *bytes)
{
    const struct mrtd_register_info *info = mrtd_register_info(id);
    if (!value) {
        return;
    }
    memset(value, 0, sizeof *value);
    if (info && bytes) {
        value->id = id;
        value->digest.algorithm = info->algorithm;
        value->digest.size = (uint32_t)mrtd_algorithm_size(info->algorithm);
        memcpy(value->digest.bytes, bytes, value->digest.size);
    }
}

/* Is it a digest as the register holds them? */
static int is_of(const struct mrtd_digest *digest,
                 const struct mrtd_register_info *info)
{
    return digest->algorithm == info->algorithm &&
           digest->size == mrtd_algorithm_size(info->algorithm);
}

int mrtd_value_equal(const struct mrtd_value *a, const struct mrtd_value *b)
{
    const struct mrtd_register_info *info =
        a && b && a->id == b->id ? mrtd_register_info(a->id) : NULL;
    return info && is_of(&a->digest, info) && is_of(&b->digest, info) &&
           memcmp(a->digest.bytes, b->digest.bytes, a->digest.size) == 0;
}
