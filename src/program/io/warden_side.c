/* SPDX-License-Identifier: Apache-2.0 */
#include "io/warden_side.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/deposit.h"
#include "io/diagnostic.h"
#include "io/key.h"
#include "io/message.h"
#include "io/sandbox.h"

static volatile pid_t worker; /* for the handler of signals */

struct warden {
    const struct files *files;
    int socket;
    struct evp_pkey_st *keys[SIGNING_KEYS]; /* or NULL */
    /* Names of inputs that may be opened: any, until there are no more. */
    char **names;
    size_t count;
    bool are_closed;
};

/* How it went. */
enum served {
    SERVED,
    SERVED_LAST, /* the worker is gone */
    SERVED_NOT,  /* errno says why: no memory, or not what a worker asks */
};

/* A request at work. */
struct service_call {
    struct request request;
    char *name;
    char *data;
    struct reply reply;
    char *answer; /* or NULL; malloc()ed */
    int fd;       /* or -1; closed once it is sent */
};

/* --- Inputs ------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum exit_status admit(struct warden *w, char *name)
{
    char *copy = w->are_closed ? NULL : strdup(name);
    /* Twice as many each time. */
    if (copy && (w->count & (w->count - 1)) == 0) {
        const size_t most = w->count ? 2 * w->count : 1;
        char **names = reallocarray(w->names, most, sizeof *names);
        if (names) {
            w->names = names;
        } else {
            free(copy);
            copy = NULL;
        }
    }
    if (!copy) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    w->names[w->count++] = copy;
    return EXIT_DONE;
}

static void close_names(struct warden *w)
{
    if (!w->are_closed && w->count > 0) {
        qsort(w->names, w->count, sizeof *w->names, compare);
    }
    w->are_closed = true;
}

static bool is_admitted(const struct warden *w, char *name)
{
    return !w->are_closed ||
           (w->count > 0 &&
            bsearch(&name, w->names, w->count, sizeof *w->names, compare));
}

static void open_input(const struct warden *w, struct service_call *c)
{
    struct input input = {.name = c->name, .fd = -1};
    struct capture capture;
    bool kept;
    c->reply.status = EXIT_IO;
    if (!is_admitted(w, c->name)) {
        return;
    }
    kept = capture_begin(&capture);
    if (kept) {
        c->reply.status = input_look(&input, c->name);
        kept = capture_end(&capture);
    }
    if (!kept) {
        c->reply.status = EXIT_IO;
        input_close(&input);
        diagnostic("out of memory");
        return;
    }
    size_t size;
    c->answer = capture_take(&capture, &size);
    c->reply.data_size = size;
    if (!c->reply.status) {
        c->fd = input.fd;
        c->reply.input = input;
    }
}

/* --- Signing ----------------------------------------------------------- */

/* Once, the first before the second. */
static enum exit_status read_keys(struct warden *w)
{
    const struct signing *s = &w->files->signing;
    enum exit_status status =
        w->keys[0] || !s->keys[0].file ? EXIT_IO : EXIT_DONE;
    for (size_t i = 0; !status && i < SIGNING_KEYS; i++) {
        if (s->keys[i].file) {
            status = key_read_private(&w->keys[i], &s->keys[i], s->is_p384);
        }
    }
    return status;
}

static enum exit_status sign(const struct warden *w, struct service_call *c)
{
    const struct signing *s = &w->files->signing;
    size_t size = 0;
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        if (!w->keys[i] && (i == 0 || s->keys[i].file)) {
            return EXIT_IO;
        }
    }
    const enum exit_status status =
        s->sign(w->keys, s->signer, c->name, c->data, c->request.data_size,
                &c->answer, &size);
    c->reply.data_size = status ? 0 : size;
    return status;
}

/* --- Outputs ----------------------------------------------------------- */

/* The output of that path, or of any if it is NULL; NULL: there is none. */
static const struct output_file *find_output(const struct warden *w,
                                             const char *path, bool is_folder)
{
    for (size_t i = 0; i < w->files->output_count; i++) {
        const struct output_file *file = &w->files->outputs[i];
        if (file->is_folder == is_folder && strcmp(file->path, "-") != 0 &&
            (!path || strcmp(file->path, path) == 0)) {
            return file;
        }
    }
    return NULL;
}

static enum exit_status open_output(const struct warden *w,
                                    struct service_call *c)
{
    const struct output_file *file = find_output(w, c->name, false);
    return file && !deposit_is_open() ? deposit_open(file->path, &c->fd)
                                      : EXIT_IO;
}

static enum exit_status open_folder(const struct warden *w,
                                    const struct service_call *c)
{
    const struct output_file *folder = find_output(w, NULL, true);
    return folder && !deposit_has_folder()
               ? deposit_folder(folder->path, c->request.is_new)
               : EXIT_IO;
}

static enum exit_status open_member(const struct warden *w,
                                    struct service_call *c)
{
    const char *name = c->name;
    if (deposit_is_open() || !deposit_has_folder() || !*name ||
        strchr(name, '/') || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0 || strlen(name) != c->request.name_size) {
        return EXIT_IO;
    }
    return deposit_member(w->files, name, &c->fd);
}

/* --- Requests ---------------------------------------------------------- */

static void perform(struct warden *w, struct service_call *c)
{
    enum exit_status *status = &c->reply.status;
    switch (c->request.service) {
    case SERVICE_ADMIT:
        *status = admit(w, c->name);
        break;
    case SERVICE_CLOSE_NAMES:
        close_names(w);
        break;
    case SERVICE_IS_MISSING:
        *status = is_admitted(w, c->name) && access(c->name, F_OK) != 0 &&
                          errno == ENOENT
                      ? EXIT_IO
                      : EXIT_DONE;
        break;
    case SERVICE_INPUT:
        open_input(w, c);
        break;
    case SERVICE_OUTPUT:
        *status = open_output(w, c);
        break;
    case SERVICE_FOLDER:
        *status = open_folder(w, c);
        break;
    case SERVICE_MEMBER:
        *status = open_member(w, c);
        break;
    case SERVICE_CLOSE:
        *status = deposit_is_open() ? deposit_close() : EXIT_IO;
        break;
    case SERVICE_PLACE:
        *status = deposit_is_open() ? EXIT_IO : deposit_place();
        break;
    case SERVICE_KEYS:
        *status = read_keys(w);
        break;
    case SERVICE_SIGN:
        *status = sign(w, c);
        break;
    default:
        *status = EXIT_IO;
    }
}

/* The other end failed: is the worker gone? An end that still had a reply to
 * read says ECONNRESET, and one that ends within a request says nothing. */
static enum served lost(void)
{
    return errno == 0 || errno == EPIPE || errno == ECONNRESET ? SERVED_LAST
                                                               : SERVED_NOT;
}

/* The name, in a buffer of its own, and the data. */
static enum served receive(const struct warden *w, struct service_call *c)
{
    static char name[MESSAGE_MOST_NAME + 1];
    const struct request *r = &c->request;
    errno = 0;
    if (!message_receive(w->socket, &c->request, sizeof c->request)) {
        return lost();
    }
    if (r->name_size > MESSAGE_MOST_NAME || r->data_size > MESSAGE_MOST_DATA) {
        errno = E2BIG;
        return SERVED_NOT;
    }
    c->data = malloc(r->data_size + 1);
    c->name = name;
    if (!c->data) {
        return SERVED_NOT;
    }
    name[r->name_size] = '\0';
    errno = 0;
    return message_receive(w->socket, name, r->name_size) &&
                   message_receive(w->socket, c->data, r->data_size)
               ? SERVED
               : lost();
}

static enum served serve(struct warden *w)
{
    struct service_call c = {.fd = -1};
    memset(&c.reply, 0, sizeof c.reply);
    enum served served = receive(w, &c);
    if (served == SERVED) {
        perform(w, &c);
        c.reply.has_descriptor = c.fd >= 0;
        if (!message_send_reply(w->socket, &c.reply, c.fd) ||
            !message_send(w->socket, c.answer, c.reply.data_size)) {
            served = lost();
        }
    }
    if (c.fd >= 0) {
        close(c.fd);
    }
    free(c.data);
    free(c.answer);
    return served;
}

/* --- The end ----------------------------------------------------------- */

static int await_worker(void)
{
    int status = 0;
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* Only calls that signal-safety(7) has. */
static void on_signal(int number)
{
    kill(worker, SIGKILL);
    (void)await_worker();
    deposit_clean();
    raise(number); /* SA_RESETHAND: as if there were no handler */
}

/* Signals by which users and systems end programs; those that are ignored stay
 * so. */
static void handle_signals(void)
{
    static const int numbers[] = {SIGINT,  SIGTERM, SIGHUP,
                                  SIGQUIT, SIGXCPU, SIGALRM};
    struct sigaction old;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {.sa_handler = on_signal};
        action.sa_flags = (int)(SA_RESETHAND | (unsigned)SA_NODEFER);
        sigfillset(&action.sa_mask);
        sigdelset(&action.sa_mask, numbers[i]);
        if (sigaction(numbers[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &action, NULL);
        }
    }
}

/* Ends as the worker did. A signal is said, but for those by which a user, or
 * the end of a pipe, ends any program. */
static void finish(int status)
{
    static const struct rlimit none = {0, 0};
    if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        if (number != SIGPIPE && number != SIGINT && number != SIGHUP) {
            diagnostic("the process that parses was killed by signal %d (%s)",
                       number, strsignal(number));
        }
        (void)setrlimit(RLIMIT_CORE, &none); /* the worker's is enough */
        signal(number, SIG_DFL);
        (void)kill(getpid(), number);
        exit(128 + number);
    }
    exit(WEXITSTATUS(status));
}

void warden_serve(const struct files *files, int socket, pid_t child)
{
    struct warden w = {.files = files, .socket = socket};
    enum served served = SERVED;
    worker = child;
    handle_signals();
    signal(SIGPIPE, SIG_IGN); /* a worker that has gone is no surprise */
    if (sandbox_enter(files)) {
        kill(worker, SIGKILL);
        (void)await_worker();
        exit(EXIT_IO);
    }
    while (served == SERVED) {
        served = serve(&w);
    }
    if (served == SERVED_NOT) {
        diagnostic("cannot open or write files: %s", strerror(errno));
        kill(worker, SIGKILL);
    }
    close(socket);
    const int status = await_worker();
    deposit_clean();
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        key_free(w.keys[i]);
    }
    if (served == SERVED_NOT) {
        exit(EXIT_IO);
    }
    finish(status);
    abort();
}
