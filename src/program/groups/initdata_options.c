/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/initdata_options.h"

#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"

static const struct option_row rows[] = {
    {OPTION("initdata", INPUT, struct initdata_options, file, OPTION_IS_FILE,
            "the guest's initdata (TOML): MRCONFIGID or HOST_DATA")},
};
const struct option_table initdata_options = OPTION_TABLE(rows);

bool initdata_options_check(const struct initdata_options *options,
                            enum mrtd_platform platform)
{
    return options_must(!options->file || platform == MRTD_PLATFORM_TDX ||
                            platform == MRTD_PLATFORM_SNP,
                        "--initdata is for --platform tdx and snp: reports of "
                        "other guests have no field for it");
}

const struct initdata *
initdata_options_made(const struct initdata_options *options)
{
    return options->file ? &options->made : NULL;
}

enum exit_status initdata_options_take(struct initdata_options *options)
{
    struct failure failure;
    char *bytes = NULL;
    size_t size = 0;
    if (!options->file) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        input_small(options->file, INITDATA_MOST_BYTES, "initdata", "initdata",
                    &bytes, &size);
    if (status) {
        return status;
    }
    const enum exit_status made = diagnostic_outcome(
        initdata_make(&options->made, options->file, bytes, size, &failure),
        &failure);
    free(bytes);
    return made;
}

enum exit_status
initdata_options_mrconfigid(struct initdata_options *options,
                            uint8_t mrconfigid[MRTD_DIGEST_SIZE])
{
    const enum exit_status status = initdata_options_take(options);
    if (!status && options->file) {
        memcpy(mrconfigid, options->made.mrconfigid, MRTD_DIGEST_SIZE);
    }
    return status;
}

enum exit_status initdata_options_compare(struct initdata_options *options,
                                          const struct claims *claims,
                                          const char *name)
{
    struct failure failure;
    const enum exit_status status = initdata_options_take(options);
    if (status || !options->file) {
        return status;
    }
    if (initdata_compare(&options->answer, &options->made, claims, name,
                         &failure)) {
        return diagnostic_failure(&failure);
    }
    options->compared = &options->answer;
    return EXIT_DONE;
}
