/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two processes instead of one, where files are written, something is signed,
 * or the names of inputs come from a file: the warden, which parses nothing,
 * and the worker, its child, which does the command's work in the sandbox and
 * asks the warden, over a socket, for what a sandbox cannot give:
 *
 *   - inputs, of which all names are sent before the first image is read;
 *   - outputs: a descriptor of a new file that has no name yet but a temporary
 *     one, and the renaming of all once all are whole;
 *   - a signature: the keys are in the warden's memory only.
 *
 * Whatever happens to the worker, and on signals that end it, the warden
 * removes what is not whole.
 */
#ifndef IO_WARDEN_H
#define IO_WARDEN_H

#include "io/files.h"
#include "io/input.h"

/* Becomes two processes, and returns in the worker. The warden ends as its
 * worker does, by the same exit status or signal. */
enum exit_status warden_start(const struct files *files);

/* Is this process a worker? All below is for one; none of it may be called
 * otherwise. What fails was said on stderr, if not told otherwise. */
bool warden_is_there(void);

/* An input that will be asked for by this name. */
enum exit_status warden_admit(const char *name);

/* No more names: from here on only those are opened that were admitted. Does
 * nothing without a warden. */
void warden_close_names(void);

/* Is there no such file? */
bool warden_is_missing(const char *name);

/* Opens an input; *text is what is to be said on stderr (free() it), or
 * NULL. */
enum exit_status warden_input(struct input *input, const char *name,
                              char **text);

/* Begins the output of this path. */
enum exit_status warden_output(const char *path, int *fd);

/* The folder that is an output, and a file in it. */
enum exit_status warden_folder(bool is_new);
enum exit_status warden_member(const char *name, int *fd);

/* What was begun is whole, and its descriptor closed. */
enum exit_status warden_close(void);

/* Puts all that is whole in its place: every file, or none. */
enum exit_status warden_place(void);

/* Reads the keys. */
enum exit_status warden_keys(void);

/* What signing_fn makes of the payload, a document of this name; free() it. */
enum exit_status warden_sign(const char *name, const char *payload, size_t size,
                             char **out, size_t *out_size);

#endif
