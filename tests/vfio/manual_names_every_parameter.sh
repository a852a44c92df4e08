#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# vfiomig-vfio(7) has every parameter of the vfio backend, and no other.
set -eu
srcdir=${srcdir:-.}

# From { "fd", param_fd, ... of the table, and from .It Li fd= of the page.
in_code=$(sed -n 's/^		{ "\([a-z0-9]*\)", param_.*/\1/p' \
    "$srcdir/plugins/vfio/params.c" | sort)
in_page=$(sed -n '/^\.It Li/p' "$srcdir/man/vfiomig-vfio.7" |
    grep -o '[a-z0-9]*=' | tr -d = | sort)
test -n "$in_code" || { echo "no table in params.c"; exit 1; }
test "$in_code" = "$in_page" || {
	echo "params.c has:    $(echo $in_code)"
	echo "the manual has:  $(echo $in_page)"
	exit 1
}
