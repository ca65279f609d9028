/* SPDX-License-Identifier: Apache-2.0 */
#include "io/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "printable.h"

/* Real ones have some hundred bytes. */
#define MAX_SIZE ((size_t)64 << 10)

/* A file that is read whole into memory, and nowhere else. */
struct pem {
    char bytes[MAX_SIZE];
    size_t size;
    unsigned mode; /* permissions of a file that others can read; 0: none */
};

/* What the callback of libcrypto works with. */
struct passphrase {
    const char *name;   /* name of the key's file */
    const char *option; /* that names the descriptor */
    int fd;             /* -1: the terminal */
    bool wanted;        /* the key is encrypted */
    bool refused;       /* at the prompt: an end of file, an interrupt */
    bool given;
    int reason; /* why fd could not be read, or 0 */
};

static enum exit_status failed(const char *name, const char *what, int reason)
{
    diagnostic_file(name, "%s: %s", what, strerror(reason));
    return EXIT_IO;
}

static enum exit_status too_large(const char *name)
{
    diagnostic_file(name, "more than %zu bytes are no key [key]", MAX_SIZE - 1);
    return EXIT_REFUSED;
}

/* Reads up to size bytes until the end, or a newline if line is set; returns
 * how many, or -1. */
static ssize_t read_some(int fd, char *to, size_t size, bool line)
{
    size_t used = 0;
    while (used < size) {
        const ssize_t n = read(fd, to + used, line ? 1 : size - used);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0 || (line && to[used] == '\n')) {
            break;
        }
        used += (size_t)n;
    }
    return (ssize_t)used;
}

static enum exit_status read_file(struct pem *pem, const char *name)
{
    const bool is_stdin = strcmp(name, "-") == 0;
    const int fd =
        is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd < 0) {
        return failed(name, "cannot open", errno);
    }
    const ssize_t size = read_some(fd, pem->bytes, sizeof pem->bytes, false);
    const int reason = errno;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 077) {
        pem->mode = (unsigned)st.st_mode & 07777;
    }
    if (!is_stdin) {
        close(fd);
    }
    if (size < 0) {
        return failed(name, "cannot read", reason);
    }
    if ((size_t)size == sizeof pem->bytes) {
        return too_large(name);
    }
    pem->size = (size_t)size;
    return EXIT_DONE;
}

/* A pem_password_cb. */
static int give_passphrase(char *to, int size, int writing, void *context)
{
    struct passphrase *p = context;
    char prompt[300];
    (void)writing;
    p->wanted = true;
    if (p->refused) {
        return -1; /* libcrypto asks again for each format that it tries */
    }
    if (p->fd >= 0) {
        const ssize_t n = read_some(p->fd, to, (size_t)size - 1, true);
        p->reason = n < 0 ? errno : 0;
        p->given = n >= 0;
        return (int)n;
    }
    /* Without a terminal libcrypto would read standard input. */
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) {
        return -1;
    }
    close(terminal);
    snprintf(prompt, sizeof prompt, "Passphrase of %s: ", printable(p->name));
    p->refused = EVP_read_pw_string(to, size, prompt, 0) != 0;
    if (p->refused) {
        return -1;
    }
    p->given = true;
    return (int)strlen(to);
}

/* Is there such a line? What comes before it is text. */
static bool is_labelled(const struct pem *pem, const char *label)
{
    return memmem(pem->bytes, pem->size, label, strlen(label)) != NULL;
}

/* What the file is instead of a key, as a hint. */
static const char *other_half(const struct pem *pem, bool is_private)
{
    if (is_private && is_labelled(pem, "-----BEGIN PUBLIC KEY-----")) {
        return ", but a public one; who signs needs its private half";
    }
    if (is_labelled(pem, "-----BEGIN OPENSSH PRIVATE KEY-----")) {
        return ", but a key of OpenSSH, which is of another form";
    }
    if (is_labelled(pem, "PRIVATE KEY-----")) {
        return is_private ? ": it has one that cannot be read; is it damaged?"
                          : ", but a private one; 'openssl pkey -pubout' makes "
                            "the public "
                            "half";
    }
    if (is_labelled(pem, "-----BEGIN CERTIFICATE-----")) {
        return is_private ? ", but a certificate; who signs needs the private "
                            "key that it is for"
                          : ", but a certificate; 'openssl x509 -pubkey "
                            "-noout' takes the key out";
    }
    if (pem->size == 0) {
        return ": the file is empty";
    }
    return "";
}

static enum exit_status refuse(const struct passphrase *p,
                               const struct pem *pem, bool is_private)
{
    if (p->reason) {
        diagnostic("%s %d: cannot read: %s", p->option, p->fd,
                   strerror(p->reason));
        return EXIT_IO;
    }
    if (p->refused) {
        diagnostic_file(p->name, "the key is encrypted, and no passphrase was "
                                 "given [key-passphrase]");
    } else if (p->wanted && !p->given) {
        diagnostic_file(p->name,
                        "the key is encrypted, and there is no passphrase: "
                        "give %s, or use a terminal [key-passphrase]",
                        p->option);
    } else if (p->wanted) {
        diagnostic_file(p->name, "the passphrase is wrong, or the key is "
                                 "damaged [key-passphrase]");
    } else {
        diagnostic_file(p->name, "not a %s key in PEM%s [key]",
                        is_private ? "private" : "public",
                        other_half(pem, is_private));
    }
    return EXIT_REFUSED;
}

/* A pem_password_cb: a public key has none, and nobody is asked. */
static int give_none(char *to, int size, int writing, void *context)
{
    (void)to;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

/* The key of the PEM, or NULL. */
static EVP_PKEY *parse(const struct pem *pem, bool is_private,
                       struct passphrase *p)
{
    BIO *bio = BIO_new_mem_buf(pem->bytes, (int)pem->size);
    EVP_PKEY *key = NULL;
    if (bio && is_private) {
        key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, p);
    } else if (bio) {
        key = PEM_read_bio_PUBKEY(bio, NULL, give_none, NULL);
    }
    BIO_free(bio);
    return key;
}

/* Reads the PEM of a public key, an input as others are. */
static enum exit_status read_input(struct pem *pem, const char *name)
{
    struct input input;
    enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    if (input.size >= sizeof pem->bytes) {
        status = too_large(name);
    } else if (input_read(&input, 0, pem->bytes, (size_t)input.size) != 0) {
        diagnostic_file(name, "cannot read: %s", input.problem);
        status = EXIT_IO;
    } else {
        pem->size = (size_t)input.size;
    }
    input_close(&input);
    return status;
}

bool key_can_begin(void)
{
    return OPENSSL_init_crypto(0, NULL) == 1 &&
           OSSL_LIB_CTX_get0_global_default();
}

bool key_begin(void)
{
    /* A configuration that cannot be read is ignored, as always. */
    return key_can_begin() &&
           (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL), true);
}

const char *key_algorithm(EVP_PKEY *key)
{
    static const struct {
        const char *name;
        const char *type;  /* for EVP_PKEY_is_a() */
        const char *group; /* group of an EC key, or NULL */
    } algorithms[] = {
        {"ES384", "EC", "secp384r1"},
        {"ES256", "EC", "prime256v1"},
        {"EdDSA", "ED25519", NULL},
    };
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        const char *wanted = algorithms[i].group;
        char group[32] = "";
        size_t len = 0;
        if (EVP_PKEY_is_a(key, algorithms[i].type) &&
            (!wanted ||
             (EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1 &&
              strcmp(group, wanted) == 0))) {
            return algorithms[i].name;
        }
    }
    return NULL;
}

/* Is it of a kind that is wanted? */
static bool is_wanted(EVP_PKEY *key, bool is_p384)
{
    const char *algorithm = key_algorithm(key);
    return algorithm && (!is_p384 || strcmp(algorithm, "ES384") == 0);
}

/*
 * libcrypto 3.0 does not always say that memory was short. So nothing is called
 * wrong that was not found so twice, and while there is memory.
 */
static bool memory_is_short(void)
{
    void *probe = malloc(sizeof(struct pem));
    free(probe);
    return !probe;
}

static enum exit_status take_key(EVP_PKEY **key, struct passphrase *p,
                                 bool is_private, bool is_p384)
{
    struct pem *pem = key_can_begin() ? calloc(1, sizeof *pem) : NULL;
    if (!pem) {
        diagnostic_file(p->name, "out of memory");
        return EXIT_IO;
    }
    enum exit_status status =
        is_private ? read_file(pem, p->name) : read_input(pem, p->name);
    if (!status) {
        *key = parse(pem, is_private, p);
        if (!*key && !is_private) {
            *key = parse(pem, is_private, p);
        }
        bool wanted = *key && is_wanted(*key, is_p384);
        if (*key && !wanted) {
            wanted = is_wanted(*key, is_p384);
        }
        if (!wanted && memory_is_short()) {
            EVP_PKEY_free(*key);
            *key = NULL;
            diagnostic_file(p->name, "out of memory");
            status = EXIT_IO;
        } else if (!*key) {
            status = refuse(p, pem, is_private);
        } else if (!wanted) {
            EVP_PKEY_free(*key);
            *key = NULL;
            diagnostic_file(
                p->name, "the key is not one of %s [key]",
                is_p384 ? "P-384"
                        : "P-384 (ES384), P-256 (ES256) and Ed25519 (EdDSA)");
            status = EXIT_REFUSED;
        } else if (is_private && pem->mode) {
            diagnostic_file(p->name,
                            "warning: others can read this private key (mode "
                            "%04o); chmod 600 [key-mode]",
                            pem->mode);
        }
    }
    OPENSSL_cleanse(pem, sizeof *pem);
    free(pem);
    return status;
}

enum exit_status key_read_private(EVP_PKEY **key, const struct signing_key *of,
                                  bool is_p384)
{
    struct passphrase p = {.name = of->file, .option = of->fd_option, .fd = -1};
    const char *text = of->passphrase_fd;
    if (text) {
        char *end = NULL;
        const long fd = strtol(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end || fd > 1 << 20) {
            return diagnostic_usage("%s needs the number of an open "
                                    "descriptor, not '%s'",
                                    of->fd_option, printable(text));
        }
        p.fd = (int)fd;
        if (fcntl(p.fd, F_GETFD) < 0) {
            diagnostic("%s %d: %s", of->fd_option, p.fd, strerror(errno));
            return EXIT_IO;
        }
    }
    return take_key(key, &p, true, is_p384);
}

enum exit_status key_read_public(EVP_PKEY **key, const char *name, bool is_p384)
{
    struct passphrase p = {.name = name, .fd = -1};
    return take_key(key, &p, false, is_p384);
}

void key_free(EVP_PKEY *key)
{
    EVP_PKEY_free(key);
}
