/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show.h"

#include "report/show_forms.h"

struct forms {
    show_coloured_fn *text;
    show_fn *plan;
    show_fn *trace;
    show_fn *json;
};

static const struct forms tdx = {.text = tdx_show_text,
                                 .plan = tdx_show_plan,
                                 .trace = tdx_show_trace,
                                 .json = tdx_show_json};
static const struct forms guest = {.text = guest_show_text,
                                   .plan = guest_show_plan,
                                   .trace = guest_show_trace,
                                   .json = guest_show_json};

static const struct forms *forms_of(const struct evaluation *e)
{
    static const struct forms *const all[] = {
        [MRTD_PLATFORM_TDX] = &tdx,
        [MRTD_PLATFORM_SNP] = &guest,
        [MRTD_PLATFORM_SEV_ES] = &guest,
        [MRTD_PLATFORM_SEV] = &guest,
    };
    return all[e->options->platform];
}

enum exit_status show_text(FILE *to, const struct evaluation *e, bool colour,
                           struct failure *failure)
{
    const struct forms *forms = forms_of(e);
    return forms->text(to, e, colour, failure);
}

enum exit_status show_plan(FILE *to, const struct evaluation *e,
                           struct failure *failure)
{
    const struct forms *forms = forms_of(e);
    return forms->plan(to, e, failure);
}

enum exit_status show_trace(FILE *to, const struct evaluation *e,
                            struct failure *failure)
{
    const struct forms *forms = forms_of(e);
    return forms->trace(to, e, failure);
}

enum exit_status show_json(FILE *to, const struct evaluation *e,
                           struct failure *failure)
{
    const struct forms *forms = forms_of(e);
    return forms->json(to, e, failure);
}
