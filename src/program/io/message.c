/* SPDX-License-Identifier: Apache-2.0 */
#include "io/message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As system calls of their own, not as numbers of socketcall(), whose arguments
 * no seccomp filter sees: so on i386 and s390x. */
static ssize_t send_message(int socket, const struct msghdr *message)
{
    ssize_t n;
    do {
        n = syscall(SYS_sendmsg, socket, message, 0);
    } while (n < 0 && errno == EINTR);
    return n;
}

static ssize_t receive_message(int socket, struct msghdr *message)
{
    ssize_t n;
    do {
        n = syscall(SYS_recvmsg, socket, message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    return n;
}

bool message_send(int socket, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        const ssize_t n = write(socket, from, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        from += n;
        size -= (size_t)n;
    }
    return true;
}

bool message_receive(int socket, void *data, size_t size)
{
    char *to = data;
    while (size > 0) {
        const ssize_t n = read(socket, to, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        to += n;
        size -= (size_t)n;
    }
    return true;
}

/* Room for one descriptor. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

bool message_send_reply(int socket, struct reply *reply, int fd)
{
    union control control = {0};
    struct iovec part = {reply, sizeof *reply};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    const ssize_t n = send_message(socket, &message);
    return n > 0 &&
           message_send(socket, (char *)reply + n, sizeof *reply - (size_t)n);
}

bool message_receive_reply(int socket, struct reply *reply, int *fd)
{
    union control control = {0};
    struct iovec part = {reply, sizeof *reply};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const ssize_t n = receive_message(socket, &message);
    *fd = -1;
    if (n <= 0 || !message_receive(socket, (char *)reply + n,
                                   sizeof *reply - (size_t)n)) {
        return false;
    }
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET &&
        header->cmsg_type == SCM_RIGHTS) {
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    }
    return true;
}
