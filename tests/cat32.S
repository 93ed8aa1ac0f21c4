/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cat32 FILE: copies it to standard output, as a 32-bit program without a
 * library.
 */
	.code32
	.globl _start
_start:
	movl	8(%esp), %ebx		/* argv[1] */
	xorl	%ecx, %ecx
	movl	$5, %eax		/* open */
	int	$0x80
	testl	%eax, %eax
	js	fail
	movl	%eax, %esi
again:
	movl	%esi, %ebx
	movl	$buffer, %ecx
	movl	$65536, %edx
	movl	$3, %eax		/* read */
	int	$0x80
	testl	%eax, %eax
	js	fail
	jz	done
	movl	%eax, %edx
	movl	$1, %ebx
	movl	$4, %eax		/* write */
	int	$0x80
	testl	%eax, %eax
	jns	again
fail:
	negl	%eax
done:
	movl	%eax, %ebx
	movl	$1, %eax		/* exit */
	int	$0x80

	.bss
buffer:
	.skip	65536
