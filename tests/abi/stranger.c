/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stranger.c - a shared object that is no backend: what it exports is near
 */
__attribute__((visibility("default"))) const void *vfiomig_backend_v2(void);

const void *
vfiomig_backend_v2(void)
{
	return 0;
}
