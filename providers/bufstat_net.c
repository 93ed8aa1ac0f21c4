// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/net/<device>: buffers of network devices.
 * bufstat/sock/<protocol>: sockets and their memory.
 * bufstat/softnet/cpu<N>: how the CPUs receive.
 *
 * net/ and sock/ exist once for each network namespace and are seen in its own
 * mounts only; softnet/ is the machine's.
 *
 * Each network device has a source with sampled groups, whose data is the struct
 * net_device.  In net/ itself are sums over all devices; a packet that passes
 * through stacked devices (a bond and its slave, a VLAN and its parent) counts in
 * each of them.  The names are those of the devices.  Those that statsfs refuses
 * become ":<ifindex>"; no device can be called so, because dev_valid_name()
 * forbids colons.
 *
 * Locks: RTNL protects the set of devices of each namespace: the notifier is
 * called under it, also for the devices that exist when it is registered and when
 * it is unregistered.  CPU hotplug protects that of the CPUs.  Callbacks run while
 * removal, under RTNL, waits for them, so they take neither RTNL nor, on kernels
 * that have one, the lock of a device: only RCU, under which dev_get_stats() and
 * disciplines may be used.
 *
 * Lifetimes: a device's source is removed at NETDEV_UNREGISTER, which comes
 * before anything that dev_get_stats() needs is torn down, so that the groups
 * hold no reference to the device.  What belongs to a namespace is removed when
 * it ends: after its devices, before the struct net is freed.  A namespace for
 * which there was no memory shows nothing, or not all; the log says so.  Those that
 * there are when the module is loaded are shown, or loading fails.
 */
#include <linux/cpuhotplug.h>
#include <linux/in.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/statsfs.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/proto_memory.h>
#include <net/sch_generic.h>
#include <net/sock.h>

#include "bufstat.h"

/* Devices */

/**
 * struct bufstat_net_sample - what one read of a device gives
 * @link: its link counters, as in "ip -s -s link" and
 *	/sys/class/net/<device>/statistics, which lacks rx_otherhost_dropped
 * @tx_queued_buffers: buffers (packets) that wait in the queueing disciplines
 *	of its transmit queues, with those of their child classes, by
 *	qdisc_qlen_sum(); the root's backlog of packets in "tc -s qdisc"
 * @tx_queued_bytes: bytes that wait there, from their struct gnet_stats_queue;
 *	the root's backlog of bytes in "tc -s qdisc"
 * @tx_queues: real_num_tx_queues; the queues/tx-* in sysfs
 * @rx_queues: real_num_rx_queues; the queues/rx-* in sysfs
 */
struct bufstat_net_sample {
	struct rtnl_link_stats64 link;
	u64 tx_queued_buffers;
	u64 tx_queued_bytes;
	u64 tx_queues;
	u64 rx_queues;
};

#define BUFSTAT_NET_COUNTER(name, field, unit, desc)			\
	STATSFS_COUNTER(name, struct bufstat_net_sample, link.field, unit, desc)

#define BUFSTAT_NET_EVENTS(field, desc) \
	BUFSTAT_NET_COUNTER(#field, field, STATSFS_NONE, desc)

#define BUFSTAT_NET_GAUGE(field, unit, desc) \
	STATSFS_GAUGE(#field, struct bufstat_net_sample, field, unit, desc)

/*
 * Counters are fields of struct rtnl_link_stats64 (Linux 2.6.35), which
 * Documentation/networking/statistics.rst and its kernel-doc define, as
 * dev_get_stats() gives them.
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
	BUFSTAT_NET_EVENTS(rx_errors, "bad packets received"),
	BUFSTAT_NET_EVENTS(tx_errors, "packets that could not be sent"),
	BUFSTAT_NET_EVENTS(rx_dropped, "packets received but not processed"),
	BUFSTAT_NET_EVENTS(tx_dropped,
			   "packets dropped on their way to transmission"),
	BUFSTAT_NET_EVENTS(multicast, "multicast packets received"),
	BUFSTAT_NET_EVENTS(collisions, "collisions during transmission"),
	BUFSTAT_NET_EVENTS(rx_length_errors,
			   "packets received with an invalid length"),
	BUFSTAT_NET_EVENTS(rx_over_errors,
			   "packets received that overflowed the receiver"),
	BUFSTAT_NET_EVENTS(rx_crc_errors, "packets received with a CRC error"),
	BUFSTAT_NET_EVENTS(rx_frame_errors,
			   "packets received with a frame alignment error"),
	BUFSTAT_NET_EVENTS(rx_fifo_errors, "receive FIFO overruns"),
	BUFSTAT_NET_EVENTS(rx_missed_errors,
			   "packets missed because the device had no buffers"),
	BUFSTAT_NET_EVENTS(tx_aborted_errors, "transmissions aborted"),
	BUFSTAT_NET_EVENTS(tx_carrier_errors,
			   "transmissions without a carrier"),
	BUFSTAT_NET_EVENTS(tx_fifo_errors, "transmit FIFO underruns"),
	BUFSTAT_NET_EVENTS(tx_heartbeat_errors,
			   "heartbeat (SQE test) errors"),
	BUFSTAT_NET_EVENTS(tx_window_errors, "late collisions"),
	BUFSTAT_NET_EVENTS(rx_compressed, "compressed packets received"),
	BUFSTAT_NET_EVENTS(tx_compressed, "compressed packets sent"),
	BUFSTAT_NET_EVENTS(rx_nohandler,
			   "packets received while the device was inactive"),
	BUFSTAT_NET_EVENTS(rx_otherhost_dropped,
			   "packets received that were for another host"),
	BUFSTAT_NET_GAUGE(tx_queued_buffers, STATSFS_NONE,
			  "buffers in the queueing disciplines"),
	BUFSTAT_NET_GAUGE(tx_queued_bytes, STATSFS_BYTES,
			  "bytes in the queueing disciplines"),
	BUFSTAT_NET_GAUGE(tx_queues, STATSFS_NONE, "transmit queues in use"),
	BUFSTAT_NET_GAUGE(rx_queues, STATSFS_NONE, "receive queues in use"),
};

/* The same as statsfs has it: namespaces and devices are made by the thousand. */
static const struct statsfs_value *bufstat_net_table;

/*
 * Where a discipline keeps numbers per CPU, a packet may leave the sum before it
 * has come: that is less than nothing, so none.
 */
static void bufstat_net_add_qdisc(struct bufstat_net_sample *s,
				  struct Qdisc *qdisc)
{
	__u32 length, backlog;

	qdisc_qstats_qlen_backlog(qdisc, &length, &backlog);
	s->tx_queued_buffers += max_t(int, qdisc_qlen_sum(qdisc), 0);
	s->tx_queued_bytes += max_t(int, backlog, 0);
}

/*
 * A discipline that does not know of several queues is the discipline of all
 * of them, and counts once.
 */
static void bufstat_net_add_queued(struct bufstat_net_sample *s,
				   const struct net_device *dev)
{
	struct Qdisc *qdisc, *last = NULL;
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++) {
		qdisc = rcu_dereference(netdev_get_tx_queue(dev, i)->qdisc_sleeping);
		if (qdisc != last)
			bufstat_net_add_qdisc(s, qdisc);
		last = qdisc;
	}
}

static int bufstat_net_sample(void *data, void *sample)
{
	struct bufstat_net_sample *s = sample;
	struct net_device *dev = data;

	rcu_read_lock();
	dev_get_stats(dev, &s->link);
	bufstat_net_add_queued(s, dev);
	rcu_read_unlock();
	s->tx_queues = READ_ONCE(dev->real_num_tx_queues);
	s->rx_queues = READ_ONCE(dev->real_num_rx_queues);
	return 0;
}

static const struct statsfs_sampler bufstat_net_sampler = {
	.size = sizeof(struct bufstat_net_sample),
	.sample = bufstat_net_sample,
};

#ifdef CONFIG_BQL
/*
 * Byte queue limits (struct dql, Linux 3.3): bytes that were given to the device
 * and are not sent yet, and how many of them each transmit queue allows:
 * inflight and limit in /sys/class/net/<device>/queues/tx-<n>/byte_queue_limits.
 * They are 0 if the driver does not take part.
 */
static const struct statsfs_value bufstat_net_bql_values[] = {
	{
		.name = "tx_inflight_bytes",
		.type = STAT_TYPE_U64,
		.aggr_kind = STAT_AGGR_SUM,
		.mode = 0444,
		.kind = STAT_KIND_INSTANT,
		STATSFS_BYTES,
		.desc = "bytes that the device has been given to send",
	},
};

#ifndef bufstat_net_sysfs_bql
/* Whether sysfs shows them: where they can be in use. */
static bool bufstat_net_sysfs_bql(const struct net_device *dev)
{
	return !dev->lltx && !(dev->priv_flags & IFF_NO_QUEUE);
}
#endif

static u64 bufstat_net_inflight(const struct netdev_queue *queue)
{
	unsigned int completed = READ_ONCE(queue->dql.num_completed);

	/* Only when the queue is restarted, more is completed than queued. */
	smp_rmb();
	return max_t(int, READ_ONCE(queue->dql.num_queued) - completed, 0);
}

static int bufstat_net_bql_sample(void *data, void *sample)
{
	struct net_device *dev = data;
	u64 *sum = sample;
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++)
		*sum += bufstat_net_inflight(netdev_get_tx_queue(dev, i));
	return 0;
}

static const struct statsfs_sampler bufstat_net_bql_sampler = {
	.size = sizeof(u64),
	.sample = bufstat_net_bql_sample,
};

/* The same by queue: first all numbers of bytes, then all limits. */
static int bufstat_net_queues_sample(void *data, void *sample)
{
	struct net_device *dev = data;
	unsigned int i, n = dev->num_tx_queues;
	u64 *bytes = sample, *limits = bytes + n;

	for (i = 0; i < n; i++) {
		const struct netdev_queue *queue = netdev_get_tx_queue(dev, i);

		bytes[i] = bufstat_net_inflight(queue);
		limits[i] = READ_ONCE(queue->dql.limit);
	}
	return 0;
}

/*
 * The arrays are as long as the device has queues, so that they cannot be added
 * up over devices.
 */
static int bufstat_net_add_queues(struct statsfs_source *source,
				  struct net_device *dev)
{
	unsigned int n = dev->num_tx_queues;
	const struct statsfs_sampler sampler = {
		.size = 2 * n * sizeof(u64),
		.sample = bufstat_net_queues_sample,
	};
	struct statsfs_value values[] = {
		{
			.name = "tx_queue_inflight_bytes",
			.type = STAT_TYPE_U64,
			.mode = 0444,
			.kind = STAT_KIND_INSTANT,
			STATSFS_BYTES,
			.buckets = n,
			.desc = "bytes that each transmit queue is sending",
		}, {
			.name = "tx_queue_limit_bytes",
			.type = STAT_TYPE_U64,
			.mode = 0444,
			.offset = n * sizeof(u64),
			.kind = STAT_KIND_INSTANT,
			STATSFS_BYTES,
			.buckets = n,
			.desc = "bytes that each transmit queue may be sending",
		},
	};

	if (n > STATSFS_MAX_BUCKETS)
		return 0;
	return statsfs_source_add_sampled(source, values, ARRAY_SIZE(values),
					  &sampler, dev);
}

static int bufstat_net_add_bql(struct statsfs_source *source,
			       struct net_device *dev)
{
	int err;

	if (!bufstat_net_sysfs_bql(dev))
		return 0;
	err = statsfs_source_add_sampled(source, bufstat_net_bql_values,
					 ARRAY_SIZE(bufstat_net_bql_values),
					 &bufstat_net_bql_sampler, dev);
	return err ?: bufstat_net_add_queues(source, dev);
}
#else
static int bufstat_net_add_bql(struct statsfs_source *source,
			       struct net_device *dev)
{
	return 0;
}
#endif

static int bufstat_net_fill(struct statsfs_source *source, void *device)
{
	int err = statsfs_source_add_sampled(source, bufstat_net_table,
					     ARRAY_SIZE(bufstat_net_values),
					     &bufstat_net_sampler, device);

	return err ?: bufstat_net_add_bql(source, device);
}

/* Sockets */

/**
 * struct bufstat_sock_sample - what one read of a protocol gives
 * @sockets: sock_prot_inuse_get() of the namespace; "inuse" in
 *	/proc/net/sockstat, "sockets" in /proc/net/protocols
 */
struct bufstat_sock_sample {
	u64 sockets;
};

/**
 * struct bufstat_sock_memory - memory of a protocol, in bytes
 * @memory: proto_memory_allocated(): what sockets have reserved for buffers;
 *	"mem" in /proc/net/sockstat, which is in pages
 * @minimum: below it memory is never short; the first of
 *	/proc/sys/net/ipv4/tcp_mem or udp_mem, which are in pages
 * @pressure: above it memory of tcp is short, while udp does not care; the second
 * @maximum: there is never more; the third
 *
 * These are the machine's, whatever the namespace, and those of a protocol and
 * its sister for IPv6 are the same: they are never added up.
 */
struct bufstat_sock_memory {
	u64 memory;
	u64 minimum;
	u64 pressure;
	u64 maximum;
};

static const struct statsfs_value bufstat_sock_values[] = {
	STATSFS_GAUGE("sockets", struct bufstat_sock_sample, sockets,
		      STATSFS_NONE, "sockets in use in the namespace"),
};

#define BUFSTAT_SOCK_BYTES(name, field, description)			\
	STATSFS_VALUE(name, struct bufstat_sock_memory, field,		\
		      STAT_AGGR_NONE, 0444, STAT_KIND_INSTANT, STATSFS_BYTES, \
		      .desc = (description))

static const struct statsfs_value bufstat_sock_memory_values[] = {
	BUFSTAT_SOCK_BYTES("memory_bytes", memory,
			   "memory for buffers, in the machine"),
	BUFSTAT_SOCK_BYTES("memory_min_bytes", minimum,
			   "memory below which there is no pressure"),
	BUFSTAT_SOCK_BYTES("memory_pressure_bytes", pressure,
			   "memory above which there is pressure"),
	BUFSTAT_SOCK_BYTES("memory_max_bytes", maximum,
			   "memory that the protocol may have"),
};

/* Only sockets of their own lead to most of the protocols. */
static struct bufstat_proto {
	const char *name;
	int family;
	int type;
	int protocol;
	struct proto *proto;
} bufstat_protos[] = {
	{ "tcp", AF_INET, SOCK_STREAM, IPPROTO_TCP },
	{ "udp", AF_INET, SOCK_DGRAM, IPPROTO_UDP },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_RAW },
	{ "tcpv6", AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	{ "udpv6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
	{ "rawv6", AF_INET6, SOCK_RAW, IPPROTO_RAW },
};

/* A protocol in a namespace. */
struct bufstat_sock {
	const struct net *net;
	struct proto *proto;
};

static int bufstat_sock_sample(void *data, void *sample)
{
	const struct bufstat_sock *sock = data;
	struct bufstat_sock_sample *s = sample;

	s->sockets = sock_prot_inuse_get((struct net *)sock->net, sock->proto);
	return 0;
}

static const struct statsfs_sampler bufstat_sock_sampler = {
	.size = sizeof(struct bufstat_sock_sample),
	.sample = bufstat_sock_sample,
};

static u64 bufstat_sock_limit(const struct proto *proto, int index)
{
	return (u64)READ_ONCE(proto->sysctl_mem[index]) << PAGE_SHIFT;
}

static int bufstat_sock_memory_sample(void *data, void *sample)
{
	const struct proto *proto = data;
	struct bufstat_sock_memory *s = sample;

	s->memory = (u64)proto_memory_allocated(proto) << PAGE_SHIFT;
	s->minimum = bufstat_sock_limit(proto, 0);
	s->pressure = bufstat_sock_limit(proto, 1);
	s->maximum = bufstat_sock_limit(proto, 2);
	return 0;
}

static const struct statsfs_sampler bufstat_sock_memory_sampler = {
	.size = sizeof(struct bufstat_sock_memory),
	.sample = bufstat_sock_memory_sample,
};

static int bufstat_sock_fill(struct statsfs_source *source,
			     struct bufstat_sock *sock)
{
	int err;

	err = statsfs_source_add_sampled(source, bufstat_sock_values,
					 ARRAY_SIZE(bufstat_sock_values),
					 &bufstat_sock_sampler, sock);
	if (err || !sock->proto->memory_allocated || !sock->proto->sysctl_mem)
		return err;
	return statsfs_source_add_sampled(source, bufstat_sock_memory_values,
					  ARRAY_SIZE(bufstat_sock_memory_values),
					  &bufstat_sock_memory_sampler,
					  sock->proto);
}

static int bufstat_sock_add(struct statsfs_source *directory, const char *name,
			    struct bufstat_sock *sock)
{
	struct statsfs_source *source = statsfs_source_create("%s", name);
	int err;

	if (IS_ERR(source))
		return PTR_ERR(source);
	err = bufstat_sock_fill(source, sock);
	if (!err)
		err = statsfs_source_add_subordinate(directory, source);
	statsfs_source_put(source);
	return err;
}

/* The protocol of a socket; of the Internet, they are never unloaded. */
static int __init bufstat_proto_init(struct bufstat_proto *p)
{
	struct socket *sock;
	int err = sock_create_kern(&init_net, p->family, p->type, p->protocol,
				   &sock);

	if (err)
		return err;
	p->proto = sock->sk->sk_prot;
	sock_release(sock);
	return 0;
}

/* A protocol that the kernel does not have stays without. */
static int __init bufstat_protos_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(bufstat_protos); i++) {
		err = bufstat_proto_init(&bufstat_protos[i]);
		switch (err) {
		case 0:
		case -EAFNOSUPPORT:
		case -EPROTONOSUPPORT:
		case -ESOCKTNOSUPPORT:
			continue;
		case -ENFILE:	/* no memory for its inode */
			return -ENOMEM;
		default:
			return err;
		}
	}
	return 0;
}

/* Namespaces */

/**
 * struct bufstat_net_ns - what a network namespace has of us
 * @devices: its devices, protected by RTNL
 * @sock: the directory of its protocols, or an error pointer
 * @socks: its protocols
 */
struct bufstat_net_ns {
	struct bufstat_devices devices;
	struct statsfs_source *sock;
	struct bufstat_sock socks[ARRAY_SIZE(bufstat_protos)];
};

static unsigned int bufstat_net_id;

static struct bufstat_net_ns *bufstat_net_ns(const struct net *net)
{
	return net_generic(net, bufstat_net_id);
}

static int bufstat_sock_add_all(struct bufstat_net_ns *ns,
				const struct net *net)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(bufstat_protos) && !err; i++) {
		ns->socks[i].net = net;
		ns->socks[i].proto = bufstat_protos[i].proto;
		if (ns->socks[i].proto)
			err = bufstat_sock_add(ns->sock, bufstat_protos[i].name,
					       &ns->socks[i]);
	}
	return err ?: bufstat_directory_show(ns->sock);
}

static int bufstat_sock_init(struct bufstat_net_ns *ns, const struct net *net)
{
	int err;

	ns->sock = bufstat_directory_create("sock", net);
	err = bufstat_sock_add_all(ns, net);
	if (err) {
		statsfs_source_put(ns->sock);
		ns->sock = ERR_PTR(err);
	}
	return err;
}

static void __net_exit bufstat_net_ns_exit(struct net *net)
{
	struct bufstat_net_ns *ns = bufstat_net_ns(net);

	bufstat_directory_free(ns->sock);
	bufstat_devices_exit(&ns->devices);
}

/*
 * All namespaces that there were when the module was loaded are shown.  One that is
 * created before this is set, once, may come to nothing.
 */
static bool bufstat_net_is_loaded;

/* Later on, want of statistics is no reason to be without a namespace. */
static int __net_init bufstat_net_ns_init(struct net *net)
{
	struct bufstat_net_ns *ns = bufstat_net_ns(net);
	int err, sock_err;

	ns->devices = (struct bufstat_devices) {
		.name = "net",
		.net = net,
		.fill = bufstat_net_fill,
		.numa = true,
	};
	err = bufstat_devices_init(&ns->devices);
	sock_err = bufstat_sock_init(ns, net);
	if (!err)
		err = sock_err;
	if (err && READ_ONCE(bufstat_net_is_loaded)) {
		pr_warn_ratelimited("bufstat: a namespace is not shown: error %d\n",
				    err);
		return 0;
	}
	if (err)
		bufstat_net_ns_exit(net);
	return err;
}

static struct pernet_operations bufstat_net_ops = {
	.init	= bufstat_net_ns_init,
	.exit	= bufstat_net_ns_exit,
	.id	= &bufstat_net_id,
	.size	= sizeof(struct bufstat_net_ns),
};

static void bufstat_net_register(struct bufstat_devices *devices,
				 struct net_device *dev)
{
	char fallback[BUFSTAT_FALLBACK_SIZE];

	snprintf(fallback, sizeof(fallback), ":%d", dev->ifindex);
	bufstat_device_add(devices, dev, dev_to_node(&dev->dev), dev->name,
			   fallback);
}

static void bufstat_net_rename(struct bufstat_devices *devices,
			       struct net_device *dev)
{
	char fallback[BUFSTAT_FALLBACK_SIZE];

	snprintf(fallback, sizeof(fallback), ":%d", dev->ifindex);
	bufstat_device_rename(devices, dev, dev->name, fallback);
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
	struct bufstat_devices *devices = &bufstat_net_ns(dev_net(dev))->devices;

	ASSERT_RTNL();
	switch (event) {
	case NETDEV_REGISTER:
		bufstat_net_register(devices, dev);
		break;
	case NETDEV_CHANGENAME:
		bufstat_net_rename(devices, dev);
		break;
	case NETDEV_UNREGISTER:
		bufstat_device_remove(devices, dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block bufstat_net_notifier = {
	.notifier_call = bufstat_net_event,
};

/* CPUs */

/**
 * struct bufstat_softnet_sample - what one read of a CPU gives
 * @processed: packets that it processed from receive queues; the first column of
 *	/proc/net/softnet_stat
 * @dropped: packets that found its backlog full; the second
 * @time_squeeze: how often it stopped for want of budget or time with packets
 *	left; the third
 * @received_rps: how often another CPU woke it for received packets; the tenth
 * @flow_limit_count: packets dropped by the flow limit; the eleventh.  Newer
 *	kernels keep it to themselves: there it is absent.
 * @backlog: packets that wait in its backlog now; the twelfth
 *
 * The columns are hexadecimal.  Counters are of 32 bits, as in the report, and
 * wrap.
 */
struct bufstat_softnet_sample {
	u32 processed;
	u32 dropped;
	u32 time_squeeze;
	u32 received_rps;
	u32 flow_limit_count;
	u32 backlog;
};

#define BUFSTAT_SOFTNET_COUNTER(field, desc)				\
	STATSFS_COUNTER(#field, struct bufstat_softnet_sample, field,	\
			STATSFS_NONE, desc)

static const struct statsfs_value bufstat_softnet_values[] = {
	BUFSTAT_SOFTNET_COUNTER(processed, "packets processed"),
	BUFSTAT_SOFTNET_COUNTER(dropped, "packets dropped, the backlog was full"),
	BUFSTAT_SOFTNET_COUNTER(time_squeeze,
				"times out of budget with packets left"),
#ifdef CONFIG_RPS
	BUFSTAT_SOFTNET_COUNTER(received_rps,
				"wake-ups for packets by other CPUs"),
#endif
#ifdef bufstat_flow_limit_count
	BUFSTAT_SOFTNET_COUNTER(flow_limit_count,
				"packets dropped by the flow limit"),
#endif
	STATSFS_GAUGE("backlog", struct bufstat_softnet_sample, backlog,
		      STATSFS_NONE, "packets in the backlog"),
};

#ifndef bufstat_softnet_dropped
#define bufstat_softnet_dropped(sd) numa_drop_read(&(sd)->drop_counters)
#endif

static int bufstat_softnet_sample(void *data, void *sample)
{
	struct bufstat_softnet_sample *s = sample;
	const struct softnet_data *sd = data;

	s->processed = READ_ONCE(sd->processed);
	s->dropped = bufstat_softnet_dropped(sd);
	s->time_squeeze = READ_ONCE(sd->time_squeeze);
	s->received_rps = READ_ONCE(sd->received_rps);
#ifdef bufstat_flow_limit_count
	s->flow_limit_count = bufstat_flow_limit_count(sd);
#endif
	s->backlog = skb_queue_len_lockless(&sd->input_pkt_queue) +
		     skb_queue_len_lockless(&sd->process_queue);
	return 0;
}

static const struct statsfs_sampler bufstat_softnet_sampler = {
	.size = sizeof(struct bufstat_softnet_sample),
	.sample = bufstat_softnet_sample,
};

static int bufstat_softnet_fill(struct statsfs_source *source, void *device)
{
	return statsfs_source_add_sampled(source, bufstat_softnet_values,
					  ARRAY_SIZE(bufstat_softnet_values),
					  &bufstat_softnet_sampler, device);
}

static struct bufstat_devices bufstat_softnet = {
	.name = "softnet",
	.fill = bufstat_softnet_fill,
};

static int bufstat_softnet_online(unsigned int cpu)
{
	char name[BUFSTAT_FALLBACK_SIZE];

	snprintf(name, sizeof(name), "cpu%u", cpu);
	bufstat_device_add(&bufstat_softnet, &per_cpu(softnet_data, cpu),
			   NUMA_NO_NODE, name, name);
	return 0;
}

static int bufstat_softnet_offline(unsigned int cpu)
{
	bufstat_device_remove(&bufstat_softnet, &per_cpu(softnet_data, cpu));
	return 0;
}

static int bufstat_softnet_state;

static int __init bufstat_softnet_init(void)
{
	int err = bufstat_devices_init(&bufstat_softnet);

	if (err)
		return err;
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "bufstat/softnet:online",
				bufstat_softnet_online, bufstat_softnet_offline);
	if (err < 0) {
		bufstat_devices_exit(&bufstat_softnet);
		return err;
	}
	bufstat_softnet_state = err;
	return 0;
}

static void bufstat_softnet_exit(void)
{
	cpuhp_remove_state(bufstat_softnet_state);
	bufstat_devices_exit(&bufstat_softnet);
}

static int __init bufstat_net_init(void)
{
	int err;

	bufstat_net_table = statsfs_values_get(bufstat_net_values,
					       ARRAY_SIZE(bufstat_net_values));
	if (IS_ERR(bufstat_net_table))
		return PTR_ERR(bufstat_net_table);
	err = bufstat_softnet_init();
	if (err)
		goto put_table;
	err = bufstat_protos_init();
	if (err)
		goto softnet_exit;
	err = register_pernet_subsys(&bufstat_net_ops);
	if (err)
		goto softnet_exit;
	WRITE_ONCE(bufstat_net_is_loaded, true);
	err = register_netdevice_notifier(&bufstat_net_notifier);
	if (err)
		goto unregister_pernet;
	return 0;

unregister_pernet:
	unregister_pernet_subsys(&bufstat_net_ops);
softnet_exit:
	bufstat_softnet_exit();
put_table:
	statsfs_values_put(bufstat_net_table);
	return err;
}
module_init(bufstat_net_init);

static void __exit bufstat_net_exit(void)
{
	unregister_netdevice_notifier(&bufstat_net_notifier);
	unregister_pernet_subsys(&bufstat_net_ops);
	bufstat_softnet_exit();
	statsfs_values_put(bufstat_net_table);
}
module_exit(bufstat_net_exit);

MODULE_DESCRIPTION("Buffer statistics of network devices, sockets and CPUs");
MODULE_LICENSE("GPL");
