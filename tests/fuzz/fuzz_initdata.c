/* SPDX-License-Identifier: Apache-2.0 */
/* Initdata: read and hashed; what is taken stays so where TOML says that the
 * same is meant. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/initdata.h"

/* The bytes between two texts. */
static char *between(const char *before, const uint8_t *data, size_t size,
                     const char *after, size_t *made)
{
    *made = strlen(before) + size + strlen(after);
    char *copy = malloc(*made + 1);
    HOLDS(copy);
    memcpy(copy, before, strlen(before));
    memcpy(copy + strlen(before), data, size);
    memcpy(copy + *made - strlen(after), after, strlen(after) + 1);
    return copy;
}

static bool is_taken(struct initdata *initdata, const char *before,
                     const uint8_t *data, size_t size, const char *after)
{
    struct failure failure;
    size_t made = 0;
    char *copy = between(before, data, size, after, &made);
    const bool is =
        initdata_make(initdata, "file", copy, made, &failure) == EXIT_DONE;
    HOLDS(is || failure.status == EXIT_REFUSED);
    free(copy);
    return is;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct initdata one;
    struct initdata two;
    static const uint8_t zeros[MRTD_DIGEST_SIZE];
    if (!is_taken(&one, "", data, size, "")) {
        return;
    }
    const size_t used = one.digest.size;
    HOLDS(memcmp(one.host_data, one.digest.bytes, sizeof one.host_data) == 0);
    HOLDS(memcmp(one.mrconfigid, one.digest.bytes, sizeof one.host_data) == 0);
    HOLDS(used != 32 || memcmp(one.mrconfigid + used, zeros, 16) == 0);
    /* Comments change the digest and nothing else. */
    HOLDS(is_taken(&two, "# [data]\r\n", data, size, "\n#"));
    HOLDS(two.digest.algorithm == one.digest.algorithm);
    HOLDS(memcmp(two.digest.bytes, one.digest.bytes, used) != 0);
    /* One of them again is none. */
    HOLDS(!is_taken(&two, "algorithm = 'sha256'\n", data, size, ""));
    HOLDS(!is_taken(&two, "[data]\n", data, size, ""));
    HOLDS(!is_taken(&two, "", data, size, "\n[data]\n"));
}
