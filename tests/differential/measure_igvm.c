/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library makes of IGVM files for SEV-SNP: for each line of standard
 * input, "FILE VMM VCPUS SIGNATURE FEATURES" with decimal numbers, it prints
 * the launch digest and the codes of the plan's warnings, or the code of the
 * refusal.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mrtd.h"

#define LARGEST_FILE (1 << 24)

static size_t read_file(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(4);
    }
    const size_t size = fread(data, 1, LARGEST_FILE, file);
    fclose(file);
    return size;
}

static void print(const struct mrtd_plan *plan, const struct mrtd_image *image,
                  const struct mrtd_value *value)
{
    char hex[MRTD_HEX_SIZE];
    const struct mrtd_finding *f;
    enum mrtd_code code = mrtd_igvm_check_id_block(image, value, NULL);
    mrtd_hex_encode(hex, value->digest.bytes, value->digest.size);
    printf("%s", hex);
    for (uint32_t i = 0; (f = mrtd_plan_finding(plan, i)); i++) {
        printf(" %s", mrtd_code_name(f->code));
    }
    printf("%s%s\n", code ? " " : "", code ? mrtd_code_name(code) : "");
}

static void measure(const struct mrtd_source *source,
                    const struct mrtd_launch *launch)
{
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    struct mrtd_error error;
    enum mrtd_code code =
        mrtd_image_open(&image, source, MRTD_FORMAT_IGVM, &error);
    if (!code) {
        code = mrtd_plan_build(&plan, image, launch, &error);
    }
    if (!code) {
        code = mrtd_measure(plan, NULL, &value, &error);
    }
    if (code) {
        printf("%s %s\n", mrtd_code_name(code), error.message);
    } else {
        print(plan, image, &value);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    char path[1000];
    char vmm[40];
    char numbers[3][40];
    struct mrtd_launch launch = {.struct_size = sizeof launch};
    uint8_t *data = malloc(LARGEST_FILE);
    while (data && scanf("%999s %39s %39s %39s %39s", path, vmm, numbers[0],
                         numbers[1], numbers[2]) == 5) {
        launch.vcpus = (uint32_t)strtoul(numbers[0], NULL, 10);
        launch.vcpu_signature = (uint32_t)strtoul(numbers[1], NULL, 10);
        launch.guest_features = strtoull(numbers[2], NULL, 10);
        const struct mrtd_source source = {.size = read_file(path, data),
                                           .data = data};
        launch.vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, vmm);
        if (!launch.vmm) {
            fprintf(stderr, "there is no VMM %s\n", vmm);
            return 2;
        }
        measure(&source, &launch);
    }
    free(data);
    return 0;
}
