/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * version.h - the version of these headers; the running library's is
 * vfiomig_version(3)
 */
#ifndef VFIOMIG_VERSION_H
#define VFIOMIG_VERSION_H

#define VFIOMIG_VERSION_MAJOR 0
#define VFIOMIG_VERSION_MINOR 1
#define VFIOMIG_VERSION_MICRO 0
#define VFIOMIG_VERSION "0.1.0"

/* True when these headers are @major.@minor.@micro or newer. */
#define VFIOMIG_HEADERS_AT_LEAST(major, minor, micro)			\
	(VFIOMIG_VERSION_MAJOR > (major) ||				\
	 (VFIOMIG_VERSION_MAJOR == (major) &&				\
	  (VFIOMIG_VERSION_MINOR > (minor) ||				\
	   (VFIOMIG_VERSION_MINOR == (minor) &&				\
	    VFIOMIG_VERSION_MICRO >= (micro)))))

#endif
