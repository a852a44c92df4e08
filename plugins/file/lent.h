/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lent.h - a regular file whose descriptor is the caller's
 */
#ifndef PLUGINS_FILE_LENT_H
#define PLUGINS_FILE_LENT_H

#include <stdint.h>

/*
 * Where @fd stands now, in *@base: the data begins there.  Its position is
 * never moved.  0, -EINVAL: not a regular file, or as fstat and lseek say.
 */
int lent_base(int fd, int64_t *base);

#endif
