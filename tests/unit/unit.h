/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes; cmocka.h needs the four before it. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/sample.h"
#include "mrtd.h"

/* An image of four sections as OVMF has them, in miniature. */
#define SMALL_SIZE     0x4000
#define SMALL_METADATA 0x3800

static const struct mrtd_section small_sections[] = {
    {0x1000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
    {0, 0x1000, 0xffffc000, 0x1000, MRTD_SECTION_CFV, 0},
    {0, 0, 0x810000, 0x2000, MRTD_SECTION_TEMP_MEM, 0},
    {0, 0, 0x809000, 0x1000, MRTD_SECTION_TD_HOB, 0},
};

/* Fills image (SMALL_SIZE bytes) with it. */
static inline void make_small(uint8_t *image)
{
    for (size_t i = 0; i < SMALL_SIZE; i++) {
        image[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    sample_write(image, SMALL_SIZE, SMALL_METADATA, small_sections, 4);
}

/* An image of these sections in SMALL_SIZE bytes, which must outlive it. */
static inline struct mrtd_image *
open_sections(uint8_t *bytes, const struct mrtd_section *sections,
              uint32_t count, unsigned flags)
{
    const struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
    struct mrtd_image *image = NULL;
    memset(bytes, 0x5a, SMALL_SIZE);
    sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, count);
    assert_int_equal(mrtd_image_open(&image, &source, flags, NULL), MRTD_OK);
    return image;
}

/* The MRTD of a plan, as bytes; on failure left as they were. */
static inline enum mrtd_code measure_mrtd(const struct mrtd_plan *plan,
                                          const struct mrtd_observer *observer,
                                          uint8_t mrtd[MRTD_DIGEST_SIZE],
                                          struct mrtd_error *error)
{
    struct mrtd_value value;
    enum mrtd_code code = MRTD_OK;
    struct mrtd_value before;
    memset(&value, 0x5a, sizeof value);
    before = value;
    code = mrtd_measure(plan, observer, &value, error);
    if (code) {
        assert_memory_equal(&value, &before, sizeof value);
        return code;
    }
    assert_int_equal(value.id, MRTD_REGISTER_MRTD);
    assert_int_equal(value.digest.algorithm, MRTD_ALGORITHM_SHA384);
    assert_int_equal(value.digest.size, MRTD_DIGEST_SIZE);
    memcpy(mrtd, value.digest.bytes, MRTD_DIGEST_SIZE);
    return code;
}

/* A source that reads through the callback, and can be told to fail. */
struct reader {
    const uint8_t *data;
    uint64_t size;
    unsigned calls;
    unsigned fail_at;  /* the call that fails, from 1; 0: none */
    uint64_t furthest; /* end of the bytes asked for */
};

static inline int reader_read(void *context, uint64_t offset, void *buffer,
                              size_t len)
{
    struct reader *r = context;
    r->calls++;
    assert_true(len > 0);
    assert_true(offset <= r->size && len <= r->size - offset);
    if (r->calls == r->fail_at) {
        return -1;
    }
    if (offset + len > r->furthest) {
        r->furthest = offset + len;
    }
    memcpy(buffer, r->data + offset, len);
    return 0;
}

static inline struct mrtd_source reader_source(struct reader *r)
{
    struct mrtd_source s = {.size = r->size, .read = reader_read, .context = r};
    return s;
}

#endif
