/* SPDX-License-Identifier: GPL-2.0 */
/* 6.10 moved what sockets say of their memory out of here. */
#include <net/sock.h>
