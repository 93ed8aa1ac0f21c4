// SPDX-License-Identifier: GPL-2.0
/*
 * The socket at which metrics are asked for.
 */

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "program.h"

/* The first descriptor that systemd passes on. */
#define LISTEN_FDS_START	3

#define BACKLOG		128

/* Of "HOST:PORT", with brackets around a host that has colons. */
static bool split_address(const char *address, char *host, size_t size,
			  const char **port)
{
	const char *colon = strrchr(address, ':'), *end = colon;

	if (!colon || colon == address || !colon[1])
		return false;
	if (*address == '[') {
		if (colon[-1] != ']')
			return false;
		address++;
		end--;
	}
	if (end <= address || end - address >= (ptrdiff_t)size)
		return false;
	memcpy(host, address, end - address);
	host[end - address] = '\0';
	*port = colon + 1;
	return true;
}

/* The C library takes larger ones modulo 65536. */
static bool port_valid(const char *port)
{
	size_t digits = strspn(port, "0123456789");

	return digits && digits < 6 && !port[digits] && atoi(port) <= UINT16_MAX;
}

static int open_socket(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, err;

	if (fd < 0)
		return -1;
	/* An address of IPv6 is no more than that. */
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

static void report_address(int fd)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool v6;

	if (getsockname(fd, (struct sockaddr *)&name, &size) ||
	    getnameinfo((struct sockaddr *)&name, size, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	v6 = name.ss_family == AF_INET6;
	complain("listening on http://%s%s%s:%s/metrics", v6 ? "[" : "", host,
		 v6 ? "]" : "", port);
}

static int listen_at(const char *address)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *info;
	char host[NI_MAXHOST];
	const char *port;
	int fd;

	if (!split_address(address, host, sizeof(host), &port) || !port_valid(port) ||
	    getaddrinfo(host, port, &hints, &info)) {
		complain("%s: is no address such as 127.0.0.1:9954 or [::1]:9954",
			 address);
		return -1;
	}
	fd = open_socket(info);
	freeaddrinfo(info);
	if (fd < 0)
		complain("%s: %m", address);
	else
		report_address(fd);
	return fd;
}

static bool is_listening(int fd)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) && value;
}

/* systemd says by its variables that it has opened one for this process. */
static int inherit_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (pid && fds && atol(pid) == getpid() && atoi(fds) == 1 &&
	    is_listening(LISTEN_FDS_START))
		return LISTEN_FDS_START;
	complain("systemd has opened no socket for this: LISTEN_PID, LISTEN_FDS");
	return -1;
}

int http_listen(const char *address)
{
	return strcmp(address, "socket") ? listen_at(address) : inherit_socket();
}
