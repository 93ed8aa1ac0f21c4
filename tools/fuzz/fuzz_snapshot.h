/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FUZZ_SNAPSHOT_H
#define _FUZZ_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

extern uint64_t fuzz_sink;

/*
 * What libFuzzer calls: @data is a snapshot and perhaps, behind it, what a refresh
 * reads.  Always 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* _FUZZ_SNAPSHOT_H */
