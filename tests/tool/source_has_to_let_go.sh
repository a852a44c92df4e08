#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# source_has_to_let_go.sh - a destination that has everything runs its devices
# only when the source has let go of them, or was never going to
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
peer=tests/tool/peer
device='--device a=sim:seed=4,size=1000001'

run save $vfiomig save --file "$tmp/channel" $device
expect 0 save.out '^complete: 1 of 1 devices'

# receive NAME OPTION... - what the snapshot leads to when it is sent
receive() {
	name=$1
	shift
	start "$name" $vfiomig receive --listen 127.0.0.1:0 --channels 1 \
	    $device --resume "$@"
	receiver=$pid
	await "$tmp/$name.err" 'listening: '
	run cat $peer cat "${line#*listening: }" "$tmp/channel"
	finish $receiver
}

receive bare
expect 1 bare.err 'the source ended without letting go.*--one-way'
grep -q '^a: complete, STOP$' "$tmp/bare.out" || fail "the device runs"

receive oneway --one-way
expect 0 oneway.out '^complete: 1 of 1 devices'
grep -q '^a .* RUNNING$' "$tmp/oneway.out" || fail "the device does not run"

# A sender that expects no word gets along with one that says none.
start sink $peer sink
await "$tmp/sink.out" 127.0.0.1
run send $vfiomig send --connect "$line" --channels 1 $device --one-way
expect 0 send.out '^complete: 1 of 1 devices'
exit 0
