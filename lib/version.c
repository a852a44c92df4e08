/* SPDX-License-Identifier: BSD-3-Clause */
/* version.c - which library is running */
#include "internal.h"

API const char *
vfiomig_version(void)
{
	return VFIOMIG_VERSION;
}

API int
vfiomig_version_at_least(unsigned int major, unsigned int minor,
    unsigned int micro)
{
	const unsigned int have[] = { VFIOMIG_VERSION_MAJOR,
	    VFIOMIG_VERSION_MINOR, VFIOMIG_VERSION_MICRO };

	if (have[0] != major)
		return have[0] > major;
	if (have[1] != minor)
		return have[1] > minor;
	return have[2] >= micro;
}
