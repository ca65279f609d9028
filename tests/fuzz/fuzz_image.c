/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image, TDVF, OVMF for SEV or IGVM: from parsing to the MRTD or the launch
 * digest, with every VMM and engine, and as a slow reference computes it.
 */
#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>

#include "fuzz.h"
#include "mrtd.h"

/* What is measured takes time; larger plans are only made. */
#define LIMIT (UINT64_C(1) << 16)

/* --- The slow reference: OpenSSL's EVP, a block at a time -------------- */

static void update(EVP_MD_CTX *md, const char *name, uint64_t gpa)
{
    uint8_t block[128] = {0};
    memcpy(block, name, strlen(name));
    for (unsigned i = 0; i < 8; i++) {
        block[16 + i] = (uint8_t)(gpa >> (8 * i));
    }
    HOLDS(EVP_DigestUpdate(md, block, sizeof block) == 1);
}

static void extend(EVP_MD_CTX *md, const struct mrtd_run *run, uint64_t at,
                   const uint8_t *data)
{
    for (uint64_t chunk = 0; chunk < MRTD_PAGE_SIZE; chunk += MRTD_CHUNK_SIZE) {
        uint8_t bytes[MRTD_CHUNK_SIZE] = {0};
        for (uint64_t i = 0; i < sizeof bytes; i++) {
            if (run->content == MRTD_CONTENT_IMAGE &&
                at + chunk + i < run->data_size) {
                bytes[i] = data[run->data_offset + at + chunk + i];
            }
        }
        update(md, "MR.EXTEND", run->gpa + at + chunk);
        HOLDS(EVP_DigestUpdate(md, bytes, sizeof bytes) == 1);
    }
}

static void slow_tdx(const struct mrtd_plan *plan, const uint8_t *data,
                     uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    const struct mrtd_run *run;
    HOLDS(md && EVP_DigestInit_ex(md, EVP_sha384(), NULL) == 1);
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            if (run->ops & MRTD_OP_TDX_ADD) {
                update(md, "MEM.PAGE.ADD", run->gpa + at);
            }
            if (run->ops & MRTD_OP_TDX_EXTEND) {
                extend(md, run, at, data);
            }
        }
    }
    HOLDS(EVP_DigestFinal_ex(md, mrtd, NULL) == 1);
    EVP_MD_CTX_free(md);
}

/* Copies what a run has at an offset: its data, then zeros. */
static void copy_run(const struct mrtd_plan *plan, const struct mrtd_run *run,
                     const uint8_t *data, uint64_t at, uint8_t *to, size_t size)
{
    const uint8_t *from = run->content == MRTD_CONTENT_PLAN
                              ? mrtd_plan_bytes(plan, run)
                              : data + run->data_offset;
    for (size_t i = 0; i < size; i++) {
        to[i] = run->content != MRTD_CONTENT_ZERO && at + i < run->data_size
                    ? from[at + i]
                    : 0;
    }
}

static void sha384(const uint8_t *data, size_t size, uint8_t *digest)
{
    HOLDS(EVP_Digest(data, size, digest, NULL, EVP_sha384(), NULL) == 1);
}

/* SEV-SNP: a PAGE_INFO for each page, with the digest before it. */
static void slow_snp(const struct mrtd_plan *plan, const uint8_t *data,
                     uint8_t digest[MRTD_DIGEST_SIZE])
{
    const struct mrtd_run *run;
    memset(digest, 0, MRTD_DIGEST_SIZE);
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
            uint8_t info[0x70] = {0};
            uint8_t page[MRTD_PAGE_SIZE];
            memcpy(info, digest, MRTD_DIGEST_SIZE);
            if (run->page_type == MRTD_SNP_PAGE_NORMAL ||
                run->page_type == MRTD_SNP_PAGE_VMSA) {
                copy_run(plan, run, data, at, page, sizeof page);
                sha384(page, sizeof page, info + 0x30);
            }
            info[0x60] = sizeof info;
            info[0x62] = run->page_type;
            for (unsigned k = 0; k < 8; k++) {
                info[0x68 + k] = (uint8_t)((run->gpa + at) >> (8 * k));
            }
            sha384(info, sizeof info, digest);
        }
    }
}

/* SEV-ES and SEV: all bytes in a row. */
static void slow_sev(const struct mrtd_plan *plan, const uint8_t *data,
                     uint8_t digest[MRTD_DIGEST_SIZE])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    const struct mrtd_run *run;
    HOLDS(md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        for (uint64_t at = 0; at < run->size; at++) {
            uint8_t byte;
            copy_run(plan, run, data, at, &byte, 1);
            HOLDS(EVP_DigestUpdate(md, &byte, 1) == 1);
        }
    }
    HOLDS(EVP_DigestFinal_ex(md, digest, NULL) == 1);
    EVP_MD_CTX_free(md);
}

static void slow(const struct mrtd_plan *plan, const uint8_t *data,
                 uint8_t digest[MRTD_DIGEST_SIZE])
{
    switch (mrtd_plan_info(plan)->vmm->platform) {
    case MRTD_PLATFORM_TDX:
        slow_tdx(plan, data, digest);
        break;
    case MRTD_PLATFORM_SNP:
        slow_snp(plan, data, digest);
        break;
    default:
        slow_sev(plan, data, digest);
        break;
    }
}

/* --- Properties -------------------------------------------------------- */

static void check_text(const char *text)
{
    HOLDS(*text);
    for (; *text; text++) {
        HOLDS(*text >= 0x20 && *text < 0x7f);
    }
}

static void check_error(enum mrtd_code code, const struct mrtd_error *error,
                        size_t size)
{
    HOLDS(code != MRTD_ERR_ARGUMENT && code != MRTD_ERR_READ);
    HOLDS(error->code == code);
    HOLDS(error->offset == MRTD_NO_OFFSET || error->offset <= size);
    check_text(error->message);
}

/* The operations of a run are its platform's; the bytes that it hashes. */
static uint64_t check_operations(const struct mrtd_plan *plan,
                                 const struct mrtd_run *run)
{
    const uint64_t pages = run->size / MRTD_PAGE_SIZE;
    const enum mrtd_platform platform = mrtd_plan_info(plan)->vmm->platform;
    if (platform == MRTD_PLATFORM_TDX) {
        HOLDS(run->page_type == 0);
        HOLDS(run->ops &&
              !(run->ops & ~(MRTD_OP_TDX_ADD | MRTD_OP_TDX_EXTEND)));
        return pages * ((run->ops & MRTD_OP_TDX_ADD ? 128U : 0) +
                        (run->ops & MRTD_OP_TDX_EXTEND ? 6144U : 0));
    }
    if (platform == MRTD_PLATFORM_SNP) {
        HOLDS(run->ops == MRTD_OP_SNP_UPDATE);
        HOLDS(run->page_type >= MRTD_SNP_PAGE_NORMAL &&
              run->page_type <= MRTD_SNP_PAGE_CPUID);
        return pages * (run->page_type <= MRTD_SNP_PAGE_VMSA ? 4480U : 256U);
    }
    HOLDS(run->ops == MRTD_OP_SEV_UPDATE && run->page_type == 0);
    return run->size;
}

static void check_runs(const struct mrtd_plan *plan, size_t size)
{
    const struct mrtd_plan_info *info = mrtd_plan_info(plan);
    const struct mrtd_run *run;
    uint64_t bytes = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        HOLDS(run->size > 0);
        if (!(run->ops & MRTD_OP_SEV_UPDATE)) {
            HOLDS(run->size % MRTD_PAGE_SIZE == 0);
            HOLDS(run->gpa % MRTD_PAGE_SIZE == 0);
            HOLDS(run->gpa + (run->size - 1) > run->gpa);
        }
        HOLDS(run->content != MRTD_CONTENT_IMAGE ||
              (run->data_offset <= size &&
               run->data_size <= size - run->data_offset &&
               run->data_size <= run->size));
        HOLDS((run->content == MRTD_CONTENT_PLAN) ==
              (mrtd_plan_bytes(plan, run) != NULL));
        HOLDS(run->content != MRTD_CONTENT_PLAN || run->data_size <= run->size);
        bytes += check_operations(plan, run);
    }
    HOLDS(bytes == info->hashed_bytes);
}

/* What is accepted has every region's data, unless VARS may be missing. */
static void check_regions(const struct mrtd_image *image, size_t size)
{
    const struct mrtd_region *r;
    for (uint32_t i = 0; (r = mrtd_image_region(image, i)); i++) {
        HOLDS(r->data_size == 0 ||
              (r->offset <= size && r->data_size <= size - r->offset));
        HOLDS(mrtd_region_name(r) || r->view == MRTD_VIEW_SEV);
        HOLDS(r->field < size);
        HOLDS(r->size == 0 || r->gpa + (r->size - 1) >= r->gpa);
    }
}

static void check_values(const struct mrtd_plan *plan, const uint8_t *data)
{
    uint8_t want[MRTD_DIGEST_SIZE] = {0};
    struct mrtd_engine engine;
    slow(plan, data, want);
    for (size_t i = 0; mrtd_engine_at(i, &engine); i++) {
        struct mrtd_value got = {0};
        struct mrtd_error error;
        if (engine.usable) {
            HOLDS(mrtd_engine_force(engine.name));
            HOLDS(mrtd_measure(plan, NULL, &got, &error) == MRTD_OK);
            HOLDS(memcmp(got.digest.bytes, want, got.digest.size) == 0);
        }
    }
    HOLDS(mrtd_engine_force(NULL));
}

static void check_plan(const struct mrtd_image *image, const uint8_t *data,
                       size_t size, const struct mrtd_launch *launch)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error = {0};
    const enum mrtd_code code = mrtd_plan_build(&plan, image, launch, &error);
    if (code) {
        HOLDS(!plan);
        check_error(code, &error, size);
        return;
    }
    check_runs(plan, size);
    if (mrtd_plan_info(plan)->hashed_bytes <= LIMIT) {
        check_values(plan, data);
    }
    mrtd_plan_free(plan);
}

/* Most VMMs take the VMSAs of an IGVM file as they are. */
static bool asks_for_vcpus(const struct mrtd_vmm *vmm,
                           const struct mrtd_image *image)
{
    return vmm->platform != MRTD_PLATFORM_TDX &&
           (mrtd_image_sev(image) || strcmp(vmm->name, "qemu") == 0 ||
            strcmp(vmm->name, "cloud-hypervisor-kvm") == 0);
}

static void check_plans(const struct mrtd_image *image, const uint8_t *data,
                        size_t size)
{
    static const struct mrtd_source kernel = {.data = "kernel", .size = 6};
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        struct mrtd_launch launch = {.struct_size = sizeof launch, .vmm = vmm};
        if (!vmm->launches_as) {
            continue;
        }
        if (asks_for_vcpus(vmm, image)) {
            launch.vcpus = 2;
            launch.vcpu_signature = 0x800f12;
            launch.guest_features = 1;
        }
        check_plan(image, data, size, &launch);
        if (vmm->platform != MRTD_PLATFORM_TDX && mrtd_image_sev(image)) {
            launch.kernel = &kernel;
            check_plan(image, data, size, &launch);
        }
    }
}

/* A read function that gives what is in memory. */
static int read_data(void *context, uint64_t offset, void *buffer, size_t len)
{
    memcpy(buffer, (const uint8_t *)context + offset, len);
    return 0;
}

/* Read piece by piece, the image is the same. */
static void check_again(const struct mrtd_image *image, const uint8_t *data,
                        size_t size, unsigned flags)
{
    /* The callback only reads. */
    union {
        const uint8_t *in;
        void *out;
    } context = {.in = data};
    const struct mrtd_source source = {
        .size = size, .read = read_data, .context = context.out};
    struct mrtd_image *again = NULL;
    struct mrtd_error error;
    HOLDS(mrtd_image_open(&again, &source, flags, &error) == MRTD_OK);
    const uint32_t count = mrtd_image_info(image)->region_count;
    HOLDS(mrtd_image_info(again)->region_count == count);
    HOLDS(mrtd_image_info(again)->finding_count ==
          mrtd_image_info(image)->finding_count);
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_region *a = mrtd_image_region(image, i);
        const struct mrtd_region *b = mrtd_image_region(again, i);
        HOLDS(a->kind == b->kind && a->platforms == b->platforms &&
              a->view == b->view && a->asks == b->asks && a->type == b->type &&
              a->attributes == b->attributes && a->gpa == b->gpa &&
              a->size == b->size && a->offset == b->offset &&
              a->data_size == b->data_size && a->field == b->field &&
              a->mask == b->mask && a->detail == b->detail);
    }
    mrtd_image_free(again);
}

static void check_acceptance(const struct mrtd_source *source, size_t size)
{
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (!vmm->acceptance) {
            continue;
        }
        struct mrtd_accept *accept = NULL;
        struct mrtd_error error = {0};
        const enum mrtd_code code =
            mrtd_accept_check(&accept, source, vmm, &error);
        if (code) {
            HOLDS(!accept);
            check_error(code, &error, size);
        }
        mrtd_accept_free(accept);
    }
}

/* --- IGVM: a checksum would keep nearly all inputs out ----------------- */

static uint32_t get_u32(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
           (uint32_t)data[3] << 24;
}

static void put_u32(uint8_t *data, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        data[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

/* Sets size and checksum, as far as the headers are inside. */
static void mend(uint8_t *data, size_t size)
{
    const size_t fixed = get_u32(data + 4) == 2 ? 32 : 24;
    const uint64_t start = get_u32(data + 8);
    const uint64_t length = get_u32(data + 12);
    if (size < fixed || start > size || length > size - start) {
        return;
    }
    put_u32(data + 16, (uint32_t)size);
    put_u32(data + 20, 0);
    put_u32(data + 20, ~crc32(crc32(UINT32_MAX, data, fixed), data + start,
                              (size_t)length));
}

static void run(const uint8_t *data, size_t size)
{
    static uint8_t nothing;
    const struct mrtd_source source = {.size = size,
                                       .data = size ? data : &nothing};
    /* MRTD_PERMISSIVE, MRTD_WITHOUT_VARS and their sum; for SEV, any file. */
    static const unsigned all[] = {0, 1, 2, 3, MRTD_WITHOUT_METADATA};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const unsigned flags = all[i];
        struct mrtd_image *image = NULL;
        struct mrtd_error error = {0};
        const enum mrtd_code code =
            mrtd_image_open(&image, &source, flags, &error);
        if (code) {
            HOLDS(!image);
            check_error(code, &error, size);
            continue;
        }
        if (!(flags & MRTD_WITHOUT_VARS)) {
            check_regions(image, size);
        }
        check_plans(image, data, size);
        check_again(image, data, size, flags);
        mrtd_image_free(image);
    }
    check_acceptance(&source, size);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    run(data, size);
    if (size >= 32 && memcmp(data, "IGVM", 4) == 0) {
        uint8_t *mended = malloc(size);
        HOLDS(mended);
        memcpy(mended, data, size);
        mend(mended, size);
        run(mended, size);
        free(mended);
    }
}
