// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat: the common root of the buffer statistics of network, block and
 * memory.
 *
 *   bufstat			bufstat_root, registered
 *     <set>			struct bufstat_devices: a boundary, so that
 *				sums over devices are seen there and not further
 *				up, where they would mean nothing
 *       <device>		struct bufstat_device
 *         <part>		struct bufstat_device, for some sets
 *
 * Names: users choose the names of network devices, and drivers those of disks.
 * Where statsfs refuses one, because it is taken (by a value, say: a network
 * device may be called rx_bytes) or not allowed (".foo"), the device appears
 * under a fallback name that no device can have.
 *
 *   numa/node<N>/<set>		the devices of that NUMA node again: the same sources
 *
 * Locks: entries of a set are protected by the lock under which its provider
 * learns of devices, which is held here while sources are added and removed.
 * statsfs waits for running callbacks during removal, so that no callback of a
 * provider may take that lock.  Inside of it, bufstat_numa_lock protects the
 * directories of nodes, which all sets share; as the set may be one of disks,
 * memory is allocated under it without starting I/O.
 *
 * Lifetimes: an entry owns the only lasting reference to the source of its
 * device.  It holds none to the device: an entry goes before its device does.
 * The entry of a part goes before that of its device.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/statsfs.h>

#include "bufstat.h"

/**
 * struct bufstat_device - a device or a part of one, and its source
 * @node: in &bufstat_devices.devices
 * @device: the kernel's object: compared, never looked into
 * @source: its directory
 * @parts: its parts, by @part
 * @part: in &bufstat_device.parts of the device that it is a part of, if any
 */
struct bufstat_device {
	struct hlist_node node;
	const void *device;
	struct statsfs_source *source;
	struct hlist_head parts;
	struct hlist_node part;
};

static struct statsfs_source *bufstat_root;

/* The directory "numa", and by number what it has of nodes, or NULL. */
static struct statsfs_source *bufstat_numa;
static struct statsfs_source **bufstat_numa_nodes;
static DEFINE_MUTEX(bufstat_numa_lock);

static struct bufstat_device *bufstat_device_find(struct bufstat_devices *set,
						  const void *device)
{
	struct bufstat_device *entry;

	hash_for_each_possible(set->devices, entry, node, (unsigned long)device)
		if (entry->device == device)
			return entry;
	return NULL;
}

static void bufstat_entry_free(struct bufstat_device *entry)
{
	hash_del(&entry->node);
	hlist_del_init(&entry->part);
	statsfs_source_remove(entry->source);
	statsfs_source_put(entry->source);
	kfree(entry);
}

/* Its parts, which have none themselves, would have no place without it. */
static void bufstat_device_free(struct bufstat_device *entry)
{
	struct bufstat_device *part;
	struct hlist_node *next;

	hlist_for_each_entry_safe(part, next, &entry->parts, part)
		bufstat_entry_free(part);
	bufstat_entry_free(entry);
}

static bool bufstat_name_refused(int err)
{
	return err == -EINVAL || err == -EEXIST;
}

static int bufstat_source_name(struct statsfs_source *source, const char *name,
			       const char *fallback)
{
	int err = statsfs_source_rename(source, "%s", name);

	if (bufstat_name_refused(err))
		err = statsfs_source_rename(source, "%s", fallback);
	return err;
}

static int bufstat_source_attach(struct statsfs_source *parent,
				 struct statsfs_source *source,
				 const char *fallback)
{
	int err = statsfs_source_add_subordinate_nowarn(parent, source);

	if (err != -EEXIST)
		return err;
	err = statsfs_source_rename(source, "%s", fallback);
	if (err)
		return err;
	return statsfs_source_add_subordinate(parent, source);
}

static struct statsfs_source *
bufstat_source_create(struct statsfs_source *parent, bufstat_fill_t *fill,
		      void *device, const char *name, const char *fallback)
{
	struct statsfs_source *source;
	int err;

	if (!statsfs_name_valid(name))
		name = fallback;
	source = statsfs_source_create("%s", name);
	if (IS_ERR(source))
		return source;
	err = fill(source, device);
	if (!err)
		err = bufstat_source_attach(parent, source, fallback);
	if (err) {
		statsfs_source_put(source);
		return ERR_PTR(err);
	}
	return source;
}

/* Creates a source that is shown in @parent, which keeps it. */
static struct statsfs_source *
bufstat_source_show(struct statsfs_source *parent, struct statsfs_source *source)
{
	int err = statsfs_source_add_subordinate(parent, source);

	statsfs_source_put(source);
	return err ? ERR_PTR(err) : source;
}

/* The directory of a NUMA node, made if there is none; or an error pointer. */
static struct statsfs_source *bufstat_numa_node(int nid)
{
	struct statsfs_source *source = bufstat_numa_nodes[nid];

	lockdep_assert_held(&bufstat_numa_lock);
	if (source)
		return source;
	source = bufstat_source_show(bufstat_numa,
				     statsfs_source_create("node%d", nid));
	if (!IS_ERR(source))
		bufstat_numa_nodes[nid] = source;
	return source;
}

/* What a set has of a NUMA node, made if there is nothing; or an error pointer. */
static struct statsfs_source *bufstat_set_node(struct bufstat_devices *set,
					       int nid)
{
	struct statsfs_source *source = set->nodes[nid];
	unsigned int noio;

	if (source)
		return source;
	noio = memalloc_noio_save();
	mutex_lock(&bufstat_numa_lock);
	source = bufstat_numa_node(nid);
	if (!IS_ERR(source))
		source = bufstat_source_show(source,
					     bufstat_directory_create(set->name,
								      set->net));
	mutex_unlock(&bufstat_numa_lock);
	memalloc_noio_restore(noio);
	if (!IS_ERR(source))
		set->nodes[nid] = source;
	return source;
}

/* What has no node is shown with the first one. */
static int bufstat_device_show_node(struct bufstat_devices *set,
				    struct statsfs_source *source, int nid)
{
	if (!set->numa)
		return 0;
	if (nid < 0)
		nid = 0;
	return statsfs_source_add_subordinate(bufstat_set_node(set, nid),
					      source);
}

static struct bufstat_device *
bufstat_device_create(struct bufstat_devices *set, struct statsfs_source *parent,
		      bufstat_fill_t *fill, void *device, const char *name,
		      const char *fallback)
{
	struct bufstat_device *entry;

	entry = kmalloc_obj(*entry, GFP_KERNEL);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	entry->device = device;
	INIT_HLIST_HEAD(&entry->parts);
	INIT_HLIST_NODE(&entry->part);
	entry->source = bufstat_source_create(parent, fill, device, name,
					      fallback);
	if (IS_ERR(entry->source)) {
		int err = PTR_ERR(entry->source);

		kfree(entry);
		return ERR_PTR(err);
	}
	hash_add(set->devices, &entry->node, (unsigned long)device);
	return entry;
}

/* @whole: the name of what it is a part of, or nothing */
static void bufstat_warn(const struct bufstat_devices *set, const char *whole,
			 const char *name, int err)
{
	pr_warn("bufstat: %s/%*pE%s%*pE is not shown: error %d\n", set->name,
		(int)strlen(whole), whole, *whole ? "/" : "",
		(int)strlen(name), name, err);
}

/**
 * bufstat_device_add - show a device
 * @set: the devices that it belongs to
 * @device: passed to &bufstat_devices.fill; identifies the device afterwards
 * @nid: its NUMA node, or NUMA_NO_NODE
 * @name: its name, in any form
 * @fallback: its name for when statsfs refuses @name: something that no other
 *	device of @set can be called
 *
 * Without memory the device is not shown, which the kernel log says.  A device
 * that is shown already stays as it is.
 *
 * Context: may sleep.  The lock of @set is held.
 */
void bufstat_device_add(struct bufstat_devices *set, void *device, int nid,
			const char *name, const char *fallback)
{
	struct bufstat_device *entry;
	int err;

	if (IS_ERR(set->directory) || bufstat_device_find(set, device))
		return;
	entry = bufstat_device_create(set, set->directory, set->fill, device,
				      name, fallback);
	err = PTR_ERR_OR_ZERO(entry);
	if (!err) {
		err = bufstat_device_show_node(set, entry->source, nid);
		if (err)
			bufstat_device_free(entry);
	}
	if (err)
		bufstat_warn(set, "", name, err);
}
EXPORT_SYMBOL_GPL(bufstat_device_add);

/**
 * bufstat_device_add_part - show a part of a device in the device's directory
 * @set: the devices that it belongs to
 * @device: the device; nothing happens if it is not shown
 * @device_name: its name, for the kernel log
 * @part: passed to &bufstat_devices.fill_part; identifies the part afterwards,
 *	so that no device or other part of @set has this address
 * @name: name of the part, in any form
 * @fallback: its name for when statsfs refuses @name
 *
 * The part is then renamed and removed as devices are.  It is removed with its
 * device, if that comes first.
 *
 * Context: may sleep.  The lock of @set is held.
 */
void bufstat_device_add_part(struct bufstat_devices *set, const void *device,
			     const char *device_name, void *part,
			     const char *name, const char *fallback)
{
	struct bufstat_device *whole = bufstat_device_find(set, device);
	struct bufstat_device *entry;

	if (!whole || bufstat_device_find(set, part))
		return;
	entry = bufstat_device_create(set, whole->source, set->fill_part, part,
				      name, fallback);
	if (IS_ERR(entry))
		bufstat_warn(set, device_name, name, PTR_ERR(entry));
	else
		hlist_add_head(&entry->part, &whole->parts);
}
EXPORT_SYMBOL_GPL(bufstat_device_add_part);

/**
 * bufstat_device_rename - follow a new name of a device
 * @set: the devices that it belongs to
 * @device: the device; nothing happens if it is not shown
 * @name: its new name, in any form
 * @fallback: as for bufstat_device_add()
 *
 * Without memory for the new name the device is not shown any more, which the
 * kernel log says: under the old name it could be taken for another one.
 *
 * Context: may sleep.  The lock of @set is held.
 */
void bufstat_device_rename(struct bufstat_devices *set, const void *device,
			   const char *name, const char *fallback)
{
	struct bufstat_device *entry = bufstat_device_find(set, device);
	int err;

	if (!entry)
		return;
	err = bufstat_source_name(entry->source, name, fallback);
	if (err) {
		bufstat_warn(set, "", name, err);
		bufstat_device_free(entry);
	}
}
EXPORT_SYMBOL_GPL(bufstat_device_rename);

/**
 * bufstat_device_remove - stop to show a device
 * @set: the devices that it belongs to
 * @device: the device; nothing happens if it is not shown
 *
 * When it returns, no callback of a group of the device is running or will be.
 *
 * Context: may sleep.  The lock of @set is held.
 */
void bufstat_device_remove(struct bufstat_devices *set, const void *device)
{
	struct bufstat_device *entry = bufstat_device_find(set, device);

	if (entry)
		bufstat_device_free(entry);
}
EXPORT_SYMBOL_GPL(bufstat_device_remove);

/**
 * bufstat_device_known - is this device shown?
 * @set: the devices that it belongs to
 * @device: the device
 *
 * Context: any.  The lock of @set is held.
 * Return: true if it was added and not removed.
 */
bool bufstat_device_known(struct bufstat_devices *set, const void *device)
{
	return bufstat_device_find(set, device);
}
EXPORT_SYMBOL_GPL(bufstat_device_known);

/**
 * bufstat_directory_create - create a directory for below "bufstat"
 * @name: its name
 * @net: the network namespace that sees it, or NULL: all
 *
 * Nobody sees it before bufstat_directory_show().
 *
 * Context: may sleep.
 * Return: a source of which nothing is folded above, or -ENOMEM as an error pointer.
 */
struct statsfs_source *bufstat_directory_create(const char *name,
						const struct net *net)
{
	struct statsfs_source *directory = statsfs_source_create("%s", name);
	int err = statsfs_source_set_closed(directory);

	if (!err && net)
		err = statsfs_source_set_net(directory, net);
	if (!err)
		return directory;
	statsfs_source_put(directory);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(bufstat_directory_create);

/**
 * bufstat_directory_show - show a directory below "bufstat"
 * @directory: from bufstat_directory_create(); error pointers are allowed
 *
 * Context: may sleep.
 * Return: 0; the error of @directory; -ENOMEM; -EEXIST if its name is taken.
 */
int bufstat_directory_show(struct statsfs_source *directory)
{
	return statsfs_source_add_subordinate(bufstat_root, directory);
}
EXPORT_SYMBOL_GPL(bufstat_directory_show);

/**
 * bufstat_directory_free - stop to show a directory, and free it
 * @directory: what bufstat_directory_show() showed; error pointers are allowed
 *
 * Context: may sleep.
 */
void bufstat_directory_free(struct statsfs_source *directory)
{
	statsfs_source_remove(directory);
	statsfs_source_put(directory);
}
EXPORT_SYMBOL_GPL(bufstat_directory_free);

/**
 * bufstat_devices_init - begin to show a set of devices
 * @set: the set, with &bufstat_devices.name, .net and .fill
 *
 * After an error, the set may be used as if there were none: it shows nothing.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; -EEXIST if the name of the directory is taken.
 */
int bufstat_devices_init(struct bufstat_devices *set)
{
	int err = 0;

	hash_init(set->devices);
	set->nodes = kcalloc(nr_node_ids, sizeof(*set->nodes), GFP_KERNEL);
	if (!set->nodes) {
		set->directory = ERR_PTR(-ENOMEM);
		return -ENOMEM;
	}
	set->directory = bufstat_directory_create(set->name, set->net);
	if (set->fill_directory)
		err = set->fill_directory(set->directory, set);
	if (!err)
		err = bufstat_directory_show(set->directory);
	if (err) {
		statsfs_source_put(set->directory);
		set->directory = ERR_PTR(err);
		kfree(set->nodes);
		set->nodes = NULL;
	}
	return err;
}
EXPORT_SYMBOL_GPL(bufstat_devices_init);

/* Others may use the nodes themselves: these go with "numa". */
static void bufstat_nodes_exit(struct bufstat_devices *set)
{
	int nid;

	for (nid = 0; set->nodes && nid < nr_node_ids; nid++)
		statsfs_source_remove(set->nodes[nid]);
	kfree(set->nodes);
}

/**
 * bufstat_devices_exit - stop to show a set of devices
 * @set: the set; what devices are left in it are removed
 *
 * Context: may sleep.  Nobody uses @set any more.
 */
void bufstat_devices_exit(struct bufstat_devices *set)
{
	unsigned int i;

	/* The parts that go with a device may be anywhere in the hash. */
	for (i = 0; i < HASH_SIZE(set->devices); i++)
		while (!hlist_empty(&set->devices[i]))
			bufstat_device_free(hlist_entry(set->devices[i].first,
							struct bufstat_device,
							node));
	bufstat_nodes_exit(set);
	bufstat_directory_free(set->directory);
}
EXPORT_SYMBOL_GPL(bufstat_devices_exit);

static int __init bufstat_init(void)
{
	int err = -ENOMEM;

	bufstat_numa_nodes = kcalloc(nr_node_ids, sizeof(*bufstat_numa_nodes),
				     GFP_KERNEL);
	if (!bufstat_numa_nodes)
		return err;
	bufstat_root = statsfs_source_create("bufstat");
	bufstat_numa = bufstat_source_show(bufstat_root,
					   statsfs_source_create("numa"));
	err = PTR_ERR_OR_ZERO(bufstat_numa);
	if (!err)
		err = statsfs_source_register(bufstat_root);
	if (err) {
		statsfs_source_put(bufstat_root);
		kfree(bufstat_numa_nodes);
	}
	return err;
}
module_init(bufstat_init);

static void __exit bufstat_exit(void)
{
	statsfs_source_put(bufstat_root);
	kfree(bufstat_numa_nodes);
}
module_exit(bufstat_exit);

MODULE_DESCRIPTION("Common root of buffer statistics");
MODULE_LICENSE("GPL");
