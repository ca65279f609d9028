/* SPDX-License-Identifier: Apache-2.0 */
/* How a TD of a component boots: its kernel, and what of it is published. */
#include <string.h>

#include "model/boot_words.h"
#include "model/firmware_boot.h"
#include "model/manifest_members.h"
#include "printable.h"

static struct launch_options *launch(const struct taking *t)
{
    return &t->component->launch;
}

static struct launch_boot *boot(const struct taking *t)
{
    return &launch(t)->boot;
}

/* --- Members -------------------------------------------------------------- */

static enum exit_status add_register(const struct taking *t, const char *key,
                                     const json_t *value)
{
    const char *name = json_string_value(value);
    return boot_words_register(boot(t), name, strlen(name)) &&
                   !(boot(t)->named & (LAUNCH_RTMR0 | LAUNCH_OF_UKI))
               ? EXIT_DONE
               : manifest_refuse(t, key,
                                 "not one of mrtd, rtmr1, rtmr2, kernel, "
                                 "cmdline or all: '%s'",
                                 printable(name));
}

/* The MRTD is there in any case. */
static enum exit_status take_registers(const struct taking *t, const char *key,
                                       const json_t *value)
{
    boot(t)->registers |= LAUNCH_MRTD;
    return manifest_texts(t, key, value, add_register);
}

static enum exit_status take_cmdline(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return manifest_path(t, key, value, &boot(t)->cmdline);
}

static enum exit_status take_qemu(const struct taking *t, const char *key,
                                  const json_t *value)
{
    const char *text = json_string_value(value);
    return text && boot_words_qemu(boot(t), text)
               ? EXIT_DONE
               : manifest_refuse(
                     t, key, "not a version of QEMU from 8.0 on, as \"10.2\"");
}

static enum exit_status take_edk2(const struct taking *t, const char *key,
                                  const json_t *value)
{
    const char *text = json_string_value(value);
    return text && boot_words_edk2(boot(t), text)
               ? EXIT_DONE
               : manifest_refuse(t, key,
                                 "not a release of edk2, as \"202511\"");
}

static enum exit_status take_measures(const struct taking *t, const char *key,
                                      const json_t *value)
{
    boot(t)->measures =
        json_is_true(value) ? LAUNCH_MEASURES : LAUNCH_MEASURES_NOT;
    return json_is_boolean(value)
               ? EXIT_DONE
               : manifest_refuse(t, key, "neither true nor false");
}

static enum exit_status take_ram(const struct taking *t, const char *key,
                                 const json_t *value)
{
    const json_int_t bytes = json_integer_value(value);
    boot(t)->ram = bytes > 0 ? (uint64_t)bytes : 0;
    return bytes > 0 ? EXIT_DONE
                     : manifest_refuse(t, key, "not a number of bytes above 0");
}

#define TDX MANIFEST_OF(MRTD_PLATFORM_TDX)

static const struct manifest_member members[] = {
    {"registers", take_registers, TDX},
    {"cmdline", take_cmdline, 0},
    {"qemu", take_qemu, TDX},
    {"edk2", take_edk2, TDX},
    {"kernel_measures", take_measures, TDX},
    {"ram", take_ram, TDX},
};
const struct manifest_table manifest_booting = {members, sizeof members /
                                                             sizeof *members};

/* --- What goes together --------------------------------------------------- */

/* Nothing is said that has no use. */
static enum exit_status check_use(const struct taking *t)
{
    const struct launch_options *o = launch(t);
    const struct launch_boot *b = &o->boot;
    const struct {
        const char *key;
        bool is_given;
    } given[] = {
        {"kernel", o->guest.kernel},
        {"initrd", o->guest.initrd},
        {"append", o->guest.append},
        {"cmdline", b->cmdline},
        {"qemu", b->qemu},
        {"edk2", b->edk2},
        {"kernel_measures", b->measures},
        {"ram", b->ram},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i].is_given) {
            return manifest_refuse(t, given[i].key,
                                   "without \"registers\" beside the MRTD it "
                                   "changes nothing");
        }
    }
    return EXIT_DONE;
}

/* What does not go together whatever the image is. What the registers of an
 * image need is known once it is read, and firmware_boot() says it; QEMU before
 * 10.2 puts where the command line and the initrd are into the kernel. */
static enum exit_status check_inputs(const struct taking *t)
{
    const struct launch_options *o = launch(t);
    const struct launch_boot *b = &o->boot;
    const bool of_kernel = b->registers & LAUNCH_OF_KERNEL;
    const bool is_patched = of_kernel && launch_is_patched(b);
    if (o->guest.initrd && !o->guest.kernel) {
        return manifest_refuse(t, "initrd",
                               "without a \"kernel\" it is not measured");
    }
    if (is_patched && o->guest.initrd ? !b->ram : b->ram > 0) {
        return manifest_refuse(t, "ram",
                               "it is for a kernel that QEMU before 10.2 "
                               "changes, with an \"initrd\", and needed "
                               "there");
    }
    return b->measures && !(b->registers & LAUNCH_OF_CMDLINE)
               ? manifest_refuse(t, "kernel_measures",
                                 "it is for rtmr2 and cmdline")
               : EXIT_DONE;
}

static enum exit_status check_order(const struct taking *t,
                                    const struct manifest_order *order)
{
    const unsigned asked = firmware_boot_asked(launch(t));
    const unsigned named = firmware_boot_named(launch(t));
    for (size_t i = 0; i < order->format_count; i++) {
        const struct reference_format *f = order->formats[i];
        const enum boot_value_id id = reference_homeless(f, asked, named);
        if (!reference_holds(f, MRTD_REGISTER_MRTD)) {
            continue; /* of the release, for another platform */
        }
        if (id < BOOT_VALUES) {
            return manifest_refuse(t, "registers",
                                   "format %s has no place for %s", f->name,
                                   boot_value_names(id)->option);
        }
    }
    return EXIT_DONE;
}

/* Keys of RVPS are named as that of the launch digest is. */
static enum exit_status check_key(const struct taking *t,
                                  const struct manifest_order *order)
{
    const enum mrtd_platform platform = launch(t)->platform;
    const char *key = t->component->order.settings.key;
    for (size_t i = 0; i < order->format_count; i++) {
        if (strncmp(order->formats[i]->name, "rvps", 4) == 0 &&
            !boot_value_has_keys(platform, key)) {
            return manifest_refuse(t, "key",
                                   "with \"registers\" or \"initdata\" it is "
                                   "%s, or a path that ends with it or with it "
                                   "and :VERSION",
                                   boot_value_beside(platform));
        }
    }
    return EXIT_DONE;
}

/* What is beside a launch digest has a place and a name in all documents. */
static enum exit_status check_orders(const struct taking *t)
{
    const struct manifest_order *orders[] = {&t->component->order,
                                             &t->manifest->release};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < 2; i++) {
        status = check_order(t, orders[i]);
        if (!status &&
            (firmware_boot_asked(launch(t)) || t->component->initdata)) {
            status = check_key(t, orders[i]);
        }
    }
    return status;
}

enum exit_status manifest_check_boot(const struct taking *t)
{
    const struct launch_options *o = launch(t);
    enum exit_status status = EXIT_DONE;
    if (o->platform == MRTD_PLATFORM_TDX) {
        const bool is_asked = o->boot.registers & LAUNCH_BOOT;
        status = is_asked ? check_inputs(t) : check_use(t);
    }
    return status ? status : check_orders(t);
}
