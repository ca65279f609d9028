/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/unpack.h"

#include <stdlib.h>

#include <lzma.h>

/* The header of "LZMA alone". */
#define HEADER_SIZE_FIELD 5
#define HEADER            13

/* gLzmaCustomDecompressGuid */
static const struct guid lzma_guid = {
    GUID(0xee4e5898, 0x3914, 0x4259, 0x9d6e, 0xdc7bd79403cf)};
/* gLzmaF86CustomDecompressGuid */
static const struct guid f86_guid = {
    GUID(0xd42ae6bd, 0x1352, 0x4bfb, 0x909a, 0xca72a6eae889)};

enum unpack_method unpack_method(const struct guid *guid)
{
    if (guid_equal(guid, &lzma_guid)) {
        return UNPACK_LZMA;
    }
    return guid_equal(guid, &f86_guid) ? UNPACK_LZMA_X86 : UNPACK_NONE;
}

bool unpack_size(struct span packed, uint64_t *size)
{
    return span_has(packed, 0, HEADER) &&
           span_u64(packed, HEADER_SIZE_FIELD, size);
}

static enum unpack_result result_of(lzma_ret result)
{
    if (result == LZMA_OK) {
        return UNPACK_DONE;
    }
    return result == LZMA_MEM_ERROR ? UNPACK_MEMORY : UNPACK_DAMAGED;
}

enum unpack_result unpack_run(enum unpack_method method, struct span packed,
                              void *out, size_t size)
{
    lzma_filter properties = {.id = LZMA_FILTER_LZMA1};
    lzma_filter x86 = {.id = LZMA_FILTER_X86};
    lzma_filter chain[3] = {{.id = LZMA_VLI_UNKNOWN}};
    size_t count = 0;
    size_t in = HEADER;
    size_t done = 0;
    size_t in_size = (size_t)packed.size;
    lzma_ret result = lzma_properties_decode(
        &properties, NULL, span_bytes(packed, 0, HEADER), HEADER_SIZE_FIELD);
    if (result != LZMA_OK) {
        return result_of(result);
    }
    lzma_options_lzma *options = properties.options;
    /* What lies farther back than the output's start is never referred to. */
    if (options->dict_size > size) {
        options->dict_size = (uint32_t)size;
    }
    options->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
    lzma_set_ext_size(*options, size);
    if (method == UNPACK_LZMA_X86) {
        chain[count++] = x86;
    }
    chain[count].id = LZMA_FILTER_LZMA1EXT;
    chain[count++].options = options;
    chain[count].id = LZMA_VLI_UNKNOWN;
    result =
        lzma_raw_buffer_decode(chain, NULL, span_bytes(packed, 0, packed.size),
                               &in, in_size, out, &done, size);
    free(options);
    if (result == LZMA_OK && done != size) {
        result = LZMA_DATA_ERROR;
    }
    return result_of(result);
}
