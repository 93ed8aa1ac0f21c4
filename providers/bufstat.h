/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the providers below "bufstat" share: a directory whose subordinates
 * follow a set of devices.
 *
 * A provider fills in a struct bufstat_devices, calls bufstat_devices_init()
 * when it is loaded, and then passes on what the kernel announces: a device
 * came, has another name, goes.  When bufstat_device_remove() returns, nobody
 * looks at the device any more, so that the provider needs no reference to it.
 *
 * Using these functions keeps bufstat.ko loaded.
 */
#ifndef _BUFSTAT_H
#define _BUFSTAT_H

#include <linux/hashtable.h>

struct net;
struct statsfs_source;

/* Enough for ":<ifindex>" and ":<major>:<minor>". */
#define BUFSTAT_FALLBACK_SIZE	24

/* Adds groups of values to a new, still unattached source; 0 or an errno. */
typedef int bufstat_fill_t(struct statsfs_source *source, void *object);

/**
 * struct bufstat_devices - a directory below "bufstat" and its devices
 * @name: of the directory
 * @net: the network namespace that sees it, or NULL: all
 * @fill: is given the source of a device, and the device
 * @fill_part: is given the source of a part of a device, and the part; NULL if
 *	devices have no parts
 * @fill_directory: is given the directory itself, and the set; NULL if nothing
 *	but sums over the devices is to be there
 * @numa: devices are shown below their NUMA node as well
 * @directory: private: the parent of all devices, or an error pointer
 * @nodes: private: by number of the NUMA node: the parent of its devices, or NULL
 * @devices: private: hash of struct bufstat_device by address of the device or
 *	part
 *
 * Calls of bufstat_device_*() for the same struct are serialized by the caller,
 * usually by the lock under which the kernel announces devices.
 */
struct bufstat_devices {
	const char *name;
	const struct net *net;
	bufstat_fill_t *fill;
	bufstat_fill_t *fill_part;
	bufstat_fill_t *fill_directory;
	bool numa;

	struct statsfs_source *directory;
	struct statsfs_source **nodes;
	DECLARE_HASHTABLE(devices, 8);
};

struct statsfs_source *bufstat_directory_create(const char *name,
						const struct net *net);
int bufstat_directory_show(struct statsfs_source *directory);
void bufstat_directory_free(struct statsfs_source *directory);

int bufstat_devices_init(struct bufstat_devices *set);
void bufstat_devices_exit(struct bufstat_devices *set);

void bufstat_device_add(struct bufstat_devices *set, void *device, int nid,
			const char *name, const char *fallback);
void bufstat_device_add_part(struct bufstat_devices *set, const void *device,
			     const char *device_name, void *part,
			     const char *name, const char *fallback);
void bufstat_device_rename(struct bufstat_devices *set, const void *device,
			   const char *name, const char *fallback);
void bufstat_device_remove(struct bufstat_devices *set, const void *device);
bool bufstat_device_known(struct bufstat_devices *set, const void *device);

#endif /* _BUFSTAT_H */
