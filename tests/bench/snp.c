/* SPDX-License-Identifier: Apache-2.0 */
/* Launch digests of SEV-SNP, and the search of a launch that gives one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "../unit/snp_sample.h"
#include "bench.h"

#define PAGE_INFO_SIZE 112

/* What a careful user of EVP does: two digests a page. */
static void evp_snp(const struct workload *w, uint8_t digest[MRTD_DIGEST_SIZE])
{
    static const uint8_t zeros[MRTD_PAGE_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const struct mrtd_run *run;
    memset(digest, 0, MRTD_DIGEST_SIZE);
    for (uint32_t r = 0; (run = mrtd_plan_run(w->plan, r)); r++) {
        const uint8_t *made = mrtd_plan_bytes(w->plan, run);
        const uint8_t *file = (const uint8_t *)w->source.data;
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            uint8_t info[PAGE_INFO_SIZE] = {0};
            const uint64_t gpa = run->gpa + at;
            const uint8_t *page = zeros;
            if (run->content == MRTD_CONTENT_PLAN) {
                page = made + at;
            } else if (run->content == MRTD_CONTENT_IMAGE) {
                page = file + run->data_offset + at;
            }
            memcpy(info, digest, MRTD_DIGEST_SIZE);
            if (run->page_type == MRTD_SNP_PAGE_NORMAL ||
                run->page_type == MRTD_SNP_PAGE_VMSA) {
                EVP_DigestInit_ex(context, EVP_sha384(), NULL);
                EVP_DigestUpdate(context, page, MRTD_PAGE_SIZE);
                EVP_DigestFinal_ex(context, info + MRTD_DIGEST_SIZE, NULL);
            }
            info[0x60] = PAGE_INFO_SIZE;
            info[0x62] = run->page_type;
            memcpy(info + 0x68, &gpa, 8); /* little-endian machines only */
            EVP_DigestInit_ex(context, EVP_sha384(), NULL);
            EVP_DigestUpdate(context, info, sizeof info);
            EVP_DigestFinal_ex(context, digest, NULL);
        }
    }
    EVP_MD_CTX_free(context);
}

static struct mrtd_image *open_image(const struct mrtd_source *source)
{
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    if (mrtd_image_open(&image, source, 0, &error)) {
        bench_die(error.message);
    }
    return image;
}

struct workload bench_snp(const char *name, size_t size, size_t zeros)
{
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP),
        .vcpus = 1,
        .vcpu_signature = mrtd_vcpu_type_find("EPYC-v4")->signature,
        .guest_features = 1};
    struct workload w = {
        .name = name, .copies = 1, .evp = evp_snp, .lanes = true};
    struct mrtd_error error;
    uint8_t *bytes = calloc(1, size);
    if (!bytes) {
        bench_die("out of memory");
    }
    snp_sample(bytes + zeros, size - zeros, 1, SNP_SAMPLE_SECTIONS, true);
    w.source.data = bytes;
    w.source.size = size;
    w.image = open_image(&w.source);
    if (mrtd_plan_build(&w.plan, w.image, &launch, &error)) {
        bench_die(error.message);
    }
    return w;
}

/* Seconds that a search with a kernel takes after the firmware's pages, which
 * it is given. */
static double search(const struct mrtd_image *image, uint32_t vcpus,
                     const struct mrtd_digest *firmware,
                     struct mrtd_search_result *result)
{
    static const struct mrtd_source kernel = {.data = "kernel", .size = 6};
    const struct mrtd_search asked = {.struct_size = sizeof asked,
                                      .vcpus = vcpus,
                                      .kernel = &kernel,
                                      .firmware_digest = firmware};
    const uint8_t nobody[MRTD_DIGEST_SIZE] = {1};
    struct mrtd_value value;
    struct mrtd_error error;
    mrtd_value_set(&value, MRTD_REGISTER_SNP, nobody);
    const double start = bench_now();
    if (mrtd_search_snp(result, image, &value, &asked, &error)) {
        bench_die(error.message);
    }
    return bench_now() - start;
}

static void search_with(const struct mrtd_image *image, const char *engine,
                        uint32_t vcpus, unsigned rounds, bool json)
{
    double seconds[MOST_ROUNDS];
    struct mrtd_search_result r;
    search(image, 1, NULL, &r);
    const struct mrtd_digest firmware = r.firmware_digest;
    for (unsigned i = 0; i < rounds; i++) {
        seconds[i] = search(image, vcpus, &firmware, &r);
    }
    qsort(seconds, rounds, sizeof *seconds, bench_compare);
    const double median = seconds[rounds / 2];
    printf(json ? "{\"search\":\"1 to %u vCPUs\",\"engine\":\"%s\","
                  "\"min_ms\":%.3f,\"median_ms\":%.3f,\"candidates\":%llu,"
                  "\"per_second\":%.0f}\n"
                : "search, 1 to %4u vCPUs    %-12s %9.2f %9.2f ms, %llu "
                  "launches tried, %.0f a second\n",
           (unsigned)vcpus, engine, seconds[0] * 1e3, median * 1e3,
           (unsigned long long)r.tried, (double)r.tried / median);
}

void bench_search(unsigned rounds, bool json)
{
    static uint8_t bytes[SNP_SAMPLE_SIZE];
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_engine engine;
    snp_sample(bytes, sizeof bytes, 1, SNP_SAMPLE_SECTIONS, true);
    struct mrtd_image *image = open_image(&source);
    search_with(image, "default", 1, rounds, json);
    search_with(image, "default", MRTD_SEARCH_VCPUS, rounds, json);
    for (size_t i = 0; mrtd_engine_at(i, &engine); i++) {
        if (mrtd_engine_force(engine.name)) {
            search_with(image, engine.name, MRTD_SEARCH_VCPUS, rounds, json);
        }
    }
    mrtd_engine_force(NULL);
    mrtd_image_free(image);
}
