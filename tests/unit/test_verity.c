/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root hashes of dm-verity against those of veritysetup 2.6.1 (Debian
 * cryptsetup-bin 2:2.6.1-4~deb12u2), with the trees that it wrote, which a
 * plain second implementation here makes again.
 */
#include "unit.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

struct known {
    uint32_t hash_type;
    const char *algorithm;
    uint32_t data_block_size;
    uint32_t hash_block_size;
    uint64_t blocks;
    uint32_t salt_size; /* the salt is 00, 01, 02... */
    const char *root;
    size_t tree_size;
    const char *tree; /* SHA-256 of the tree as it is stored */
};

static const struct known answers[] = {
    {1, "sha256", 4096, 4096, 1, 32,
     "7f4f80bf77c19eadf4c08bc0ad12a6406a487ed7f4fd562a28f42750ca685e32", 0,
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {1, "sha256", 4096, 4096, 127, 32,
     "ccd62bf877a833eb7087ec01d0cac286c76eb2b08743890458ace9c8a265b041", 4096,
     "a35a4a1016805ebf8d67f6e3e51ec839c4d13603232bd18096ca102edd1cce58"},
    {1, "sha256", 4096, 4096, 129, 32,
     "edb6a7cbefa9c6973644544ae2b3419c9fb2eaed73a5dc6ae0db37f8a151f619", 12288,
     "94ed5dc50ef2050f72f37f1dfc827cdebc97a858e9716cccf3ded1d0b589b1ab"},
    {1, "sha256", 4096, 4096, 257, 32,
     "8677b68899715d51e142feef9412ce127143f4af89637f91c80884cba1ff5711", 16384,
     "8d54b842e153d038c2ed6a3cb503cdafc9dd00d294c33a3f091a3fc927173763"},
    {0, "sha256", 4096, 4096, 1, 32,
     "9bbb066f09ccda7db812d8834a72775358f4ae51a0d83ff98a48f67bcdbb6cf4", 0,
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {0, "sha256", 4096, 4096, 129, 32,
     "b3dd17f86844718b7c4b8ea969d1f3b05af593c8d4111fa5ba2807ae584f4090", 12288,
     "075a86d421c6681ece2a6bf89eda8c94e1d0ca30c0280a95dcec3a9d30649118"},
    {0, "sha512", 4096, 4096, 1, 32,
     "16d24fdc88537a4af3fe6fcfee88272645e5cc6284ed69b0db2f638b9968594f"
     "34c08c58320e60b0773fd4d6bdee4fbade9fe0b8a3e4a4482c8ccb2ce63ca362",
     0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {0, "sha512", 4096, 4096, 600, 32,
     "411dc39ad0c359fbd530f94badbb7627429e8c5204b7170bb62da24a3bb6db82"
     "b9d6abfe8c148c8e5d2f50b97ff08e6366dfa071adb18905f9b42564e4258a59",
     45056, "7f33f12be2fc341b0d897d5ac44493d0d8326f9d8212ce3b21ccbc13152478e3"},
    {1, "sha512", 4096, 4096, 65, 32,
     "59b19a0d8499652599d03432fac3d6e55a50a2d6ea51ae31a81881682b0975d1"
     "0fb86e18ba827baf6929ac60adb5ff64896f72e10514fcc610117eb693765722",
     12288, "dea97e147cfb54ce5c1244c7560d84742c68309f0cca03b83c4fc42ff5f643c8"},
    {0, "sha384", 4096, 4096, 1, 32,
     "1ba8b8a317cf9b87ec643d202dd17a2a8b641e4fb114a16e632dcc4b4912e628"
     "41d8e6438715886668aa81dd1b21b6b7",
     0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {0, "sha384", 4096, 4096, 600, 32,
     "c495c1c81fc8da2e787a637dec91ec261101d1ed3ad298759602b033827882b2"
     "60c2632e598a6d25a4e258cd2b6f93dd",
     45056, "d5fb68cb794839ec950666e001cb0251c6c547f3377d63b45b807a4980142686"},
    {1, "sha384", 4096, 4096, 65, 32,
     "d9d800474eca2a57ef7a84364cc033b416717fecc7e1e48329e627f40be6da17"
     "9a495015ba55a47f9b1ed2e8feaa62f4",
     12288, "e6dc8faf4fc8e222e5628b2fb08deffdd04fe42a9b2be770567e7f01f5df9a15"},
    {0, "sha1", 4096, 4096, 1, 32, "c0444eef7e97444aeb8d664220903dd4a4d0e03c",
     0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {0, "sha1", 4096, 4096, 600, 32, "d6e18eed59dee53d23895ebff47f00aa3859581c",
     24576, "e177e560cc241e6e736e3e6382676e33777be65b834e1ed6249b101d8affe503"},
    {1, "sha1", 4096, 4096, 65, 32, "09514050cd166c454c34ddc2a487c474dda9b048",
     4096, "b422d9d1da0de60284a196bd3a7d19335ef501907cc60c50183881a8add27165"},
    {1, "sha256", 4096, 4096, 300, 0,
     "5dd7e021b0b5f338193dd5163586a4a4c6fdcec96ca9203c477db072da74c353", 16384,
     "58c305442bf885ba5a1ae006486477926546f0c36a7a3128608aeb1a701c93d8"},
    {1, "sha256", 4096, 4096, 300, 256,
     "1dd60efe8126d5d4d0844d031e31ff3050a299cf022bd3862c32e33e9747103a", 16384,
     "d34622bf3bef3ba115c8985a61318328c7f73002f3809e46b2d659e0244bdb33"},
    {0, "sha256", 512, 512, 300, 32,
     "a8017bd81f8a2266960626006d6f9e50f9940ba3b25a7fc56be6cb729c00e0cb", 11264,
     "8453e00de3f0952b96ad774406c9dcc6dd8fc2b21af210c84f9aa71d0006d6f8"},
    {0, "sha256", 512, 4096, 300, 32,
     "b6e2e0f38e2ae2d01de1d26760186223e48dc9b2f52b2a8e1acc115cffb0f2f4", 16384,
     "d37bc6ceed081b73f325a719591a2cd37585e703a52763dfddb032adbbc2a659"},
    {0, "sha256", 4096, 512, 300, 32,
     "9207f3ff87a296e5bfc5274bfcb38571e41db078cd133a11cba191d2bbefed4a", 11264,
     "3defe1562a90b6c8c64563922193fbfec2e8dcf5832689ba34ecb95f190d98d6"},
    {0, "sha256", 1024, 2048, 300, 32,
     "cb26602f5a229f8d5f7f0dd675a3384d6d9da103c915254a238b7f7d396a6e81", 12288,
     "d2aa84fdd63989b829df25594f6a821cf64d303f29a799cef40f919888f8dfbd"},
    {0, "sha256", 4096, 1024, 300, 32,
     "f4f9c860c579267f3c086ab14efbaf1e2e3a9abb4e9a963b598d754896deae3d", 11264,
     "558d699d16661703adc192d11f3bb0ae603282cdd88def375dc388f59534a098"},
};
#define ANSWERS (sizeof answers / sizeof *answers)

/* The data of the known answers, of whichever size. */
static uint8_t *make_data(uint64_t size)
{
    uint8_t *data = malloc((size_t)size);
    assert_non_null(data);
    for (uint64_t k = 0; k < size; k++) {
        data[k] = (uint8_t)(k ^ k >> 8 ^ k >> 16);
    }
    return data;
}

static struct mrtd_verity verity_of(const struct known *k)
{
    struct mrtd_verity v;
    mrtd_verity_defaults(&v);
    v.hash_type = k->hash_type;
    v.data_block_size = k->data_block_size;
    v.hash_block_size = k->hash_block_size;
    v.data_blocks = k->blocks;
    v.salt_size = k->salt_size;
    snprintf(v.algorithm, sizeof v.algorithm, "%s", k->algorithm);
    for (unsigned i = 0; i < v.salt_size; i++) {
        v.salt[i] = (uint8_t)i;
    }
    return v;
}

static struct mrtd_source memory(const void *data, uint64_t size)
{
    return (struct mrtd_source){.data = data, .size = size};
}

/* Does this build have the algorithm? */
static bool has(const char *algorithm)
{
    return MRTD_TEST_LIBCRYPTO || strcmp(algorithm, "sha256") == 0;
}

/* --- A second implementation ---------------------------------------------- */

static unsigned digest_of(const struct mrtd_verity *v, const uint8_t *block,
                          size_t size, uint8_t *digest)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned len = 0;
    assert_non_null(context);
    EVP_DigestInit(context, EVP_get_digestbyname(v->algorithm));
    if (v->hash_type == 1) {
        EVP_DigestUpdate(context, v->salt, v->salt_size);
    }
    EVP_DigestUpdate(context, block, size);
    if (v->hash_type == 0) {
        EVP_DigestUpdate(context, v->salt, v->salt_size);
    }
    EVP_DigestFinal(context, digest, &len);
    EVP_MD_CTX_free(context);
    return len;
}

/* A level of whole hash blocks over the blocks at below. */
static uint8_t *level_over(const struct mrtd_verity *v, const uint8_t *below,
                           uint64_t count, uint32_t block, size_t *size)
{
    uint8_t digest[64];
    const unsigned len = digest_of(v, below, block, digest);
    unsigned slot = 1;
    unsigned room = 1;
    while (slot < len) {
        slot *= 2;
    }
    while (2 * room * len <= v->hash_block_size) {
        room *= 2;
    }
    slot = v->hash_type == 1 ? slot : len;
    *size = (size_t)((count + room - 1) / room * v->hash_block_size);
    uint8_t *made = calloc(1, *size);
    assert_non_null(made);
    for (uint64_t i = 0; i < count; i++) {
        digest_of(v, below + i * block, block, digest);
        memcpy(made + i / room * v->hash_block_size + i % room * slot, digest,
               len);
    }
    return made;
}

/* The tree as it is stored; NULL where there is none. */
static uint8_t *model(const struct mrtd_verity *v, const uint8_t *data,
                      uint8_t *root, size_t *total)
{
    const uint8_t *below = data;
    uint8_t *tree = NULL;
    uint64_t count = v->data_blocks;
    uint32_t block = v->data_block_size;
    *total = 0;
    while (count > 1) {
        size_t size = 0;
        uint8_t *made = level_over(v, below, count, block, &size);
        uint8_t *whole = malloc(size + *total);
        assert_non_null(whole);
        memcpy(whole, made, size);
        if (tree) {
            memcpy(whole + size, tree, *total);
        }
        free(made);
        free(tree);
        tree = whole;
        below = tree;
        *total += size;
        block = v->hash_block_size;
        count = size / block;
    }
    digest_of(v, below, block, root);
    return tree;
}

/* --- Root hashes ---------------------------------------------------------- */

static void check_answer(const struct known *k)
{
    const struct mrtd_verity v = verity_of(k);
    const uint64_t size = k->blocks * k->data_block_size;
    uint8_t *data = make_data(size);
    const struct mrtd_source source = memory(data, size);
    struct reader r = {.data = data, .size = size};
    const struct mrtd_source read = reader_source(&r);
    struct mrtd_verity_root root;
    struct mrtd_error error;
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    if (!has(k->algorithm)) {
        assert_int_equal(
            mrtd_verity_hash(&root, &v, &source, NULL, NULL, &error),
            MRTD_ERR_UNSUPPORTED);
        free(data);
        return;
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mrtd_verity_hash(&root, &v, i ? &read : &source, NULL,
                                          NULL, &error),
                         MRTD_OK);
        mrtd_hex_encode(hex, root.bytes, root.size);
        assert_string_equal(hex, k->root);
        assert_int_equal(root.tree_size, k->tree_size);
        assert_int_equal(root.data_blocks, k->blocks);
        assert_true(root.tree_differs == MRTD_NO_OFFSET);
    }
    free(data);
}

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        check_answer(&answers[i]);
    }
}

/* The second implementation is right, too: its tree is what veritysetup wrote.
 */
static void test_model(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        const struct known *k = &answers[i];
        const struct mrtd_verity v = verity_of(k);
        uint8_t *data = make_data(k->blocks * k->data_block_size);
        uint8_t root[64];
        uint8_t digest[64];
        size_t size = 0;
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        uint8_t *tree = model(&v, data, root, &size);
        assert_int_equal(size, k->tree_size);
        mrtd_hex_encode(hex, root, strlen(k->root) / 2);
        assert_string_equal(hex, k->root);
        EVP_Digest(tree ? tree : data, size, digest, NULL, EVP_sha256(), NULL);
        mrtd_hex_encode(hex, digest, 32);
        assert_string_equal(hex, k->tree);
        free(tree);
        free(data);
    }
}

/* --- Stored trees --------------------------------------------------------- */

/* Each byte of the tree that is another is found, and the first is told. */
static void test_stored_trees(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        const struct known *k = &answers[i];
        const struct mrtd_verity v = verity_of(k);
        const uint64_t size = k->blocks * k->data_block_size;
        const size_t before = 3 * (size_t)k->hash_block_size;
        struct mrtd_verity_root root;
        struct mrtd_error error;
        uint8_t top[64];
        size_t tree_size = 0;
        if (!has(k->algorithm)) {
            continue;
        }
        uint8_t *data = make_data(size);
        uint8_t *tree = model(&v, data, top, &tree_size);
        uint8_t *device = calloc(1, before + tree_size + 1);
        assert_non_null(device);
        if (tree) {
            memcpy(device + before, tree, tree_size);
        }
        const struct mrtd_source source = memory(data, size);
        const struct mrtd_source there = memory(device, before + tree_size);
        /* A superblock right before it, or an offset within its first block. */
        const struct mrtd_verity_tree trees[] = {
            {&there, before - 512, 1},
            {&there, before, 0},
            {&there, before + k->hash_block_size - 512, 0},
            {&there, before - k->hash_block_size, 1}};
        const size_t count = sizeof trees / sizeof *trees;
        for (size_t t = 0; t < count - (k->hash_block_size == 512); t++) {
            const size_t at = tree_size > 0 ? (t * 7919 + 5) % tree_size : 0;
            assert_int_equal(
                mrtd_verity_hash(&root, &v, &source, &trees[t], NULL, &error),
                MRTD_OK);
            assert_int_equal(root.tree_offset, before);
            assert_true(root.tree_differs == MRTD_NO_OFFSET);
            assert_memory_equal(root.bytes, top, root.size);
            if (tree_size == 0) {
                continue;
            }
            device[before + at] ^= 1;
            device[before + tree_size - 1] ^= 0x80;
            assert_int_equal(
                mrtd_verity_hash(&root, &v, &source, &trees[t], NULL, &error),
                MRTD_OK);
            assert_int_equal(root.tree_differs, before + at);
            assert_memory_equal(root.bytes, top, root.size);
            device[before + at] ^= 1;
            device[before + tree_size - 1] ^= 0x80;
        }
        free(device);
        free(tree);
        free(data);
    }
}

/* --- How many blocks ------------------------------------------------------ */

static void expect(const struct mrtd_verity *v, const struct mrtd_source *data,
                   const struct mrtd_verity_tree *tree, enum mrtd_code code,
                   const char *words)
{
    struct mrtd_verity_root root;
    struct mrtd_verity_root before;
    struct mrtd_error error = {.code = MRTD_OK};
    memset(&root, 0x5a, sizeof root);
    before = root;
    assert_int_equal(mrtd_verity_hash(&root, v, data, tree, NULL, &error),
                     code);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, words));
    assert_memory_equal(&root, &before, sizeof root);
}

static void test_blocks(void **state)
{
    (void)state;
    const struct known *k = &answers[0];
    struct mrtd_verity v = verity_of(k);
    struct mrtd_verity_root root;
    uint8_t *data = make_data(3 * 4096);
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    /* What is no whole block is not hashed. */
    v.data_blocks = 0;
    for (uint64_t size = 4096; size < 2 * 4096; size += 1365) {
        const struct mrtd_source source = memory(data, size);
        assert_int_equal(mrtd_verity_hash(&root, &v, &source, NULL, NULL, NULL),
                         MRTD_OK);
        mrtd_hex_encode(hex, root.bytes, root.size);
        assert_string_equal(hex, k->root);
        assert_int_equal(root.data_blocks, 1);
    }
    /* A tree in the same file ends the data, and does not overlap them. */
    const struct mrtd_source all = memory(data, 3 * 4096);
    struct mrtd_verity_tree tree = {&all, 4096, 0};
    assert_int_equal(mrtd_verity_hash(&root, &v, &all, &tree, NULL, NULL),
                     MRTD_OK);
    assert_int_equal(root.data_blocks, 1);
    v.data_blocks = 2;
    expect(&v, &all, &tree, MRTD_ERR_VERITY_SIZE, "overlap the hash area");
    /* In the block that it begins in, without a superblock. */
    tree.hash_offset = 4096 + 512;
    v.data_blocks = 2;
    expect(&v, &all, &tree, MRTD_ERR_VERITY_SIZE, "overlap the hash area");
    tree.hash_offset = 0;
    v.data_blocks = 0;
    expect(&v, &all, &tree, MRTD_ERR_VERITY_SIZE, "no whole block");
    /* More than there are. */
    v.data_blocks = 4;
    expect(&v, &all, NULL, MRTD_ERR_VERITY_SIZE, "are more than the 12288");
    v.data_blocks = UINT64_MAX / 4096 + 2;
    expect(&v, &all, NULL, MRTD_ERR_VERITY_SIZE, "are more than");
    const struct mrtd_source small = memory(data, 4095);
    v.data_blocks = 0;
    expect(&v, &small, NULL, MRTD_ERR_VERITY_SIZE, "no whole block");
    free(data);
}

static void test_trees_that_do_not_fit(void **state)
{
    (void)state;
    struct mrtd_verity v = verity_of(&answers[0]);
    uint8_t *data = make_data(2 * 4096);
    const struct mrtd_source source = memory(data, 2 * 4096);
    const struct mrtd_source device = memory(data, 4096);
    v.data_blocks = 2;
    for (unsigned has_superblock = 0; has_superblock < 2; has_superblock++) {
        const uint64_t offsets[] = {4096, 8192, UINT64_MAX - 8191,
                                    UINT64_MAX - 511};
        for (size_t i = 0; i < 4; i++) {
            const struct mrtd_verity_tree tree = {&device, offsets[i],
                                                  (int)has_superblock};
            struct mrtd_verity_root root;
            struct mrtd_error error;
            assert_int_equal(
                mrtd_verity_hash(&root, &v, &source, &tree, NULL, &error),
                MRTD_ERR_VERITY_SIZE);
        }
    }
    free(data);
}

/* --- Parameters ----------------------------------------------------------- */

static void test_parameters(void **state)
{
    (void)state;
    uint8_t *data = make_data(4096);
    const struct mrtd_source source = memory(data, 4096);
    struct mrtd_verity v = verity_of(&answers[0]);
    static const uint32_t sizes[] = {0,    1,    256,     511,       513,
                                     4095, 6144, 1048576, 0x80000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        v.data_block_size = sizes[i];
        expect(&v, &source, NULL, MRTD_ERR_VERITY_PARAMETER, "data block size");
        v.data_block_size = 4096;
        v.hash_block_size = sizes[i];
        expect(&v, &source, NULL, MRTD_ERR_VERITY_PARAMETER, "hash block size");
        v.hash_block_size = 4096;
    }
    static const uint64_t offsets[] = {1, 511, 513, 4095, UINT64_MAX};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        const struct mrtd_verity_tree tree = {.hash_offset = offsets[i]};
        expect(&v, &source, &tree, MRTD_ERR_VERITY_PARAMETER, "hash offset");
    }
    /* A name that does not end. */
    memset(v.algorithm, 'a', sizeof v.algorithm);
    memset(v.uuid, 'a', sizeof v.uuid);
    expect(&v, &source, NULL, MRTD_ERR_VERITY_PARAMETER, "does not end");
    v = verity_of(&answers[0]);
    v.hash_type = 2;
    expect(&v, &source, NULL, MRTD_ERR_VERITY_PARAMETER, "hash type 2");
    v.hash_type = 1;
    v.salt_size = 257;
    expect(&v, &source, NULL, MRTD_ERR_VERITY_PARAMETER, "a salt of 257");
    v.salt_size = 0;
    static const char *const names[] = {
        "", "SHA256", "sha-257", "shake128", "null", "2.16.840.1.101.3.4.2.1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        memset(v.algorithm, 0, sizeof v.algorithm);
        strcpy(v.algorithm, names[i]);
        expect(&v, &source, NULL, MRTD_ERR_UNSUPPORTED, "libcrypto");
    }
    v = verity_of(&answers[0]);
    v.struct_size = 1;
    expect(&v, &source, NULL, MRTD_ERR_ARGUMENT, "struct_size");
    v = verity_of(&answers[0]);
    struct mrtd_verity_root root;
    assert_int_equal(mrtd_verity_hash(&root, NULL, &source, NULL, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verity_hash(&root, &v, NULL, NULL, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verity_hash(NULL, &v, &source, NULL, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    mrtd_verity_defaults(NULL);
    free(data);
}

/* --- Readers and observers ------------------------------------------------ */

static int stop_at(void *context, uint64_t hashed, uint64_t total)
{
    uint64_t *last = context;
    assert_int_equal(total, 300 * 4096);
    assert_true(hashed > *last && hashed <= total);
    *last = hashed;
    return hashed < total ? 0 : 1;
}

static void test_observer(void **state)
{
    (void)state;
    uint64_t last = 0;
    struct mrtd_verity v = verity_of(&answers[0]);
    struct mrtd_verity_root root;
    const struct mrtd_observer observer = {.context = &last,
                                           .progress = stop_at};
    uint8_t *data = make_data(300 * 4096);
    const struct mrtd_source source = memory(data, 300 * 4096);
    v.data_blocks = 0;
    assert_int_equal(
        mrtd_verity_hash(&root, &v, &source, NULL, &observer, NULL),
        MRTD_ERR_CANCELLED);
    assert_int_equal(last, 300 * 4096);
    free(data);
}

static void test_failed_reads(void **state)
{
    (void)state;
    uint8_t *data = make_data(300 * 4096);
    struct mrtd_verity v = verity_of(&answers[0]);
    v.data_blocks = 300;
    struct reader r = {.data = data, .size = 300 * 4096, .fail_at = 1};
    const struct mrtd_source bad = reader_source(&r);
    const struct mrtd_source good = memory(data, 300 * 4096);
    const struct mrtd_verity_tree tree = {&bad, 0, 0};
    struct mrtd_verity_root root;
    assert_int_equal(mrtd_verity_hash(&root, &v, &bad, NULL, NULL, NULL),
                     MRTD_ERR_READ);
    r.calls = 0;
    assert_int_equal(mrtd_verity_hash(&root, &v, &good, &tree, NULL, NULL),
                     MRTD_ERR_READ);
    free(data);
}

/* --- Superblocks ---------------------------------------------------------- */

static void put(uint8_t *at, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(number >> 8 * i);
    }
}

/* By cryptsetup's struct verity_sb. */
static void make_superblock(uint8_t sb[512])
{
    memset(sb, 0, 512);
    memcpy(sb, "verity", 6);
    put(sb + 8, 1, 4);
    put(sb + 12, 1, 4);
    for (unsigned i = 0; i < 16; i++) {
        sb[16 + i] = (uint8_t)(0xa0 + i);
    }
    memcpy(sb + 32, "sha512", 6);
    put(sb + 64, 1024, 4);
    put(sb + 68, 2048, 4);
    put(sb + 72, 0x123456789a, 8);
    put(sb + 80, 3, 2);
    memcpy(sb + 88, "\x01\x02\x03", 3);
}

static void test_superblock(void **state)
{
    (void)state;
    uint8_t device[1024 + 512] = {0};
    struct mrtd_verity v;
    make_superblock(device + 1024);
    const struct mrtd_source source = memory(device, sizeof device);
    struct reader r = {.data = device, .size = sizeof device};
    const struct mrtd_source read = reader_source(&r);
    for (int i = 0; i < 2; i++) {
        memset(&v, 0x5a, sizeof v);
        assert_int_equal(mrtd_verity_read(&v, i ? &read : &source, 1024, NULL),
                         MRTD_OK);
        assert_int_equal(v.struct_size, sizeof v);
        assert_int_equal(v.hash_type, 1);
        assert_int_equal(v.data_block_size, 1024);
        assert_int_equal(v.hash_block_size, 2048);
        assert_int_equal(v.data_blocks, 0x123456789a);
        assert_string_equal(v.algorithm, "sha512");
        assert_int_equal(v.salt_size, 3);
        assert_memory_equal(v.salt, "\x01\x02\x03\0", 4);
        assert_memory_equal(v.uuid, device + 1024 + 16, 16);
    }
}

static void test_bad_superblocks(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        unsigned size;
        uint64_t value;
        const char *words;
    } cases[] = {
        {0, 1, 0, "no superblock"},
        {6, 1, 1, "no superblock"},
        {7, 1, 1, "no superblock"},
        {8, 4, 0, "version 0"},
        {8, 4, 2, "version 2"},
        {12, 4, 2, "hash type 2"},
        {64, 4, 1000, "data block size 1000"},
        {64, 4, 256, "data block size 256"},
        {68, 4, 0, "hash block size 0"},
        {72, 8, 0, "0 data blocks"},
        {80, 2, 257, "a salt of 257"},
        {80, 2, 65535, "a salt of 65535"},
        {32, 1, 0, "does not name"},
        {34, 1, 0, "does not name"},
    };
    uint8_t sb[512] = {0};
    const struct mrtd_source source = memory(sb, sizeof sb);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mrtd_error error;
        struct mrtd_verity v;
        struct mrtd_verity before;
        memset(&v, 0x5a, sizeof v);
        before = v;
        make_superblock(sb);
        put(sb + cases[i].at, cases[i].value, cases[i].size);
        assert_int_equal(mrtd_verity_read(&v, &source, 0, &error),
                         MRTD_ERR_VERITY_SUPERBLOCK);
        assert_non_null(strstr(error.message, cases[i].words));
        assert_true(error.offset < 512);
        assert_memory_equal(&v, &before, sizeof v);
    }
}

static void test_no_room_for_a_superblock(void **state)
{
    (void)state;
    uint8_t device[1024] = {0};
    struct mrtd_verity v;
    make_superblock(device + 512);
    for (uint64_t size = 0; size < 1024; size += 341) {
        const struct mrtd_source source = memory(device, size);
        assert_int_equal(mrtd_verity_read(&v, &source, 512, NULL),
                         MRTD_ERR_VERITY_SUPERBLOCK);
    }
    const struct mrtd_source whole = memory(device, sizeof device);
    assert_int_equal(mrtd_verity_read(&v, &whole, 513, NULL),
                     MRTD_ERR_VERITY_SUPERBLOCK);
    assert_int_equal(mrtd_verity_read(&v, &whole, UINT64_MAX, NULL),
                     MRTD_ERR_VERITY_SUPERBLOCK);
    assert_int_equal(mrtd_verity_read(&v, &whole, 512, NULL), MRTD_OK);
    assert_int_equal(mrtd_verity_read(NULL, &whole, 512, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verity_read(&v, NULL, 512, NULL), MRTD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_stored_trees),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_trees_that_do_not_fit),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_observer),
        cmocka_unit_test(test_failed_reads),
        cmocka_unit_test(test_superblock),
        cmocka_unit_test(test_bad_superblocks),
        cmocka_unit_test(test_no_room_for_a_superblock),
    };
    return cmocka_run_group_tests_name("verity", tests, NULL, NULL);
}
