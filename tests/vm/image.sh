#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# image.sh CACHE WORK - make WORK/initramfs.cpio, what the guest boots from
set -eu

cache=$1 work=$2
busybox=$cache/root/bin/busybox
image=$work/initramfs

mkdir -p "$image/bin" "$image/modules" "$image/proc" "$image/sys" \
    "$image/dev" "$image/root"
cp "$busybox" "$image/bin/"
cp "$cache"/kernel/modules/*.ko "$image/modules/"
cp "$work/guest/init" "$image/init"
chmod 755 "$image/init"
(cd "$image" && find . | "$busybox" cpio -o -H newc -R 0:0) \
    >"$image.cpio" 2>/dev/null
rm -rf "$image"
