/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of libstatsfs share: parse.c checks a snapshot, open.c gets it.
 */
#ifndef _STATSFS_INTERNAL_H
#define _STATSFS_INTERNAL_H

#include "statsfs.h"

#define ERROR_SIZE	512

#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#define __hidden	__attribute__((visibility("hidden")))

/**
 * struct layout - a snapshot that was read, and what is in it
 * @header: its header
 * @image: all of it, as it was first read
 * @spare: memory for another gathering, &statsfs_snapshot_header.refresh_size
 * @sources: the sources
 * @values: the values
 * @gathering: views of the beginning of @image and of @spare, in turns the newest
 * @newest: which one that is
 * @has_previous: the other one was read before it
 */
struct layout {
	struct statsfs_snapshot_header header;
	char *image;
	char *spare;
	struct statsfs_source *sources;
	struct statsfs_value *values;
	struct statsfs_gathering gathering[2];
	unsigned int newest;
	bool has_previous;
};

/* Puts a message into @error; returns -@err. */
__printf(3, 4) __hidden
int statsfs_fail(char *error, int err, const char *format, ...);

/* Checks what can be checked of a snapshot of which @size bytes were read. */
__hidden
int statsfs_parse_header(struct statsfs_snapshot_header *header,
			 const void *image, size_t size, char *error);

/* Fills @layout, whose image has all bytes that its header says. */
__hidden
int statsfs_parse(struct layout *layout, char *error);

/* Looks at another gathering of @layout at the beginning of @image. */
__hidden
int statsfs_parse_gathering(const struct layout *layout, const char *image,
			    struct statsfs_gathering *g, char *error);

#endif /* _STATSFS_INTERNAL_H */
