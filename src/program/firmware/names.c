/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/names.h"

#include <stddef.h>
#include <string.h>

/* FvNameGuid in edk2's OvmfPkg/OvmfPkgX64.fdf, file systems, and files without
 * a name of their own: [PI3], MdePkg/MdePkg.dec. */
static const struct {
    const char *guid;
    const char *name;
} names[] = {
    {"48db5e17-707c-472d-91cd-1613e7ef51b0", "FVMAIN_COMPACT"},
    {"6938079b-b503-4e3d-9d24-b28337a25806", "PEIFV"},
    {"7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1", "DXEFV"},
    {"763bed0d-de9f-48f5-81f1-3e90e1b1a015", "SECFV"},
    {"fff12b8d-7696-4c8b-a985-2747075b4f50", "VARS"},
    {"8c8ce578-8a3d-4f1c-9935-896185c32dd3", "FFS2 volume"},
    {"5473c07a-3dcb-4dca-bd6f-1e9689e7349a", "FFS3 volume"},
    {"1ba0062e-c779-4582-8566-336ae8f78f09", "volume top file (reset vector)"},
    {"1b45cc0a-156a-428a-af62-49864da0e6e6", "PEI apriori file"},
    {"fc510ee7-ffdc-11d4-bd41-0080c73c8881", "DXE apriori file"},
    {"9e21fd93-9c72-4c15-8c4b-e77f1db2d792", "compressed volumes"},
};

const char *names_find(const char *guid)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].guid, guid) == 0) {
            return names[i].name;
        }
    }
    return NULL;
}
