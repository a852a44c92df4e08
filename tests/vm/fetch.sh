#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# fetch.sh CACHE - get what the guest is made of from the distribution
#
# Idea: see tests/apt.sh.  Packages are unpacked, never installed:
#
#	CACHE/root	QEMU 10, busybox and every library they need: a small
#			root folder that the host runs QEMU from and that the
#			guest has as its own root
#	CACHE/kernel	vmlinuz, the modules the guest loads, headers, and of
#			the kernel source only the folders that are built
#	CACHE/release	the kernel's release; written last, so its presence
#			means that all of the above is there
#
# Exit: 0 all is there, 77 it cannot be had (said why), others: a defect.
set -eu
. "$(dirname "$0")/../apt.sh"

cache=$1
suite=bookworm

skip() {
	echo "SKIP: check-vm ($*)"
	exit 77
}

fetch_root() {
	apt-get -qq -y --download-only --no-install-recommends \
	    -t $suite-backports install qemu-system-x86 busybox-static \
	    >"$cache/apt/log" 2>&1 || return 1
	rm -rf "$cache/root"
	for deb in "$cache"/apt/cache/archives/*.deb; do
		apt_unpack "$deb" "$cache/root"
	done
	for folder in dev proc sys tmp work; do
		mkdir -p "$cache/root/$folder"
	done
	rm -rf "$cache/root/usr/share/doc" "$cache/root/usr/share/man"
	for applet in $("$cache/root/bin/busybox" --list); do
		test -e "$cache/root/bin/$applet" ||
		    ln -s busybox "$cache/root/bin/$applet"
	done
	test -x "$cache/root/usr/bin/qemu-system-x86_64"
}

fetch_kernel() {
	flavour=${release##*-}
	base=${release%-"$flavour"}
	series=$(echo "$release" | cut -d. -f1,2)
	rm -rf "$cache/kernel" "$cache/debs"
	mkdir -p "$cache/kernel/modules" "$cache/debs"
	(cd "$cache/debs" && apt-get -qq download "linux-image-$release" \
	    "linux-headers-$release" "linux-headers-$base-common" \
	    "linux-kbuild-$base" "linux-source-$series/$suite-backports") \
	    >>"$cache/apt/log" 2>&1 || return 1

	apt_unpack "$cache"/debs/linux-image-*.deb "$cache/kernel/image" \
	    './boot/vmlinuz-*' '*/vfio/*.ko.xz' '*/irqbypass.ko.xz' \
	    '*/9p/9p.ko.xz' \
	    '*/9p/9pnet.ko.xz' '*/9p/9pnet_virtio.ko.xz' '*/netfs.ko.xz'
	mv "$cache"/kernel/image/boot/vmlinuz-* "$cache/kernel/vmlinuz"
	for ko in $(find "$cache/kernel/image" -name '*.ko.xz'); do
		xz -dc "$ko" >"$cache/kernel/modules/$(basename "$ko" .xz)"
	done
	rm -rf "$cache/kernel/image"

	apt_unpack "$cache"/debs/linux-headers-*-common_*.deb "$cache/kernel/headers"
	apt_unpack "$cache"/debs/linux-headers-*-"$flavour"_*.deb \
	    "$cache/kernel/headers"
	apt_unpack "$cache"/debs/linux-kbuild-*.deb "$cache/kernel/headers"
	sed -i "s|/usr/src/|$cache/kernel/headers&|" \
	    "$cache"/kernel/headers/usr/src/*-"$flavour"/Makefile
	rm -f "$cache"/kernel/headers/usr/src/*/vmlinux
	apt_unpack "$cache"/debs/linux-source-*.deb "$cache/kernel/source"
	tar -x -C "$cache/kernel/source" --strip-components=1 --wildcards \
	    -f "$cache/kernel/source/usr/src/linux-source-$series.tar.xz" \
	    '*/samples/vfio-mdev/mtty.c'
	rm -rf "$cache/kernel/source/usr" "$cache/debs"
	test -f "$cache/kernel/source/samples/vfio-mdev/mtty.c"
}

if test -f "$cache/release"; then
	exit 0
fi
test "$(uname -m)" = x86_64 || skip "the guest is made for x86_64"
for tool in apt-get dpkg-deb xz flock make gcc; do
	command -v $tool >/dev/null || skip "no $tool"
done
uri=$(apt_mirror)
test -n "$uri" || skip "no Debian mirror in the apt sources (VFIOMIG_MIRROR)"
mkdir -p "$cache" || skip "cannot make $cache"
apt_configure "$cache/apt" amd64 "$uri" \
    $suite $suite-updates $suite-backports
apt-get -qq -o APT::Update::Error-Mode=any update >"$cache/apt/log" 2>&1 || skip "the mirror cannot be reached"
release=$(apt-cache show "linux-image-amd64/$suite-backports" 2>/dev/null |
    sed -n 's/^Depends: linux-image-\([^ ]*\) .*/\1/p' | head -n 1)
test -n "$release" || skip "$suite-backports has no kernel"
echo "fetch: kernel $release and QEMU from $suite-backports"
fetch_root || skip "QEMU cannot be fetched: $(tail -n 1 "$cache/apt/log")"
fetch_kernel ||
    skip "the kernel cannot be fetched: $(tail -n 1 "$cache/apt/log")"
rm -rf "$cache/apt"
echo "$release" >"$cache/release"
