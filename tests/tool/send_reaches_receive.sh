#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# send_reaches_receive.sh - two devices, checked byte by byte, over every kind
# of connection
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
peer=tests/tool/peer

source='--channels 3 --budget 4M --device a=sim:size=3000001,seed=1
    --device b#7=sim:size=96,seed=2,config_size=4132'
target='--channels 3 --budget 4M --device b#7=sim:size=96,seed=2,config_size=4132
    --device a=sim:size=3000001,seed=1 --resume'

# arrived NAME - receive has two devices that run, send lets go of two
arrived() {
	test "$(grep -c ' RUNNING$' "$tmp/$1.out")" -eq 2 ||
	    fail "$1: two devices do not run"
	grep -q '^complete: 2 of 2 devices' "$tmp/$1.out" ||
	    fail "$1: not complete"
	test "$(grep -c ' STOP$' "$tmp/send.out")" -eq 2 ||
	    fail "$1: the source has them still"
}

# to NAME ADDRESS [OPTION...] - receive there, and send to where it says
to() {
	name=$1 address=$2
	shift 2
	start "$name" $vfiomig receive --listen "$address" $target
	receiver=$pid
	await "$tmp/$name.err" 'listening: '
	run send $vfiomig send --connect "${line#*listening: }" $source "$@"
	expect 0 send.out '^complete: 2 of 2 devices'
	finish $receiver
	test $status -eq 0 || fail "$name: receive says $status"
	arrived "$name"
}

to tcp4 127.0.0.1:0
to tcp4live localhost:0 --live
if grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null
then
	to tcp6 '[::1]:0'
else
	echo "no IPv6 here"
fi

to unix "unix:$tmp/socket"
test -e "$tmp/socket" && fail "the socket is left over"

# A socket whose owner was killed is no hindrance.
start stale $vfiomig receive --listen "unix:$tmp/socket" $target
await "$tmp/stale.err" 'listening: '
kill -9 $pid
finish $pid
test -S "$tmp/socket" || fail "no stale socket to test with"
to stale "unix:$tmp/socket"

# Inherited: connected ones on both sides, then one that listens.
run both $peer pairs 3 $vfiomig send --quiet --connect fd:10 $source -- \
    $vfiomig receive --listen fd:10 $target
expect 0 both.out '^complete: 2 of 2 devices'
test "$(grep -c ' RUNNING$' "$tmp/both.out")" -eq 2 || fail "inherited"
run lack $peer pairs 2 $vfiomig send --quiet --connect fd:10 $source -- true
expect 2 lack.err 'fd:12 is not open: 3 channels need 10 to 12'

start heir $peer listener $vfiomig receive --listen fd:10 $target
receiver=$pid
await "$tmp/heir.out" '127.0.0.1:'
run send $vfiomig send --connect "$line" $source
expect 0 send.out '^complete: 2 of 2 devices'
finish $receiver
test $status -eq 0 || fail "heir: receive says $status"
arrived heir
exit 0
