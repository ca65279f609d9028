/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of SEV-SNP, hashed and chained one by one and several at once. */
#include "unit.h"

#include <stdlib.h>

#include "measure/snp_chain.h"

#define MOST 19

static void from_hex(uint8_t digest[SHA384_SIZE], const char *hex)
{
    assert_int_equal(mrtd_hex_decode(digest, SHA384_SIZE, hex, strlen(hex)), 1);
}

/* google/gce-tcb-verifier, sev/ld_test.go. */
static void known_answers(void **state)
{
    (void)state;
    const struct snp_engines engines = snp_engines_choose();
    static uint8_t bytes[3 * MRTD_PAGE_SIZE];
    const uint8_t *pages[3];
    uint8_t contents[3][SHA384_SIZE];
    uint8_t *digests[3];
    uint8_t want[SHA384_SIZE];
    uint8_t digest[SHA384_SIZE] = {0};
    for (unsigned i = 0; i < 4; i++) {
        memcpy(bytes + 4 * (size_t)i, "LGTM", 4);
        memcpy(bytes + sizeof bytes - 16 + 4 * (size_t)i, "LGTM", 4);
    }
    for (size_t i = 0; i < 3; i++) {
        pages[i] = bytes + i * MRTD_PAGE_SIZE;
        digests[i] = contents[i];
    }
    snp_hash_pages(&engines, pages, digests, 3);
    for (unsigned i = 0; i < 3; i++) {
        snp_chain(digest, engines.one, contents[i], MRTD_SNP_PAGE_NORMAL,
                  i * (uint64_t)MRTD_PAGE_SIZE);
    }
    from_hex(want, "cba1cd767c33b30f96271837dbbae4081a945464a5af397b9b0336b5d87"
                   "59ee88cc6b62c05d915c4424a9ac5747437d4");
    assert_memory_equal(digest, want, SHA384_SIZE);
    memset(digest, 0, sizeof digest);
    for (unsigned i = 0; i < 3; i++) {
        snp_chain(digest, engines.one, NULL, MRTD_SNP_PAGE_ZERO,
                  0x9000 + i * (uint64_t)MRTD_PAGE_SIZE);
    }
    from_hex(want, "4bfe18477ba370a50329da74b9621e721c4f29663176e08fbcf088a17c1"
                   "bc45f133898b86d5082acbe202a6e9419808a");
    assert_memory_equal(digest, want, SHA384_SIZE);
}

/* As many as an engine takes, fewer, and more, give what one by one do. */
static void several(void **state)
{
    (void)state;
    struct mrtd_engine engine;
    static uint8_t bytes[MOST][MRTD_PAGE_SIZE];
    uint8_t want[MOST][SHA384_SIZE];
    const uint8_t *pages[MOST];
    const uint8_t *contents[MOST];
    for (size_t i = 0; i < MOST; i++) {
        memset(bytes[i], (int)i + 1, MRTD_PAGE_SIZE);
        bytes[i][i * 200] = 0xa5;
        sha384_digest(bytes[i], MRTD_PAGE_SIZE, want[i]);
        pages[i] = bytes[i];
        contents[i] = want[i];
    }
    for (size_t e = 0; mrtd_engine_at(e, &engine); e++) {
        if (!mrtd_engine_force(engine.name)) {
            continue;
        }
        struct snp_engines both = {.one = &sha384_scalar};
        both.many = snp_engines_choose().many;
        for (unsigned count = 0; count <= MOST; count++) {
            uint8_t got[MOST][SHA384_SIZE] = {{0}};
            uint8_t next[MOST][SHA384_SIZE] = {{0}};
            uint8_t *digests[MOST];
            for (unsigned i = 0; i < MOST; i++) {
                digests[i] = got[i];
            }
            snp_hash_pages(&both, pages, digests, count);
            assert_memory_equal(got, want, count * sizeof *got);
            for (unsigned i = count; i < MOST; i++) {
                assert_memory_equal(got[i], next[i], sizeof *got);
            }
            memcpy(next, got, sizeof next);
            snp_chain_many(&both, digests, contents, count, MRTD_SNP_PAGE_VMSA,
                           0x1234567890ab000);
            for (unsigned i = 0; i < count; i++) {
                snp_chain(next[i], &sha384_scalar, contents[i],
                          MRTD_SNP_PAGE_VMSA, 0x1234567890ab000);
            }
            assert_memory_equal(got, next, sizeof got);
        }
    }
    mrtd_engine_force(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(several),
    };
    return cmocka_run_group_tests_name("snp_chain", tests, NULL, NULL);
}
