#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# silent_peers_are_given_up.sh - after --stall-timeout, whatever it is that the
# other side does not do: the failure is named, the devices are safe
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
peer=tests/tool/peer
options='--budget 4M --stall-timeout 0.5 --channels 2 --stats json'

# given_up NAME WORDS STATE
given_up() {
	test $status -eq 1 || fail "$1: status $status"
	grep -q -- "$2" "$tmp/$1.err" || fail "$1 does not say: $2"
	test "$(figure outcome "$tmp/$1.out")" = failed || fail "$1: outcome"
	test "$(figure state "$tmp/$1.out")" = "$3" || fail "$1: state"
}

# receive NAME - $receiver listens at $address
receive() {
	start "$1" $vfiomig receive --listen 127.0.0.1:0 --device a=sim \
	    $options
	receiver=$pid
	await "$tmp/$1.err" 'listening: '
	address=${line#*listening: }
}

# One of two connections comes, or both, and nothing more.
for n in 1 2; do
	receive mute$n
	start peer$n $peer mute "$address" $n
	finish $receiver
	given_up mute$n "peer is silent: connections=$n, channels=0" STOP
done

# The source's device blocks in the middle of its state.
receive middle
start source $vfiomig send --connect "$address" --budget 4M --channels 2 \
    --device a=sim:size=9M,block_after=3M
finish $receiver
given_up middle 'peer is silent: waiting="a"' STOP

# The destination takes connections and no bytes, or bytes and says nothing.
for vice in deaf sink; do
	start $vice $peer $vice
	await "$tmp/$vice.out" 127.0.0.1
	run to_$vice $vfiomig send --connect "$line" $options \
	    --device a=sim:size=19M
done
status=1
given_up to_deaf 'peer is silent: channel=' RUNNING
given_up to_sink 'other side is silent: all is sent' RUNNING
exit 0
