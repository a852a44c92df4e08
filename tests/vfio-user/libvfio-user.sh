#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# libvfio-user.sh CHECKOUT TOOL - move a device of libvfio-user's samples/server
# into another one, by way of a snapshot, with our client
#
# CHECKOUT is a source tree of libvfio-user; a copy is built.  The sample checks
# by assertions that it was read and written whole: one that fails ends the
# server, and the test.  Its second region is enlarged to a power of two where
# it is not, since the library of some checkouts refuses the sample's own.  The
# target is left stopped: running, the sample sets a timer to a time that only a
# client that drives the device gives it.
#
# Exit: 0 passed, 77 cannot be built (said why), 1 failed.
set -eu

checkout=${1-}
tool=$2
test -n "$checkout" || { echo "SKIP: libvfio_user_sample_moves" \
    "(no checkout: make check-libvfio-user LIBVFIO_USER=FOLDER)"; exit 77; }
command -v meson >/dev/null || { echo "SKIP: libvfio_user_sample_moves" \
    "(meson was not found)"; exit 77; }

work=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill $pid 2>/dev/null || :; done; rm -rf "$work"' EXIT

cp -r "$checkout/." "$work/source"
sed -i 's/= 0x3000/= 0x4000/' "$work/source/samples/server.c"
{
	meson setup "$work/build" "$work/source" &&
	    ninja -C "$work/build" samples/server
} >"$work/build.log" 2>&1 || {
	tail -n 5 "$work/build.log"
	echo "SKIP: libvfio_user_sample_moves (it does not build here)"
	exit 77
}

for name in source target; do
	"$work/build/samples/server" "$work/$name.sock" >"$work/$name.log" 2>&1 &
	pids="$pids $!"
	n=0
	until test -S "$work/$name.sock" || test $n -eq 100; do
		n=$((n + 1))
		sleep 0.1
	done
done

fail() {
	echo "FAIL: libvfio_user_sample_moves ($1)"
	cat "$work"/*.log | tail -n 20
	exit 1
}

timeout 60 "$tool" save --quiet --file "$work/snapshot" \
    --device "d=vfio-user:socket=$work/source.sock" || fail "save: $?"
timeout 60 "$tool" load --quiet --file "$work/snapshot" \
    --device "d=vfio-user:socket=$work/target.sock" || fail "load: $?"
for pid in $pids; do
	wait "$pid" || fail "a server ended with $?"
done
pids=
# 16384 and 8 bytes of state, 0x4000 being the region and 8 the clock
test "$(wc -c <"$work/snapshot")" -gt 16392 || fail "the snapshot is short"
echo "PASS: libvfio_user_sample_moves"
