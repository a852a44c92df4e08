#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# qemu_streams_are_received.sh - what a real QEMU sent, over TCP, its main
# stream to the same port: each device has its pre-copy data and its packets
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
command -v sha256sum >/dev/null || { echo "skipped: no sha256sum"; exit 77; }
peer=tests/tool/peer
captures=${srcdir:-.}/tests/captures

# digest FILE SKIP - of what follows SKIP bytes
digest() {
	tail -c "+$(($2 + 1))" "$1" | sha256sum | cut -d ' ' -f 1
}

# check CASE - the devices in $tmp against EXPECTED
check() {
	grep "^$1	" "$captures/EXPECTED" >"$tmp/expected"
	while read -r _ _ idstr _ _ bytes data _ config precopy; do
		file=$(echo "$idstr" | tr -c 'a-z0-9\n' _)
		test "$precopy" = - && ahead=0 || ahead=$((${#precopy} / 2))
		test "$(wc -c <"$tmp/$file.data")" -eq $((ahead + bytes)) ||
		    fail "$1, $idstr: another size"
		test "$(digest "$tmp/$file.data" $ahead)" = "$data" ||
		    fail "$1, $idstr: other data"
		test "$(digest "$tmp/$file.cfg" 0)" = "$config" ||
		    fail "$1, $idstr: another config state"
		test $ahead -eq 0 || test "$(head -c $ahead "$tmp/$file.data" |
		    od -An -v -tx1 | tr -d ' \n')" = "$precopy" ||
		    fail "$1, $idstr: other pre-copy data"
	done <"$tmp/expected"
}

# receive CASE CHANNELS - start one with the case's devices
receive() {
	devices=
	for idstr in $(awk -v c="$1" '$1 == c { print $3 }' \
	    "$captures/EXPECTED"); do
		file=$(echo "$idstr" | tr -c 'a-z0-9\n' _)
		devices="$devices --device $idstr=file:path=$tmp/$file.data"
		devices="$devices,config=$tmp/$file.cfg"
	done
	start receive $vfiomig receive --listen 127.0.0.1:0 --channels $2 \
	    --stall-timeout 30 $devices
	receiver=$pid
	await "$tmp/receive.err" 'listening: '
	address=${line#*listening: }
}

for case in one-device-2ch:2 two-devices-4ch:4; do
	name=${case%:*} channels=${case#*:}
	receive $name $channels
	run cat $peer cat "$address" "$captures/$name"/chan*.bin
	finish $receiver
	test $status -eq 0 || fail "$name: status $status"
	check $name
	rm -f "$tmp"/*.data "$tmp"/*.cfg
done

# A main stream that cannot be understood may hide pre-copy data.
receive two-devices-4ch 4
mkdir "$tmp/bad"
cp "$captures"/two-devices-4ch/chan*.bin "$tmp/bad"
head -c 300 "$tmp/bad/chan00.bin" >"$tmp/cut"
mv "$tmp/cut" "$tmp/bad/chan00.bin"
run cat $peer cat "$address" "$tmp"/bad/chan*.bin
finish $receiver
expect 1 receive.err 'main stream'
test "$(ls "$tmp" | grep -c 'data$')" -eq 0 || fail "a file is left"
exit 0
