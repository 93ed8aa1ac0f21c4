/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metrics by HTTP.
 */
#ifndef _STATSFS_HTTP_H
#define _STATSFS_HTTP_H

#include "export.h"

/**
 * http_serve() - answer requests until SIGTERM or SIGINT comes
 * @address: as in 127.0.0.1:9954 or [::1]:9954; port 0 is one that is free.  Or
 *	"socket": the one that systemd has opened.
 * @source: what to export
 *
 * Return: an &enum status.
 */
int http_serve(const char *address, struct source_of_metrics *source);

/* The format for somebody who wants one of @accept, a header, or NULL. */
enum format http_negotiate(const char *accept);

/* Whether the header Accept-Encoding lets @coding be used. */
bool http_accepts_coding(const char *accept, const char *coding);

/* A socket that listens at @address, as above; -1: not, which has been said. */
int http_listen(const char *address);

#endif /* _STATSFS_HTTP_H */
