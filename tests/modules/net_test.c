// SPDX-License-Identifier: GPL-2.0
/*
 * A network device called "counted", each of whose counters has a number of its
 * own: of the devices that there are, many counters are always 0.
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>

static struct net_device *net_test_dev;

/* All of them are of one type. */
static void net_test_get_stats64(struct net_device *dev,
				 struct rtnl_link_stats64 *stats)
{
	__u64 *counter = (__u64 *)stats;
	size_t i;

	for (i = 0; i < sizeof(*stats) / sizeof(*counter); i++)
		counter[i] = (i + 1) * 1000003;
}

static const struct net_device_ops net_test_ops = {
	.ndo_get_stats64 = net_test_get_stats64,
};

static void net_test_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &net_test_ops;
}

static int __init net_test_init(void)
{
	int err;

	net_test_dev = alloc_netdev(0, "counted", NET_NAME_UNKNOWN,
				    net_test_setup);
	if (!net_test_dev)
		return -ENOMEM;
	err = register_netdev(net_test_dev);
	if (err)
		free_netdev(net_test_dev);
	return err;
}

static void __exit net_test_exit(void)
{
	unregister_netdev(net_test_dev);
	free_netdev(net_test_dev);
}

module_init(net_test_init);
module_exit(net_test_exit);

MODULE_DESCRIPTION("A network device for tests of bufstat");
MODULE_LICENSE("GPL");
