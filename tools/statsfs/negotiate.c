// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody who asks by HTTP can read.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http.h"

#define HEADER_SIZE	4096

/**
 * struct offer - a type of media that is understood
 * @type: its name
 * @version: the only version that there is; NULL: any
 * @format: what is sent
 */
struct offer {
	const char *type;
	const char *version;
	enum format format;
};

static const struct offer offers[] = {
	{ "application/openmetrics-text", "1.0.0", FORMAT_OPENMETRICS },
	{ "text/plain", "0.0.4", FORMAT_PROMETHEUS },
	{ "text/*", NULL, FORMAT_PROMETHEUS },
	{ "*/*", NULL, FORMAT_PROMETHEUS },
};

#define NR_OFFERS	(sizeof(offers) / sizeof(*offers))

static char *trim(char *s)
{
	size_t length;

	s += strspn(s, " \t");
	length = strlen(s);
	while (length && strchr(" \t", s[length - 1]))
		s[--length] = '\0';
	return s;
}

/* How much one is wanted, from 0 to 1, by the parameter "q" of @params. */
static double quality(char *params, const char **version)
{
	char *param, *rest = NULL;
	double q = 1;

	for (param = strtok_r(params, ";", &rest); param;
	     param = strtok_r(NULL, ";", &rest)) {
		param = trim(param);
		if (!strncasecmp(param, "q=", 2))
			q = atof(param + 2);
		else if (!strncasecmp(param, "version=", 8))
			*version = param + 8;
	}
	return q;
}

static const struct offer *find_offer(const char *type, const char *version)
{
	size_t i;

	for (i = 0; i < NR_OFFERS; i++)
		if (!strcasecmp(offers[i].type, type) &&
		    (!version || !offers[i].version ||
		     !strcmp(offers[i].version, version)))
			return &offers[i];
	return NULL;
}

/* The next one of a list with commas, trimmed; "" is passed over. */
static char *next_item(char **list)
{
	char *item;

	while ((item = strsep(list, ","))) {
		item = trim(item);
		if (*item)
			return item;
	}
	return NULL;
}

/* What nobody said anything of is the older text, which everybody reads. */
enum format http_negotiate(const char *accept)
{
	enum format format = FORMAT_PROMETHEUS;
	char copy[HEADER_SIZE], *list = copy, *item, *params;
	const struct offer *offer;
	const char *version;
	double q, best = 0;

	if (!accept || strlen(accept) >= sizeof(copy))
		return format;
	strcpy(copy, accept);
	while ((item = next_item(&list))) {
		version = NULL;
		params = item + strcspn(item, ";");
		if (*params)
			*params++ = '\0';
		q = quality(params, &version);
		offer = find_offer(trim(item), version);
		if (offer && q > best) {
			best = q;
			format = offer->format;
		}
	}
	return format;
}

bool http_accepts_coding(const char *accept, const char *coding)
{
	char copy[HEADER_SIZE], *list = copy, *item, *params;
	const char *version;

	if (!accept || strlen(accept) >= sizeof(copy))
		return false;
	strcpy(copy, accept);
	while ((item = next_item(&list))) {
		params = item + strcspn(item, ";");
		if (*params)
			*params++ = '\0';
		if (!strcasecmp(trim(item), coding))
			return quality(params, &version) > 0;
	}
	return false;
}
