/* SPDX-License-Identifier: Apache-2.0 */
#include "io/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "printable.h"

/* May this kind of output, or NULL, replace the file? Not if it cannot be
 * read. */
static bool may_replace(const struct place *place, const struct file_kind *kind)
{
    char head[FILE_KIND_HEAD];
    if (!place->exists || place->in_place || !S_ISREG(place->status.st_mode) ||
        place->status.st_size == 0) {
        return true;
    }
    const int fd = openat(place->folder, place->name,
                          O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    const ssize_t got = fd >= 0 ? read(fd, head, sizeof head) : 0;
    if (fd >= 0) {
        close(fd);
    }
    return kind && file_kind_is(kind, (uint64_t)place->status.st_size, head,
                                got > 0 ? (size_t)got : 0);
}

/* For messages. */
static const char *named(const struct file_kind *kind)
{
    return kind ? kind->what : "of a kind that is known here";
}

/* --- One file under two names ------------------------------------------ */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return S_ISREG(a->st_mode) && a->st_dev == b->st_dev &&
           a->st_ino == b->st_ino;
}

/* "-" is standard input, and the passphrase has a descriptor, too. */
static bool status_of(const char *input, struct stat *st)
{
    return (strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, st)
                                    : stat(input, st)) == 0;
}

/* Is this input that file? */
static bool is_input(const char *name, const struct stat *st)
{
    struct stat input;
    return status_of(name, &input) && is_same(st, &input);
}

/* The input that is this file, or NULL. */
static const char *find_input(const struct files *f, const struct stat *st)
{
    for (size_t i = 0; i < f->input_count; i++) {
        if (is_input(f->inputs[i], st)) {
            return f->inputs[i];
        }
    }
    for (int i = 0; i < f->operand_count; i++) {
        if (is_input(f->operands[i], st)) {
            return f->operands[i];
        }
    }
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        const char *key = f->signing.keys[i].file;
        if (key && is_input(key, st)) {
            return key;
        }
    }
    return NULL;
}

static enum exit_status would_overwrite(const char *input)
{
    return diagnostic_usage("the output would overwrite an input, %s",
                            strcmp(input, "-") == 0 ? "standard input"
                                                    : printable(input));
}

/* The input to which standard output or standard error was redirected. */
static const char *input_of_stream(const struct files *f, int stream)
{
    struct stat st;
    return fstat(stream, &st) == 0 && S_ISREG(st.st_mode) ? find_input(f, &st)
                                                          : NULL;
}

/* From now on messages go elsewhere than to standard error: to standard output,
 * or nowhere. */
static void silence_errors(bool has_output)
{
    const int to =
        has_output ? STDOUT_FILENO : open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (to < 0 || dup2(to, STDERR_FILENO) < 0) {
        exit(EXIT_USAGE);
    }
}

/* Standard output and standard error may have been redirected to what is read;
 * the message must not become part of it. */
static enum exit_status check_standard_streams(const struct files *f)
{
    const char *by_output = input_of_stream(f, STDOUT_FILENO);
    const char *by_errors = input_of_stream(f, STDERR_FILENO);
    if (by_output) {
        diagnostic_as_json(false);
    }
    if (by_errors) {
        silence_errors(!by_output);
    }
    return by_output   ? would_overwrite(by_output)
           : by_errors ? would_overwrite(by_errors)
                       : EXIT_DONE;
}

static bool is_stream(int stream, const struct place *place)
{
    struct stat st;
    return fstat(stream, &st) == 0 && is_same(&st, &place->status);
}

/* Is it what standard output or standard error was redirected to? Then no
 * object goes there that tells so. */
static bool is_standard_stream(const struct place *place)
{
    if (!place->exists || place->in_place) {
        return false;
    }
    const bool is_output = is_stream(STDOUT_FILENO, place);
    if (is_output) {
        diagnostic_as_json(false);
    }
    return is_output || is_stream(STDERR_FILENO, place);
}

/* Where the outputs are, as far as they could be found. */
struct plan {
    const struct files *files;
    struct place places[FILES_MOST];
    bool found[FILES_MOST];
};

/* Those before the index-th, standard output and standard error. */
static bool is_taken(const struct plan *p, size_t index)
{
    const struct place *place = &p->places[index];
    for (size_t i = 0; i < index; i++) {
        if (strcmp(p->files->outputs[i].path, p->files->outputs[index].path) ==
            0) {
            return true;
        }
        if (p->found[i] && p->found[index] && !place->in_place &&
            place_is_same(&p->places[i], place)) {
            return true;
        }
    }
    return p->found[index] && is_standard_stream(place);
}

static enum exit_status check_one(const struct plan *p, size_t index)
{
    const struct files *f = p->files;
    const struct output_file *file = &f->outputs[index];
    const struct place *place = &p->places[index];
    if (is_taken(p, index)) {
        return diagnostic_usage("two outputs would be the same file, %s; each "
                                "needs its own",
                                printable(file->path));
    }
    if (!p->found[index] || !place->exists) {
        return EXIT_DONE;
    }
    const char *input = find_input(f, &place->status);
    if (input) {
        return would_overwrite(input);
    }
    if (!f->force && !file->is_folder && !may_replace(place, file->kind)) {
        return diagnostic_usage(
            "%s is there already and is not %s; %s names the file that is "
            "written, and would replace it: add --force if it is to go",
            printable(file->path), named(file->kind), file->option);
    }
    return EXIT_DONE;
}

enum exit_status outputs_check(const struct files *files)
{
    struct plan p = {.files = files};
    enum exit_status status = check_standard_streams(files);
    for (size_t i = 0; i < files->output_count; i++) {
        const char *path = files->outputs[i].path;
        /* What is wrong with the others is said once they are written. */
        p.found[i] = strcmp(path, "-") != 0 &&
                     place_find_folder(&p.places[i], path) == 0;
    }
    for (size_t i = 0; !status && i < files->output_count; i++) {
        status = check_one(&p, i);
    }
    for (size_t i = 0; i < files->output_count; i++) {
        if (p.found[i]) {
            place_free(&p.places[i]);
        }
    }
    return status;
}

enum exit_status outputs_check_member(const struct files *files,
                                      const char *name,
                                      const struct place *place)
{
    const char *dot = strrchr(name, '.');
    const struct file_kind *kind =
        files->kind_of_member ? files->kind_of_member(dot ? dot + 1 : NULL)
                              : NULL;
    const char *input =
        place->exists ? find_input(files, &place->status) : NULL;
    if (input) {
        diagnostic_file(name, "the output would overwrite an input, %s",
                        strcmp(input, "-") == 0 ? "standard input"
                                                : printable(input));
        return EXIT_USAGE;
    }
    if (is_standard_stream(place)) {
        diagnostic_file(name, "the output would be the same file as standard "
                              "output or standard error; each needs its own");
        return EXIT_USAGE;
    }
    if (!files->force && !may_replace(place, kind)) {
        diagnostic_file(name,
                        "it is there already and is not %s; add --force if it "
                        "is to be replaced",
                        named(kind));
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}
