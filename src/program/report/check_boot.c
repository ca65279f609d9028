/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/check.schema.json describe the JSON. */
#include "report/check_boot.h"

#include "reference/values_json.h"
#include "report/boot_json.h"
#include "report/json.h"

static const char *name_of(const struct boot_answer_register *r)
{
    return mrtd_register_info(r->id)->name;
}

static void print_register(FILE *to, const struct boot_answer *a,
                           const struct boot_answer_register *r)
{
    char text[BOOT_ANSWER_TEXT];
    char hex[MRTD_HEX_SIZE];
    fprintf(to, "  %-14s%s: %s\n", name_of(r), r->same ? "same" : "DIFFERS",
            boot_answer_rules(a, r->id, text));
    mrtd_hex_encode(hex, r->computed.bytes, MRTD_DIGEST_SIZE);
    fprintf(to, "  %-14s%s  computed\n", "", hex);
    if (!r->same) {
        mrtd_hex_encode(hex, r->reported, MRTD_DIGEST_SIZE);
        fprintf(to, "  %-14s%s  reported\n", "", hex);
    }
}

/* RTMR3 is extended by the guest alone, and is never computed. */
static void print_others(FILE *to, const struct boot_answer *a)
{
    fprintf(to, "  %-14s", "not compared");
    for (size_t i = 0; i < BOOT_ANSWER_REGISTERS; i++) {
        if (!a->registers[i].is_asked) {
            fprintf(to, "%s, ", name_of(&a->registers[i]));
        }
    }
    fprintf(to, "RTMR3\n");
}

void check_boot_print(FILE *to, const struct boot_answer *a)
{
    if (!a->is_asked) {
        return;
    }
    for (size_t i = 0; i < BOOT_ANSWER_REGISTERS; i++) {
        if (a->registers[i].is_asked) {
            print_register(to, a, &a->registers[i]);
        }
    }
    print_others(to, a);
    for (size_t i = 0; i < a->boot.note_count; i++) {
        fprintf(to, "  %-14s%s [%s]\n", "note", a->boot.notes[i].message,
                a->boot.notes[i].code);
    }
}

void check_boot_print_line(FILE *to, const struct boot_answer *a)
{
    for (size_t i = 0; a->is_asked && i < BOOT_ANSWER_REGISTERS; i++) {
        if (a->registers[i].is_asked && !a->registers[i].same) {
            fprintf(to, ", %s differs", name_of(&a->registers[i]));
        }
    }
}

json_t *check_boot_json(const struct boot_answer *a)
{
    json_t *list = json_array();
    if (!a->is_asked) {
        json_decref(list);
        return json_null();
    }
    for (size_t i = 0; i < BOOT_ANSWER_REGISTERS; i++) {
        const struct boot_answer_register *r = &a->registers[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o}", "register",
                            mrtd_register_info(
                                (enum mrtd_register)(MRTD_REGISTER_RTMR0 + i))
                                ->name,
                            "computed",
                            r->is_asked ? json_digest(r->computed.bytes)
                                        : json_null(),
                            "reported", json_digest(r->reported), "same",
                            r->is_asked ? json_boolean(r->same) : json_null()));
    }
    return json_pack("{s:b, s:o, s:o}", "match", a->match, "registers", list,
                     "by", boot_json(&a->boot));
}
