/* SPDX-License-Identifier: Apache-2.0 */
/* Images of td-shim, the TD HOB and the kernel: two sizes of 2 bytes each, a
 * list of HOBs and a kernel of these sizes, and an image. */
#include <string.h>

#include "fuzz.h"
#include "mrtd.h"

/* Hashed at most, of a region. */
#define LIMIT (1 << 18)

static int read_bytes(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct mrtd_source *memory = context;
    HOLDS(offset <= memory->size && size <= memory->size - offset);
    memcpy(buffer, (const uint8_t *)memory->data + offset, size);
    return 0;
}

static struct mrtd_source reader_of(struct mrtd_source *memory)
{
    return (struct mrtd_source){
        .size = memory->size, .read = read_bytes, .context = memory};
}

/* The first bytes of a source, up to there, which is before its end. */
static int begins(const struct mrtd_digest *digest,
                  const struct mrtd_source *source, uint64_t end)
{
    const struct mrtd_source part = {.data = source->data, .size = end};
    struct mrtd_digest made = {.algorithm = MRTD_ALGORITHM_SHA384};
    HOLDS(end <= source->size);
    HOLDS(!mrtd_digest_source(&made, 1, &part, NULL));
    return memcmp(&made, digest, sizeof made) == 0;
}

/* What is measured of a list is what its own head says. */
static void check_hob(const struct mrtd_shim_boot *boot,
                      const struct mrtd_event *event)
{
    const uint8_t *list = boot->td_hob->data;
    uint64_t end = 0;
    HOLDS(event->id == MRTD_REGISTER_RTMR0 &&
          event->type == MRTD_EV_PLATFORM_CONFIG_FLAGS);
    HOLDS(boot->td_hob->size >= 64);
    for (unsigned i = 8; i > 0; i--) {
        end = end << 8 | list[47 + i];
    }
    if (boot->shim->td_hob_address) {
        HOLDS(begins(&event->digest, boot->td_hob,
                     end - boot->shim->td_hob_address));
    }
}

/* From memory and read, the same; and what is refused changes nothing. */
static void check_events(struct mrtd_shim_boot *boot,
                         const struct mrtd_source *hob_reader,
                         const struct mrtd_source *kernel_reader)
{
    struct mrtd_event events[MRTD_SHIM_EVENTS];
    struct mrtd_event again[MRTD_SHIM_EVENTS];
    struct mrtd_error error = {.code = MRTD_OK};
    size_t count = 0;
    size_t other = 0;
    const enum mrtd_code code = mrtd_shim_events(events, &count, boot, &error);
    HOLDS(code == error.code);
    HOLDS(!code || (mrtd_code_class(code) == MRTD_CLASS_REFUSED && !count));
    HOLDS(!code ||
          (error.message[0] && strlen(error.message) < sizeof error.message));
    if (!code && boot->shim->has_td_hob) {
        check_hob(boot, &events[0]);
    }
    boot->td_hob = hob_reader;
    boot->kernel = boot->kernel ? kernel_reader : NULL;
    HOLDS(code == mrtd_shim_events(again, &other, boot, NULL));
    HOLDS(count == other);
    for (size_t i = 0; i < count; i++) {
        HOLDS(memcmp(&events[i].digest, &again[i].digest,
                     sizeof events[i].digest) == 0);
    }
}

/* What the image says; or what a usual one does. */
static void read_shim(struct mrtd_shim *shim, const struct mrtd_source *source)
{
    struct mrtd_image *image = NULL;
    *shim = (struct mrtd_shim){.has_td_hob = 1,
                               .takes_kernel = 1,
                               .extends_payload = 1,
                               .payload_size = 0x8000,
                               .parameter_size = 0x1000,
                               .td_hob_address = 0x809000,
                               .td_hob_size = 0x2000};
    if (mrtd_image_open(&image, source, MRTD_PERMISSIVE, NULL)) {
        return;
    }
    struct mrtd_error error = {.code = MRTD_OK};
    const enum mrtd_code code = mrtd_shim_read(shim, image, &error);
    HOLDS(code == error.code);
    HOLDS(!code || code == MRTD_ERR_TD_SHIM);
    HOLDS(!shim->takes_kernel ||
          (shim->has_td_hob && shim->payload_size && shim->parameter_size));
    mrtd_image_free(image);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    size_t sizes[2];
    if (size < 4) {
        return;
    }
    size -= 4;
    for (unsigned i = 0; i < 2; i++) {
        sizes[i] = data[2 * i] | (size_t)data[2 * i + 1] << 8;
        sizes[i] = sizes[i] < size ? sizes[i] : size;
        size -= sizes[i];
    }
    struct mrtd_source hob = {.data = data + 4, .size = sizes[0]};
    struct mrtd_source kernel = {.data = data + 4 + sizes[0], .size = sizes[1]};
    const struct mrtd_source image = {.data = data + 4 + sizes[0] + sizes[1],
                                      .size = size};
    const struct mrtd_source hob_reader = reader_of(&hob);
    const struct mrtd_source kernel_reader = reader_of(&kernel);
    struct mrtd_shim shim;
    read_shim(&shim, &image);
    struct mrtd_shim_boot boot = {.struct_size = sizeof boot,
                                  .registers =
                                      MRTD_SHIM_RTMR0 | MRTD_SHIM_RTMR1,
                                  .has_cmdline = shim.takes_kernel,
                                  .shim = &shim,
                                  .limit = LIMIT,
                                  .td_hob = &hob,
                                  .kernel = shim.takes_kernel ? &kernel : NULL,
                                  .cmdline = "quiet",
                                  .cmdline_size = 5};
    check_events(&boot, &hob_reader, &kernel_reader);
}
