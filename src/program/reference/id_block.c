/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/id_block.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Offsets of ID_BLOCK's fields. */
enum {
    LD = 0x00,
    FAMILY_ID = 0x30,
    IMAGE_ID = 0x40,
    VERSION = 0x50,
    GUEST_SVN = 0x54,
    POLICY = 0x58
};

/* --- Kinds of files ------------------------------------------------------ */

static uint64_t get(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static bool is_block(const char *text, size_t size)
{
    return size == ID_BLOCK_SIZE &&
           get((const uint8_t *)text + VERSION, 4) == ID_BLOCK_VERSION;
}

/* The reserved bytes of a page, 0x08 to 0x3f, are zero. All of it is in the
 * head that is looked at. */
static bool is_page(const char *text, size_t size)
{
    static const char zeros[0x38];
    const size_t algorithms = 4; /* of them the first was seen */
    return size == ID_AUTH_SIZE - 4 && (text[0] == 0 || text[0] == 1) &&
           memcmp(text + 1, zeros, algorithms - 1) == 0 &&
           memcmp(text + algorithms, zeros, sizeof zeros) == 0;
}

static const struct file_start block_starts[] = {
    FILE_START_WITH("", NULL, is_block), FILE_START_NONE};
/* ID_KEY_ALGO. */
static const struct file_start page_starts[] = {
    FILE_START_WITH("\1\0\0\0", NULL, is_page), FILE_START_NONE};

const struct file_kind id_block_kind = {"an ID block (96 bytes)", 0,
                                        block_starts};
const struct file_kind id_auth_kind = {
    "a page of ID authentication information (4096 bytes)", 0, page_starts};

/* --- The block ----------------------------------------------------------- */

static void put(uint8_t *bytes, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

void id_block_encode(uint8_t bytes[ID_BLOCK_SIZE], const struct id_block *b)
{
    memcpy(bytes + LD, b->launch_digest, sizeof b->launch_digest);
    memcpy(bytes + FAMILY_ID, b->family_id, sizeof b->family_id);
    memcpy(bytes + IMAGE_ID, b->image_id, sizeof b->image_id);
    put(bytes + VERSION, 4, ID_BLOCK_VERSION);
    put(bytes + GUEST_SVN, 4, b->guest_svn);
    put(bytes + POLICY, 8, b->policy);
}

enum exit_status id_block_decode(struct id_block *b, const char *name,
                                 const uint8_t bytes[ID_BLOCK_SIZE],
                                 struct failure *failure)
{
    const uint64_t version = get(bytes + VERSION, 4);
    if (version != ID_BLOCK_VERSION) {
        return failure_refused_at(failure, name, "id-block", VERSION,
                                  "VERSION 0x%x is not %d, the only one that "
                                  "is known",
                                  (unsigned)version, ID_BLOCK_VERSION);
    }
    memcpy(b->launch_digest, bytes + LD, sizeof b->launch_digest);
    memcpy(b->family_id, bytes + FAMILY_ID, sizeof b->family_id);
    memcpy(b->image_id, bytes + IMAGE_ID, sizeof b->image_id);
    b->guest_svn = (uint32_t)get(bytes + GUEST_SVN, 4);
    b->policy = get(bytes + POLICY, 8);
    return EXIT_DONE;
}

/* --- Text ---------------------------------------------------------------- */

/* Is the text the base64 of size bytes, as it is written, of which there are
 * no more than a page's? */
static bool decode_base64(uint8_t *bytes, size_t size, const char *text,
                          size_t len)
{
    uint8_t decoded[ID_AUTH_BASE64];
    size_t got = 0;
    if (len != (size + 2) / 3 * 4 || len > sizeof decoded ||
        !base64_decode(decoded, &got, text, len) || got != size) {
        return false;
    }
    memcpy(bytes, decoded, size);
    return true;
}

enum exit_status id_block_take_bytes(uint8_t *bytes, size_t size,
                                     const char *name, const char *content,
                                     size_t content_size, const char *what,
                                     const char *code, struct failure *failure)
{
    if (content_size == size) {
        memcpy(bytes, content, size);
        return EXIT_DONE;
    }
    size_t start = 0;
    size_t end = content_size;
    while (start < end && isspace((unsigned char)content[start])) {
        start++;
    }
    while (start < end && isspace((unsigned char)content[end - 1])) {
        end--;
    }
    return decode_base64(bytes, size, content + start, end - start)
               ? EXIT_DONE
               : failure_refused(failure, name, code,
                                 "%zu bytes are not %s, neither as it is (%zu "
                                 "bytes) nor in base64 (%zu characters in one "
                                 "line)",
                                 content_size, what, size, (size + 2) / 3 * 4);
}

static bool is_hex(const char *text, size_t len)
{
    return strspn(text, "0123456789abcdefABCDEF") == len;
}

static const char *without_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2
                                                                : text;
}

bool id_block_take_digest(const char *text, uint8_t digest[MRTD_DIGEST_SIZE])
{
    const char *digits = without_prefix(text);
    const size_t len = strlen(digits);
    return mrtd_hex_decode(digest, MRTD_DIGEST_SIZE, digits, len) ||
           (!is_hex(digits, len) &&
            decode_base64(digest, MRTD_DIGEST_SIZE, text, strlen(text)));
}

bool id_block_take_id(const char *text, uint8_t id[ID_SIZE])
{
    const char *digits = without_prefix(text);
    if (mrtd_hex_decode(id, ID_SIZE, digits, strlen(digits))) {
        return true;
    }
    if (digits != text || strlen(text) != ID_SIZE) {
        return false;
    }
    memcpy(id, text, ID_SIZE);
    return true;
}
