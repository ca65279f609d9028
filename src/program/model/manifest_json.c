/* SPDX-License-Identifier: Apache-2.0 */
#include "model/manifest_json.h"

#include "reference/json.h"

enum exit_status manifest_json(json_t **root, const char *name,
                               const char *text, size_t size,
                               struct failure *failure)
{
    char why[JSON_WHY_SIZE];
    *root = json_read_object(text, size, why);
    if (*root) {
        return EXIT_DONE;
    }
    return json_no_memory()
               ? failure_memory(failure, name)
               : failure_refused(failure, name, "manifest", "%s", why);
}
