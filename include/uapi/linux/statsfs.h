/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_LINUX_STATSFS_H
#define _UAPI_LINUX_STATSFS_H

/**
 * STATSFS_MAGIC - f_type that statfs(2) reports for a statsfs mount ("stat")
 */
#define STATSFS_MAGIC		0x73746174

#endif /* _UAPI_LINUX_STATSFS_H */
