/* SPDX-License-Identifier: Apache-2.0 */
#include "io/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/message.h"
#include "io/warden_side.h"

/* --- The worker's side ------------------------------------------------- */

static int to_warden = -1; /* the socket */
/* A request and its reply are one. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool warden_is_there(void)
{
    return to_warden >= 0;
}

/* What comes with a request or a reply. */
struct cargo {
    const char *name; /* or NULL */
    const char *data;
    size_t size;
    char *answer; /* or NULL */
    size_t answer_size;
    int fd; /* or -1 */
};

/* The other process has said why, if it could. */
static void end_without_warden(void)
{
    diagnostic("the process that opens and writes the files has ended");
    _exit(EXIT_IO);
}

static void exchange(const struct request *request, struct cargo *c,
                     struct reply *reply)
{
    if (!message_send(to_warden, request, sizeof *request) ||
        !message_send(to_warden, c->name, request->name_size) ||
        !message_send(to_warden, c->data, request->data_size) ||
        !message_receive_reply(to_warden, reply, &c->fd)) {
        end_without_warden();
    }
    c->answer_size = reply->data_size;
    if (c->answer_size == 0) {
        return; /* what was done does not fail here */
    }
    c->answer = malloc(c->answer_size + 1);
    if (!c->answer) {
        diagnostic("out of memory");
        _exit(EXIT_IO);
    }
    if (!message_receive(to_warden, c->answer, c->answer_size)) {
        end_without_warden();
    }
    c->answer[c->answer_size] = '\0';
}

static struct reply ask(enum service service, bool is_new, struct cargo *c)
{
    const struct request request = {
        .service = service,
        .is_new = is_new,
        .name_size = c->name ? strlen(c->name) : 0,
        .data_size = c->size,
    };
    struct reply reply;
    memset(&reply, 0, sizeof reply);
    pthread_mutex_lock(&lock);
    exchange(&request, c, &reply);
    pthread_mutex_unlock(&lock);
    return reply;
}

/* Asks the warden where only the status of its reply is of use. */
static enum exit_status ask_status(enum service service, bool is_new,
                                   const char *name)
{
    struct cargo c = {.name = name};
    const struct reply reply = ask(service, is_new, &c);
    free(c.answer);
    return reply.status;
}

static enum exit_status ask_descriptor(enum service service, const char *name,
                                       int *fd)
{
    struct cargo c = {.name = name};
    const struct reply reply = ask(service, false, &c);
    free(c.answer);
    *fd = c.fd;
    return reply.status;
}

enum exit_status warden_admit(const char *name)
{
    return ask_status(SERVICE_ADMIT, false, name);
}

void warden_close_names(void)
{
    if (warden_is_there()) {
        (void)ask_status(SERVICE_CLOSE_NAMES, false, NULL);
    }
}

bool warden_is_missing(const char *name)
{
    return ask_status(SERVICE_IS_MISSING, false, name) != EXIT_DONE;
}

enum exit_status warden_input(struct input *input, const char *name,
                              char **text)
{
    struct cargo c = {.name = name};
    const struct reply reply = ask(SERVICE_INPUT, false, &c);
    *text = c.answer;
    *input = reply.input;
    input->name = name;
    input->fd = c.fd;
    return reply.status;
}

enum exit_status warden_output(const char *path, int *fd)
{
    return ask_descriptor(SERVICE_OUTPUT, path, fd);
}

enum exit_status warden_folder(bool is_new)
{
    return ask_status(SERVICE_FOLDER, is_new, NULL);
}

enum exit_status warden_member(const char *name, int *fd)
{
    return ask_descriptor(SERVICE_MEMBER, name, fd);
}

enum exit_status warden_close(void)
{
    return ask_status(SERVICE_CLOSE, false, NULL);
}

enum exit_status warden_place(void)
{
    return ask_status(SERVICE_PLACE, false, NULL);
}

/* An interrupt at the prompt is the warden's: it says that there is no
 * passphrase. */
enum exit_status warden_keys(void)
{
    static const int numbers[] = {SIGINT, SIGQUIT};
    void (*const old[])(int) = {signal(SIGINT, SIG_IGN),
                                signal(SIGQUIT, SIG_IGN)};
    const enum exit_status status = ask_status(SERVICE_KEYS, false, NULL);
    for (size_t i = 0; i < 2; i++) {
        signal(numbers[i], old[i]);
    }
    return status;
}

enum exit_status warden_sign(const char *name, const char *payload, size_t size,
                             char **out, size_t *out_size)
{
    struct cargo c = {.name = name, .data = payload, .size = size};
    if (size > MESSAGE_MOST_DATA) {
        diagnostic_file(name, "cannot sign: it has more than %zu bytes",
                        MESSAGE_MOST_DATA);
        return EXIT_REFUSED;
    }
    const struct reply reply = ask(SERVICE_SIGN, false, &c);
    *out = c.answer;
    *out_size = c.answer_size;
    return reply.status;
}

/* --- The start --------------------------------------------------------- */

/* The worker may not read what the key is read from. */
static void hide(int fd)
{
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0) {
        (void)dup2(nothing, fd);
        close(nothing);
    }
}

static void hide_key(const struct signing_key *key)
{
    if (key->file && strcmp(key->file, "-") == 0) {
        hide(STDIN_FILENO);
    }
    if (key->passphrase_fd) {
        const long fd = strtol(key->passphrase_fd, NULL, 10);
        if (fd == STDIN_FILENO) {
            hide(STDIN_FILENO);
        } else if (fd > STDERR_FILENO) {
            close((int)fd);
        }
    }
}

enum exit_status warden_start(const struct files *files)
{
    int ends[2];
    const pid_t warden = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        diagnostic("cannot start a process: %s", strerror(errno));
        return EXIT_IO;
    }
    const pid_t worker = fork();
    if (worker < 0) {
        diagnostic("cannot start a process: %s", strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return EXIT_IO;
    }
    if (worker > 0) {
        close(ends[1]);
        warden_serve(files, ends[0], worker);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != warden) {
        _exit(EXIT_IO);
    }
    close(ends[0]);
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        hide_key(&files->signing.keys[i]);
    }
    to_warden = ends[1];
    return EXIT_DONE;
}
