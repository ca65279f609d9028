/* SPDX-License-Identifier: Apache-2.0 */
#include "report/lines.h"

#include "model/boot_rtmr0.h"
#include "model/list_line.h"
#include "printable.h"
#include "reference/base64.h"

/* Begins the line of a name, and returns the name as the line has it. */
static const char *begin(FILE *to, const char *name, bool shown)
{
    bool escaped = false;
    const char *text = list_name(name, &escaped);
    if (shown && !printable_is_plain(text)) {
        return printable(name);
    }
    if (escaped) {
        fputc('\\', to);
    }
    return text;
}

void lines_value(char text[MRTD_HEX_SIZE], const struct mrtd_value *value,
                 bool base64)
{
    if (base64) {
        /* It is shorter than hexadecimal. */
        base64_encode(text, value->digest.bytes, value->digest.size);
    } else {
        mrtd_hex_encode(text, value->digest.bytes, value->digest.size);
    }
}

void lines_plain(FILE *to, const char *value, const char *name, bool shown)
{
    const char *text = begin(to, name, shown);
    fprintf(to, "%s  %s", value, text);
}

void lines_tagged(FILE *to, const struct launch_options *launch,
                  const struct mrtd_vmm *vmm, enum mrtd_register id,
                  const char *value, const char *name, bool shown)
{
    char label[LIST_LABEL_SIZE];
    const char *text = begin(to, name, shown);
    fprintf(to, "%s%s (%s) = %s", mrtd_register_info(id)->name,
            list_label(launch, vmm, label), text, value);
}

void lines_named(FILE *to, const char *register_name, const char *file,
                 const char *value)
{
    const char *text = begin(to, file, false);
    fprintf(to, "%s (%s) = %s\n", register_name, text, value);
}

/* One of them alone, as an MRTD is printed; of several each with its name. */
static void print_register(FILE *to, const struct boot *boot,
                           const struct boot_register *r,
                           const struct mrtd_digest *digest,
                           const struct lines_form *form)
{
    const unsigned asked = boot->e->options->boot.registers;
    const struct mrtd_value value = {.digest = *digest};
    char hex[MRTD_HEX_SIZE];
    lines_value(hex, &value, form->base64);
    if (form->tag || (asked & (asked - 1)) != 0) {
        const char *text = begin(to, boot->e->name, form->shown);
        fprintf(to, "%s (%s) = %s", r->tag, text, hex);
    } else {
        fputs(hex, to);
    }
    if (!form->no_newline) {
        fputc('\n', to);
    }
}

void lines_registers(FILE *to, const struct boot *boot,
                     const struct mrtd_value *mrtd,
                     const struct lines_form *form)
{
    const unsigned asked = boot->wanted;
    const struct boot_register *r;
    for (size_t i = 0; (r = boot_register_at(i)); i++) {
        struct mrtd_digest digest = mrtd->digest;
        if (asked & r->bit &&
            (r->bit == LAUNCH_MRTD || boot_digest(boot, r->bit, &digest))) {
            print_register(to, boot, r, &digest, form);
        }
    }
}

static void print_event(FILE *to, const struct mrtd_event *event)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, event->digest.bytes, event->digest.size);
    fprintf(to, "%-5s  %s  %s\n", mrtd_register_info(event->id)->name, hex,
            event->what);
}

void lines_events(FILE *to, const struct boot *boot)
{
    for (size_t i = 0; i < boot->rtmr0.count; i++) {
        const struct mrtd_ovmf_event *e = &boot->rtmr0.events[i];
        char text[BOOT_RTMR0_NEED];
        const char *reason = NULL;
        const char *need = boot_rtmr0_need(e, &reason, text);
        if (!e->needs) {
            print_event(to, &e->event);
        } else {
            fprintf(to, "RTMR0  %-96s  %s: %s%s\n", "not known", e->event.what,
                    need ? "give " : "", need ? need : reason);
        }
    }
    for (size_t i = 0; i < boot->count; i++) {
        if (boot->events[i].id != MRTD_REGISTER_RTMR0 ||
            boot->rtmr0.count == 0) {
            print_event(to, &boot->events[i]);
        }
    }
}

void lines_path(FILE *to, const char *folder, const char *name)
{
    fprintf(to, "%s/%s\n", printable_path(folder), printable_path(name));
}

void lines_verdict(FILE *to, const char *name, const char *verdict)
{
    const char *text = begin(to, name, true);
    fprintf(to, "%s: %s\n", text, verdict);
}

void lines_differs(FILE *to, const char *name, const struct mrtd_vmm *other)
{
    char verdict[100];
    snprintf(verdict, sizeof verdict, "FAILED (it is the value for --vmm %s)",
             other ? other->name : "");
    lines_verdict(to, name, other ? verdict : "FAILED");
}

void lines_result(FILE *to, const char *name, const char *result,
                  const char *detail)
{
    fprintf(to, "%s: %s", printable(name), result);
    if (detail) {
        fprintf(to, " (%s)", detail);
    }
    fputc('\n', to);
}

void lines_known_answer(FILE *to, const struct known_result *r)
{
    fprintf(to, "%s %s (%s)\n", r->good ? "ok    " : "FAILED", r->name, r->vmm);
}

void lines_known_answers(FILE *to, size_t good, size_t count)
{
    fprintf(to, "%zu of %zu known answers\n", good, count);
}
