// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics by HTTP, to many at once.
 *
 * There is one thread.  It lets libmicrohttpd read all requests that have come, and
 * holds back those for metrics; then it takes one snapshot and answers all of
 * them with it.  So a snapshot is never older than the request, however many there
 * are, and no more are taken than needed.  Nothing is kept open between requests:
 * statsfs can be unmounted at any time, and is there again when it is mounted.
 *
 * Limits: NR_CLIENTS connections, each with REQUEST_SIZE bytes for what it says, at
 * most CLIENT_SECONDS, and one answer.  Answers to the same snapshot share their
 * text.  Who has to wait does so in the kernel's queue.
 */

#include <errno.h>
#include <grp.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "http.h"
#include "program.h"

#define NR_CLIENTS	64
#define REQUEST_SIZE	8192
#define CLIENT_SECONDS	20
#define NOBODY		65534

/**
 * struct client - a connection
 * @next: the one that came after it
 * @previous: the one that came before it
 * @fd: its socket
 * @end_ns: when it has had enough time, of monotonic_ns()
 */
struct client {
	struct client *next;
	struct client *previous;
	int fd;
	uint64_t end_ns;
};

/**
 * struct answer - what some of them get
 * @response: the text with its headers
 * @status: of HTTP
 * @users: requests that it is for
 */
struct answer {
	struct MHD_Response *response;
	unsigned int status;
	unsigned int users;
};

/**
 * struct http_request - somebody who wants metrics
 * @next: who waits for the same snapshot
 * @connection: libmicrohttpd's
 * @format: what it can read
 * @gzip: compressed
 * @answer: what it gets, once that is there
 */
struct http_request {
	struct http_request *next;
	struct MHD_Connection *connection;
	enum format format;
	bool gzip;
	struct answer *answer;
};

/**
 * struct server - the server
 * @daemon: libmicrohttpd's
 * @source: what is exported
 * @waiting: those who wait for a snapshot
 * @first: the client that came first
 * @last: the one that came last
 * @again: libmicrohttpd has to be run once more
 */
struct server {
	struct MHD_Daemon *daemon;
	struct source_of_metrics *source;
	struct http_request *waiting;
	struct client *first;
	struct client *last;
	bool again;
};

/* Answers */

static struct MHD_Response *new_response(char *text, size_t size, const char *type)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);

	if (!response) {
		free(text);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	return response;
}

static struct MHD_Response *new_message(const char *message)
{
	char *text;
	int size = asprintf(&text, "%s\n", message);

	return size < 0 ? NULL :
	       new_response(text, size, "text/plain; charset=utf-8");
}

/* Compresses @text in place of what it was; leaves it if there is no memory. */
static bool compress_text(char **text, size_t *size)
{
	z_stream z = {};
	char *out;
	bool good;

	/* 16 makes it gzip's format. */
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.avail_out = deflateBound(&z, *size);
	out = malloc(z.avail_out);
	z.next_in = (unsigned char *)*text;
	z.avail_in = *size;
	z.next_out = (unsigned char *)out;
	good = out && deflate(&z, Z_FINISH) == Z_STREAM_END;
	if (good) {
		free(*text);
		*text = out;
		*size = z.total_out;
	} else {
		free(out);
	}
	deflateEnd(&z);
	return good;
}

static struct MHD_Response *new_metrics(struct scrape *scrape, enum format format,
					bool gzip)
{
	struct MHD_Response *response;
	size_t size;
	char *text = scrape_text(scrape, format, &size);

	if (!text)
		return NULL;
	gzip = gzip && compress_text(&text, &size);
	response = new_response(text, size, format_types[format]);
	if (!response)
		return NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY,
				"Accept, Accept-Encoding");
	if (gzip)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING,
					"gzip");
	return response;
}

/* With NULL for a snapshot it says why there is none. */
static struct answer *new_answer(struct scrape *scrape, enum format format,
				 bool gzip, const char *reason)
{
	struct answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		return NULL;
	if (scrape) {
		answer->status = MHD_HTTP_OK;
		answer->response = new_metrics(scrape, format, gzip);
	} else {
		answer->status = MHD_HTTP_SERVICE_UNAVAILABLE;
		answer->response = new_message(reason);
	}
	if (answer->response)
		return answer;
	free(answer);
	return NULL;
}

static void drop_answer(struct answer *answer)
{
	if (!answer || --answer->users)
		return;
	MHD_destroy_response(answer->response);
	free(answer);
}

/* Who can read the same gets the same. */
static void answer_waiting(struct server *server)
{
	struct answer *answers[NR_FORMATS][2] = {}, **answer;
	char reason[REASON_SIZE];
	struct http_request *r;
	struct scrape scrape;
	bool good = !scrape_begin(&scrape, server->source, reason);

	while ((r = server->waiting)) {
		server->waiting = r->next;
		answer = &answers[r->format][r->gzip];
		if (!*answer)
			*answer = new_answer(good ? &scrape : NULL, r->format,
					     r->gzip, reason);
		r->answer = *answer;
		if (r->answer)
			r->answer->users++;
		MHD_resume_connection(r->connection);
	}
	if (good)
		scrape_end(&scrape);
}

/* Requests */

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned int status,
			      const char *message)
{
	struct MHD_Response *response = new_message(message);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result hold_back(struct server *server,
				 struct MHD_Connection *connection, void **context)
{
	struct http_request *r = calloc(1, sizeof(*r));

	if (!r)
		return MHD_NO;
	r->connection = connection;
	r->format = http_negotiate(header(connection, MHD_HTTP_HEADER_ACCEPT));
	r->gzip = http_accepts_coding(header(connection,
					     MHD_HTTP_HEADER_ACCEPT_ENCODING), "gzip");
	r->next = server->waiting;
	server->waiting = r;
	*context = r;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

/* Is called when the headers have come, and again when a request is let go on. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *data_size, void **context)
{
	struct http_request *r = *context;

	(void)version;
	(void)data;
	if (r)
		return r->answer ? MHD_queue_response(connection, r->answer->status,
						      r->answer->response) : MHD_NO;
	if (strcmp(url, "/metrics"))
		return refuse(connection, MHD_HTTP_NOT_FOUND, "there is only /metrics");
	if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "there is only GET and HEAD");
	if (header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
	    header(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING) || *data_size)
		return refuse(connection, MHD_HTTP_BAD_REQUEST,
			      "nothing can be sent here");
	return hold_back(cls, connection, context);
}

static void on_completed(void *cls, struct MHD_Connection *connection,
			 void **context, enum MHD_RequestTerminationCode code)
{
	struct http_request *r = *context;

	(void)cls;
	(void)connection;
	(void)code;
	if (!r)
		return;
	drop_answer(r->answer);
	free(r);
	*context = NULL;
}

/* Clients */

static void add_client(struct server *server, struct MHD_Connection *connection,
		       void **context)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct client *client = info ? calloc(1, sizeof(*client)) : NULL;

	*context = client;
	if (!client)
		return;
	client->fd = info->connect_fd;
	client->end_ns = monotonic_ns() + CLIENT_SECONDS * NS_PER_S;
	client->previous = server->last;
	if (server->last)
		server->last->next = client;
	else
		server->first = client;
	server->last = client;
}

static void remove_client(struct server *server, struct client *client)
{
	server->again = true;
	if (!client)
		return;
	if (client->previous)
		client->previous->next = client->next;
	else
		server->first = client->next;
	if (client->next)
		client->next->previous = client->previous;
	else
		server->last = client->previous;
	free(client);
}

static void on_connection(void *cls, struct MHD_Connection *connection,
			  void **context, enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		add_client(cls, connection, context);
	else
		remove_client(cls, *context);
}

/*
 * libmicrohttpd ends connections on which nothing happens; a client that says or
 * takes a byte now and then needs to be told.  Returns milliseconds until the next
 * one's time is over, or -1.
 */
static int end_old_clients(struct server *server)
{
	uint64_t now = monotonic_ns();
	struct client *client;

	for (client = server->first; client; client = client->next) {
		if (now < client->end_ns)
			return (client->end_ns - now) / 1000000 + 1;
		shutdown(client->fd, SHUT_RDWR);
	}
	return -1;
}

/* The loop */

/*
 * What is exported is for everybody, so what only root may read is not; and whoever
 * finds a fault in a server gets nobody's rights.
 */
static int drop_rights(void)
{
	if (!geteuid() && (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
		return complain("cannot become nobody: %m");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return STATUS_OK;
}

/* A descriptor that can be read when the program shall end. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int shorter(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static int find_timeout(struct server *server)
{
	int timeout = end_old_clients(server);
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(server->daemon, &ms) == MHD_YES)
		timeout = shorter(timeout, ms < 1000 ? ms : 1000);
	return timeout;
}

/*
 * What libmicrohttpd does not learn by itself: that those who were answered may go
 * on, and, once it had no room, that there is some.
 */
static void run(struct server *server)
{
	do {
		server->again = false;
		MHD_run(server->daemon);
		if (server->waiting) {
			answer_waiting(server);
			server->again = true;
		}
	} while (server->again);
}

static int loop(struct server *server, int signals)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = info->epoll_fd, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, find_timeout(server)) < 0 && errno != EINTR)
			return complain("cannot wait: %m");
		if (fds[0].revents)
			return STATUS_OK;
		run(server);
	}
}

static struct MHD_Daemon *start(struct server *server, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
				on_request, server,
				MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_CONNECTION_LIMIT, NR_CLIENTS,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)REQUEST_SIZE,
				MHD_OPTION_CONNECTION_TIMEOUT, CLIENT_SECONDS / 2,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
				MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
				MHD_OPTION_END);
}

int http_serve(const char *address, struct source_of_metrics *source)
{
	struct server server = { .source = source };
	int signals, status, fd;

	fd = http_listen(address);
	if (fd < 0 || drop_rights())
		return STATUS_FAILED;
	signals = open_signals();
	if (signals < 0)
		return complain("cannot wait for signals: %m");
	server.daemon = start(&server, fd);
	if (!server.daemon)
		return complain("%s: the server does not start", address);
	status = loop(&server, signals);
	MHD_stop_daemon(server.daemon);
	close(signals);
	return status;
}
