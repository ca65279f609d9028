/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/base64.h"

#include <openssl/evp.h>

void base64_encode(char *text, const uint8_t *bytes, size_t size)
{
    EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
}
