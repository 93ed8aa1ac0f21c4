// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces, as far as statsfs has to know them.
 *
 * A struct statsfs_ns stands for a network namespace: a source can be tagged
 * with one, and a superblock shows what has its own tag or none.  It is an
 * object of its own, so that neither a mount nor a source pins the namespace,
 * and that nobody mistakes a new namespace for one that has ended: the object
 * lives on as long as somebody refers to it.
 *
 * A tagged source is seen in one namespace, and above it are directories that
 * all of them share.  So nothing of it is folded there (it is a boundary even
 * for its own groups), and changes in it or below are none of theirs.
 */

#include <linux/err.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "internal.h"

/* A new namespace, with a reference for the caller, or NULL. */
struct statsfs_ns *statsfs_ns_alloc(void)
{
	struct statsfs_ns *ns = kzalloc_obj(*ns, GFP_KERNEL);

	if (ns)
		refcount_set(&ns->ref, 1);
	return ns;
}

struct statsfs_ns *statsfs_ns_get(struct statsfs_ns *ns)
{
	refcount_inc(&ns->ref);
	return ns;
}

/* Any context. */
void statsfs_ns_put(struct statsfs_ns *ns)
{
	if (ns && refcount_dec_and_test(&ns->ref))
		/* In rcu-walk its options may be looked at still. */
		kfree_rcu(ns, rcu);
}

#ifdef CONFIG_NET

static unsigned int statsfs_net_id;

/* What a network namespace has for us; NULL if there was no memory for it. */
static struct statsfs_ns **net_ns(const struct net *net)
{
	return net_generic(net, statsfs_net_id);
}

/* Want of statistics is no reason to be without a namespace. */
static int __net_init statsfs_net_init(struct net *net)
{
	*net_ns(net) = statsfs_ns_alloc();
	return 0;
}

static void __net_exit statsfs_net_exit(struct net *net)
{
	statsfs_ns_put(*net_ns(net));
}

static struct pernet_operations statsfs_net_ops = {
	.init	= statsfs_net_init,
	.exit	= statsfs_net_exit,
	.id	= &statsfs_net_id,
	.size	= sizeof(struct statsfs_ns *),
};

int __init statsfs_ns_init(void)
{
	return register_pernet_subsys(&statsfs_net_ops);
}

void statsfs_ns_exit(void)
{
	unregister_pernet_subsys(&statsfs_net_ops);
}

/* The namespace for @net, which the caller keeps; with a reference, or NULL. */
struct statsfs_ns *statsfs_ns_of(const struct net *net)
{
	struct statsfs_ns *ns = *net_ns(net);

	return ns ? statsfs_ns_get(ns) : NULL;
}

#else /* !CONFIG_NET */

static struct statsfs_ns only_ns = { .ref = REFCOUNT_INIT(1) };

int __init statsfs_ns_init(void)
{
	return 0;
}

void statsfs_ns_exit(void)
{
}

struct statsfs_ns *statsfs_ns_of(const struct net *net)
{
	return statsfs_ns_get(&only_ns);
}

#endif
