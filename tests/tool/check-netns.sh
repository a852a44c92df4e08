#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check-netns.sh - eight devices of different sizes and speeds between two
# network namespaces, over 1 to 64 channels, every byte compared; with loss and
# delay where the kernel has netem
#
# Makes two namespaces with a veth pair in between and removes them.  Needs
# root.  Prints a line a test.
set -u
skip() {
	echo "SKIP: netns ($1)"
	exit 0
}
test "$(id -u)" -eq 0 || skip "not root"
command -v ip >/dev/null || skip "no ip: package iproute2"
. "${srcdir:-.}/tests/tool/functions.sh"

from=vfiomig-from-$$ to=vfiomig-to-$$ bad=0
namespaces_remove() {
	rc=$?
	for pid in $started; do
		kill -9 "$pid" 2>/dev/null
	done
	ip netns del $from 2>/dev/null
	ip netns del $to 2>/dev/null
	rm -rf "$tmp"
	exit $rc
}
trap 'namespaces_remove' EXIT

{ ip netns add $from && ip netns add $to &&
    ip -n $from link add out type veth peer name in netns $to; } \
    2>"$tmp/netns" || skip "no namespaces: $(head -n 1 "$tmp/netns")"
ip -n $from addr add 10.77.0.1/24 dev out
ip -n $to addr add 10.77.0.2/24 dev in
ip -n $from addr add fd77::1/64 dev out nodad 2>/dev/null
ip -n $to addr add fd77::2/64 dev in nodad 2>/dev/null
for side in $from:out $to:in; do
	ip -n ${side%:*} link set lo up
	ip -n ${side%:*} link set ${side#*:} up
done

# device NAME SIZE SPEED - for both sides; a SPEED of 0 is as fast as can be
targets= sources=
device() {
	params="size=$2,seed=$1,config_size=4132"
	targets="$targets --device dev$1=sim:$params"
	sources="$sources --device dev$1=sim:$params,bandwidth=$3"
}

# move WHAT ADDRESS CHANNELS [OPTION...]
move() {
	what=$1 address=$2 channels=$3
	shift 3
	start receive ip netns exec $to $vfiomig receive --listen "$address" \
	    --channels "$channels" $targets --resume --stall-timeout 50
	receiver=$pid
	await "$tmp/receive.err" 'listening: '
	run send ip netns exec $from $vfiomig send --connect \
	    "${line#*listening: }" --channels "$channels" $sources "$@"
	sent=$status
	finish $receiver
	if test $sent -eq 0 && test $status -eq 0 &&
	    test "$(grep -c ' RUNNING$' "$tmp/receive.out")" -eq 8; then
		echo "PASS: netns, $what, $channels channels:" \
		    "$(grep '^complete' "$tmp/receive.out")"
	else
		echo "FAIL: netns, $what, $channels channels:" \
		    "send $sent, receive $status"
		cat "$tmp"/*.err "$tmp"/*.out
		bad=1
	fi
}

device 0 0 0
device 1 1 0
device 2 96 1K
device 3 4097 0
device 4 1M 4M
device 5 9000001 20M
device 6 64M 0
device 7 256M 0
for channels in 1 4 6 16 64; do
	move "0 to 256 MiB" 10.77.0.2:0 $channels
done
move "pre-copy first" 10.77.0.2:0 4 --live
if ip -n $to -6 addr show dev in 2>/dev/null | grep -q fd77; then
	move "IPv6" '[fd77::2]:0' 6
else
	echo "SKIP: netns, IPv6 (no address)"
fi

# Small devices from here: a lossy line is slow.
targets= sources=
for k in 0 1 2 3 4 5 6 7; do
	device $k $((k * 300001)) 0
done
move "pauses up to 5 ms before packets" 10.77.0.2:0 16 --jitter 5000
if command -v tc >/dev/null &&
    tc -n $from qdisc add dev out root netem delay 5ms 3ms loss 1% \
    2>"$tmp/netem"; then
	tc -n $to qdisc add dev in root netem delay 5ms 3ms loss 1%
	for channels in 1 4 6 16 64; do
		move "10 ms of delay and 1% of loss" 10.77.0.2:0 $channels
	done
else
	echo "SKIP: netns, loss and delay (no netem:" \
	    "$(head -n 1 "$tmp/netem" 2>/dev/null || echo no tc))"
fi
test $bad -eq 0
