#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# modules.sh CACHE - build the guest's sample VFIO devices out of tree
#
# CACHE/kernel/modules/mtty.ko is the kernel's own sample; mtty-big.ko is the
# same with EXTRA_MB megabytes more state (mtty-big.sed).  Rebuilt when one of
# these two scripts has changed.
#
# Exit: 0 both are there, 77 they cannot be built (said why), others: a defect.
set -eu
PATH=$PATH:/sbin:/usr/sbin

cache=$1
here=$(cd "$(dirname "$0")" && pwd)
extra_mb=5

stamp=$(cat "$here/modules.sh" "$here/mtty-big.sed" "$cache/release" |
    sha256sum | cut -d' ' -f1)
test "$stamp" != "$(cat "$cache/kernel/stamp" 2>/dev/null)" || exit 0

ldconfig -p 2>/dev/null | grep -q 'libelf\.so\.1' || {
	echo "SKIP: check-vm (no libelf1, which the kernel's build needs)"
	exit 77
}

build=$cache/kernel/build
sample=$cache/kernel/source/samples/vfio-mdev/mtty.c
rm -rf "$build"
mkdir -p "$build"
cp "$sample" "$build/mtty.c"
sed -f "$here/mtty-big.sed" "$sample" >"$build/mtty-big.c"
cat >"$build/Makefile" <<-END
obj-m := mtty.o mtty-big.o
CFLAGS_mtty-big.o := -DMTTY_EXTRA=$((extra_mb << 20))
END
make -s -C "$cache"/kernel/headers/usr/src/*-amd64 M="$build" CC=gcc \
    modules >"$build/log" 2>&1 || {
	tail -n 20 "$build/log" >&2
	exit 1
}
cp "$build/mtty.ko" "$build/mtty-big.ko" "$cache/kernel/modules/"
echo "$stamp" >"$cache/kernel/stamp"
