/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/id_options.h"

#include <string.h>

#include "commands/open.h"
#include "io/diagnostic.h"
#include "report/id_block.h"

enum exit_status id_options_digest(const struct identity_source *o,
                                   const struct files *files,
                                   struct id_facts *facts,
                                   uint8_t digest[MRTD_DIGEST_SIZE])
{
    struct open_files open;
    struct evaluation e;
    struct failure failure;
    struct mrtd_value value;
    if (o->digest_text) {
        memcpy(digest, o->digest, MRTD_DIGEST_SIZE);
        return EXIT_DONE;
    }
    facts->file = files->operands[0];
    enum exit_status status =
        open_evaluation(&open, &e, &o->launching.launch, facts->file);
    if (status) {
        return status;
    }
    open_report(&e);
    facts->vmm = mrtd_plan_info(e.plan)->vmm;
    if (evaluation_measure(&e, NULL, NULL, &value, &failure)) {
        status = diagnostic_failure(&failure);
    } else {
        memcpy(digest, value.digest.bytes, MRTD_DIGEST_SIZE);
    }
    open_close(&open, &e);
    return status;
}

bool id_options_print(FILE *to, const void *facts)
{
    id_block_text(to, facts);
    return true;
}

bool id_options_print_json(FILE *to, const void *facts)
{
    return id_block_json(to, facts);
}
