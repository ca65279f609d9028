/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SEV-SNP's ID block, by which the owner of a guest says what it is to be, and
 * the page of authentication information, which says who says so: AMD, SEV
 * Secure Nested Paging Firmware ABI Specification, 56860, SNP_LAUNCH_FINISH,
 * structures ID_BLOCK and ID_AUTH. The secure processor refuses to start a
 * guest of another launch digest or policy, and reports the rest.
 */
#ifndef REFERENCE_ID_BLOCK_H
#define REFERENCE_ID_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "file_kind.h"
#include "mrtd.h"
#include "reference/base64.h"

#define ID_BLOCK_SIZE 96
#define ID_AUTH_SIZE  4096

/* Size of FAMILY_ID and of IMAGE_ID. */
#define ID_SIZE 16

/* The only version of a block. */
#define ID_BLOCK_VERSION 1

/* Its fields but VERSION. */
struct id_block {
    uint8_t launch_digest[MRTD_DIGEST_SIZE];
    uint8_t family_id[ID_SIZE];
    uint8_t image_id[ID_SIZE];
    uint32_t guest_svn;
    uint64_t policy;
};

extern const struct file_kind id_block_kind;
extern const struct file_kind id_auth_kind;

void id_block_encode(uint8_t bytes[ID_BLOCK_SIZE],
                     const struct id_block *block);

/* Reads the block in a file of this name. One of another version is refused. */
enum exit_status id_block_decode(struct id_block *block, const char *name,
                                 const uint8_t bytes[ID_BLOCK_SIZE],
                                 struct failure *failure);

/*
 * The size bytes that a file holds, as they are or in base64, with white space
 * around it; what is said of other files calls them "an ID block", or what code
 * is.
 */
enum exit_status id_block_take_bytes(uint8_t *bytes, size_t size,
                                     const char *name, const char *content,
                                     size_t content_size, const char *what,
                                     const char *code, struct failure *failure);

/* A launch digest: 96 hexadecimal digits, which 0x may precede, or its base64.
 * 64 hexadecimal digits, or 62 after 0x, are neither: they are another digest.
 */
bool id_block_take_digest(const char *text, uint8_t digest[MRTD_DIGEST_SIZE]);

/* 16 bytes: 32 hexadecimal digits, which 0x may precede, or 16 characters that
 * do not begin so. */
bool id_block_take_id(const char *text, uint8_t id[ID_SIZE]);

/* Base64 of a block, of a page, and a NUL. */
#define ID_BLOCK_BASE64 BASE64_SIZE(ID_BLOCK_SIZE)
#define ID_AUTH_BASE64  BASE64_SIZE(ID_AUTH_SIZE)

#endif
