/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mistaken.h"

#include <stdlib.h>
#include <string.h>

#include "model/list_line.h"
#include "printable.h"
#include "reference/recognize.h"

/* The beginning of the file at hand. */
struct file {
    const char *name;
    const struct mrtd_source *source;
    enum mistaken_for place;
    unsigned char *start;
    size_t size;
    struct failure *failure;
};

static enum exit_status no_memory(const struct file *f)
{
    return failure_memory(f->failure, f->name);
}

/* --- A list of values -------------------------------------------------- */

static enum exit_status tell_list(const struct file *f)
{
    if (f->place == MISTAKEN_FOR_LIST ||
        !checklist_begins((const char *)f->start, f->size)) {
        return EXIT_DONE;
    }
    if (f->place == MISTAKEN_FOR_EVIDENCE) {
        return failure_refused(f->failure, f->name, "against-unknown",
                               "a list of values: -c checks it; give one of "
                               "its values");
    }
    return failure_refused(f->failure, f->name, "not-firmware",
                           "a list of values, not a firmware image; check the "
                           "files that it names: mrtd-calc -c %s",
                           printable(f->name));
}

/* --- A firmware image -------------------------------------------------- */

/* Also one that is refused; and what is wrapped in a container. */
static enum exit_status tell_firmware(const struct file *f)
{
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    const bool list = f->place == MISTAKEN_FOR_LIST;
    const enum mrtd_code code = mrtd_image_open(
        &image, f->source, MRTD_PERMISSIVE | MRTD_WITHOUT_VARS, &error);
    mrtd_image_free(image);
    switch (code) {
    case MRTD_ERR_MEMORY:
        return no_memory(f);
    case MRTD_ERR_READ:
    case MRTD_ERR_EMPTY:
    case MRTD_ERR_TOO_LARGE:
    case MRTD_ERR_NO_TABLE:
        return EXIT_DONE;
    case MRTD_ERR_OTHER_FORMAT:
        return f->place == MISTAKEN_FOR_FIRMWARE
                   ? failure_library(f->failure, f->name, &error, NULL)
                   : failure_refused(f->failure, f->name,
                                     list ? "not-list" : "against-unknown",
                                     "%s, and no firmware image either: %s",
                                     list ? "not a list of values"
                                          : "neither an MRTD, nor evidence, "
                                            "nor reference values",
                                     error.message);
    default:
        break;
    }
    if (f->place == MISTAKEN_FOR_FIRMWARE) {
        return EXIT_DONE;
    }
    if (list) {
        return failure_refused(f->failure, f->name, "not-list",
                               "a firmware image, not a list of values; to "
                               "print its MRTD: mrtd-calc %s",
                               printable(f->name));
    }
    return failure_refused(f->failure, f->name, "against-unknown",
                           "a firmware image, which is not what a firmware is "
                           "compared with here; are the two swapped? diff "
                           "compares two of them");
}

/* --- Evidence, documents and others ------------------------------------ */

static enum exit_status tell_kind(const struct file *f)
{
    struct recognized what;
    const bool list = f->place == MISTAKEN_FOR_LIST;
    /* Evidence and the like that is refused has reasons of its own; and lines
     * of a list that are malformed have digits and names in them. */
    if (f->place == MISTAKEN_FOR_EVIDENCE ||
        !recognize(f->start, f->size, &what) ||
        (list &&
         (what.use == RECOGNIZED_TEXT || what.use == RECOGNIZED_MRTD))) {
        return EXIT_DONE;
    }
    const char *wanted = list ? "a list of values" : "a firmware image";
    const char *tag = list ? "not-list" : "not-firmware";
    if (what.use == RECOGNIZED_OTHER) {
        return failure_refused(f->failure, f->name, tag,
                               "this is %s, not %s; %s", what.name, wanted,
                               what.advice);
    }
    return failure_refused(f->failure, f->name, tag,
                           "this is %s, not %s; compare a firmware with it: "
                           "mrtd-calc check FIRMWARE --against %s",
                           what.name, wanted, printable(f->name));
}

static enum exit_status tell(const struct file *f)
{
    enum exit_status status = tell_list(f);
    if (!status) {
        status = tell_kind(f);
    }
    return status ? status : tell_firmware(f);
}

enum exit_status mistaken_tell(const char *name,
                               const struct mrtd_source *source,
                               enum mistaken_for place, struct failure *failure)
{
    struct file f = {
        .name = name, .source = source, .place = place, .failure = failure};
    enum exit_status status = EXIT_DONE;
    f.size =
        source->size < RECOGNIZE_SIZE ? (size_t)source->size : RECOGNIZE_SIZE;
    f.start = malloc(f.size + 1);
    if (!f.start) {
        return no_memory(&f);
    }
    if (source->data) {
        memcpy(f.start, source->data, f.size);
        status = tell(&f);
    } else if (source->read(source->context, 0, f.start, f.size) == 0) {
        status = tell(&f);
    }
    free(f.start);
    return status;
}
