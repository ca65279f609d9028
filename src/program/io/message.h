/* SPDX-License-Identifier: Apache-2.0 */
/* What worker and warden (warden.h) say to each other: a request, a reply. */
#ifndef IO_MESSAGE_H
#define IO_MESSAGE_H

#include "io/input.h"

enum service {
    SERVICE_ADMIT,
    SERVICE_CLOSE_NAMES,
    SERVICE_IS_MISSING,
    SERVICE_INPUT,
    SERVICE_OUTPUT,
    SERVICE_FOLDER,
    SERVICE_MEMBER,
    SERVICE_CLOSE,
    SERVICE_PLACE,
    SERVICE_KEYS,
    SERVICE_SIGN,
};

/* A path is shorter; a signed document, too. */
#define MESSAGE_MOST_NAME ((size_t)16 << 10)
#define MESSAGE_MOST_DATA ((size_t)64 << 20)

/* Followed by the name and the data. */
struct request {
    enum service service;
    bool is_new; /* the folder is new */
    size_t name_size;
    size_t data_size;
};

/* Followed by the data. */
struct reply {
    enum exit_status status;
    bool has_descriptor; /* a descriptor comes with the reply */
    struct input input;  /* the opened input, except its name and descriptor */
    size_t data_size;
};

/* False where the other side has gone; with SIGPIPE if that is not ignored. */
bool message_send(int socket, const void *data, size_t size);
bool message_receive(int socket, void *data, size_t size);

/* With a descriptor, or -1. */
bool message_send_reply(int socket, struct reply *reply, int fd);
bool message_receive_reply(int socket, struct reply *reply, int *fd);

#endif
