/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of libFuzzer, which AFL++ has, too. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(data, size);
    return 0;
}
