// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/net/<device>: buffers of network devices.
 *
 * Each network device of the initial network namespace has a source with one
 * sampled group, whose data is the struct net_device.  In net/ itself are sums
 * over all devices; a packet that passes through stacked devices (a bond and
 * its slave, a VLAN and its parent) counts in each of them.
 *
 * The names are those of the devices.  Those that statsfs refuses become
 * ":<ifindex>"; no device can be called so, because dev_valid_name() forbids
 * colons.
 *
 * Locks: RTNL protects bufstat_net, the set of devices: the notifier is called
 * under it, also for the devices that exist when it is registered and when it
 * is unregistered.  Callbacks run while removal, under RTNL, waits for them, so
 * they take neither RTNL nor, on kernels that have one, the lock of a device:
 * only RCU, under which dev_get_stats() and disciplines may be used.
 *
 * Lifetimes: a device's source is removed at NETDEV_UNREGISTER, which comes
 * before anything that dev_get_stats() needs is torn down, so that the group
 * holds no reference to the device.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/statsfs.h>
#include <net/net_namespace.h>
#include <net/sch_generic.h>

#include "bufstat.h"

/**
 * struct bufstat_net_sample - what one read of a device gives
 * @link: its link counters, as in "ip -s -s link" and
 *	/sys/class/net/<device>/statistics
 * @tx_queued_buffers: buffers (packets) that wait in the queueing disciplines
 *	of its transmit queues, with those of their child classes, by
 *	qdisc_qlen_sum(); the root's backlog of packets in "tc -s qdisc"
 */
struct bufstat_net_sample {
	struct rtnl_link_stats64 link;
	u64 tx_queued_buffers;
};

#define BUFSTAT_NET_COUNTER(name, field, unit, desc)			\
	STATSFS_COUNTER(name, struct bufstat_net_sample, link.field, unit, desc)

/*
 * Counters are fields of struct rtnl_link_stats64 (Linux 2.6.35), which
 * Documentation/networking/statistics.rst defines.
 */
static const struct statsfs_value bufstat_net_values[] = {
	BUFSTAT_NET_COUNTER("rx_buffers", rx_packets, STATSFS_NONE,
			    "buffers received, one per packet"),
	BUFSTAT_NET_COUNTER("tx_buffers", tx_packets, STATSFS_NONE,
			    "buffers sent, one per packet"),
	BUFSTAT_NET_COUNTER("rx_bytes", rx_bytes, STATSFS_BYTES,
			    "bytes received"),
	BUFSTAT_NET_COUNTER("tx_bytes", tx_bytes, STATSFS_BYTES,
			    "bytes sent"),
	BUFSTAT_NET_COUNTER("rx_errors", rx_errors, STATSFS_NONE,
			    "bad packets received"),
	BUFSTAT_NET_COUNTER("tx_errors", tx_errors, STATSFS_NONE,
			    "packets that could not be sent"),
	BUFSTAT_NET_COUNTER("rx_dropped", rx_dropped, STATSFS_NONE,
			    "packets received but not processed"),
	BUFSTAT_NET_COUNTER("tx_dropped", tx_dropped, STATSFS_NONE,
			    "packets dropped on their way to transmission"),
	STATSFS_GAUGE("tx_queued_buffers", struct bufstat_net_sample,
		      tx_queued_buffers, STATSFS_NONE,
		      "buffers in the queueing disciplines"),
};

/*
 * A discipline that does not know of several queues is the discipline of all
 * of them, and counts once.  Where it keeps a length per CPU, a packet may
 * leave the sum before it has come: that is less than nothing, so none.
 */
static u64 bufstat_net_queued(const struct net_device *dev)
{
	const struct Qdisc *qdisc, *last = NULL;
	u64 queued = 0;
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++) {
		qdisc = rcu_dereference(netdev_get_tx_queue(dev, i)->qdisc_sleeping);
		if (qdisc != last)
			queued += max((int)qdisc_qlen_sum(qdisc), 0);
		last = qdisc;
	}
	return queued;
}

static int bufstat_net_sample(void *data, void *sample)
{
	struct bufstat_net_sample *s = sample;
	struct net_device *dev = data;

	rcu_read_lock();
	dev_get_stats(dev, &s->link);
	s->tx_queued_buffers = bufstat_net_queued(dev);
	rcu_read_unlock();
	return 0;
}

static const struct statsfs_sampler bufstat_net_sampler = {
	.size = sizeof(struct bufstat_net_sample),
	.sample = bufstat_net_sample,
};

static int bufstat_net_fill(struct statsfs_source *source, void *device)
{
	return statsfs_source_add_sampled(source, bufstat_net_values,
					  ARRAY_SIZE(bufstat_net_values),
					  &bufstat_net_sampler, device);
}

static struct bufstat_devices bufstat_net = {
	.name = "net",
	.fill = bufstat_net_fill,
};

static void bufstat_net_register(struct net_device *dev)
{
	char fallback[BUFSTAT_FALLBACK_SIZE];

	if (!net_eq(dev_net(dev), &init_net))
		return;
	snprintf(fallback, sizeof(fallback), ":%d", dev->ifindex);
	bufstat_device_add(&bufstat_net, dev, dev->name, fallback);
}

static void bufstat_net_rename(struct net_device *dev)
{
	char fallback[BUFSTAT_FALLBACK_SIZE];

	snprintf(fallback, sizeof(fallback), ":%d", dev->ifindex);
	bufstat_device_rename(&bufstat_net, dev, dev->name, fallback);
}

/*
 * A device that moves to another namespace is unregistered in the old one and
 * registered in the new one, perhaps with another name and index.  Unregister
 * is announced again while somebody keeps a reference to a device.
 *
 * Nothing here fails: an error would undo a renaming.
 */
static int bufstat_net_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	ASSERT_RTNL();
	switch (event) {
	case NETDEV_REGISTER:
		bufstat_net_register(dev);
		break;
	case NETDEV_CHANGENAME:
		bufstat_net_rename(dev);
		break;
	case NETDEV_UNREGISTER:
		bufstat_device_remove(&bufstat_net, dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block bufstat_net_notifier = {
	.notifier_call = bufstat_net_event,
};

static int __init bufstat_net_init(void)
{
	int err = bufstat_devices_init(&bufstat_net);

	if (err)
		return err;
	err = register_netdevice_notifier(&bufstat_net_notifier);
	if (err)
		bufstat_devices_exit(&bufstat_net);
	return err;
}
module_init(bufstat_net_init);

static void __exit bufstat_net_exit(void)
{
	unregister_netdevice_notifier(&bufstat_net_notifier);
	bufstat_devices_exit(&bufstat_net);
}
module_exit(bufstat_net_exit);

MODULE_DESCRIPTION("Buffer statistics of network devices");
MODULE_LICENSE("GPL");
