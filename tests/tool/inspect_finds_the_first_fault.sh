#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# inspect_finds_the_first_fault.sh - what is wrong with a file, and where
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"

one=$captures/one-device-2ch
two=$captures/two-devices-4ch
good=$two/chan02.bin
state=5440			# there a device's packet begins, 360 bytes long

# poke OFFSET OCTAL... - a copy of $good with other bytes there
poke() {
	cp "$good" "$tmp/bad.bin" && chmod u+w "$tmp/bad.bin"
	at=$1
	shift
	printf "$*" | dd of="$tmp/bad.bin" bs=1 seek="$at" conv=notrunc 2>/dev/null
}

# faulty OFFSET WORDS [OPTION...] - inspect says so of bad.bin, in all ways
faulty() {
	at=$1 words=$2
	shift 2
	run text $vfiomig inspect "$@" "$tmp/bad.bin"
	expect 1 text.out "FAULT: offset=$at, why=\".*$words"
	expect 1 text.err "file=$tmp/bad.bin, offset=$at, why=\".*$words"
	run json $vfiomig inspect --json "$@" "$tmp/bad.bin"
	expect 1 json.out "\"why\": \".*$words"
	test "$(grep -A 1 '"fault"' "$tmp/json.out" | figure offset -)" = "$at" ||
	    fail "offset in JSON"
}

poke 0 '\001';			faulty 0 'hello: wrong magic'
poke 7 '\002';			faulty 0 'hello: unknown version'
poke 64 '\377';			faulty 64 'packet header: wrong magic'
poke $((state + 7)) '\002';	faulty $state 'packet header: unknown version'
poke $((state + 11)) '\101';	faulty $state 'device state with another flag'
poke $((state + 10)) '\001';	faulty $state 'unknown flag'
poke $((state + 12)) '\000';	faulty $state 'idstr is empty'
poke $((state + 267)) 'x';	faulty $state 'idstr does not end'
poke $((state + 275)) '\013';	faulty $state 'shorter than its header'
poke $((state + 272)) '\377';	faulty $state 'it ends inside'
poke $((state + 279)) '\001';	faulty $state 'state packet: unknown version'
poke $((state + 280)) '\377\377\377\377';	faulty $state 'idx is reserved'
poke $((state + 287)) '\002';	faulty $state 'state packet: unknown flag'
poke 64 '\021';			faulty 640 'wrong magic' --page-size 16384

# It ends too soon: in the hello, a header, a payload.
for size in 1 63 65 5439 5800 5801 41359; do
	head -c $size "$good" >"$tmp/bad.bin"
	case $size in
	5800)	run text $vfiomig inspect "$tmp/bad.bin"
		expect 0 text.out 'idx 1 is missing' ;;
	1|63)	faulty 0 'it ends inside' ;;
	65)	faulty 64 'it ends inside' ;;
	5439)	faulty 4096 'it ends inside' ;;
	5801)	faulty 5800 'it ends inside' ;;
	*)	faulty 40016 'it ends inside' ;;
	esac
done

# A packet comes again, on the same channel and on another.
{ head -c 5800 "$good"; tail -c +$((state + 1)) "$good" | head -c 360; } \
    >"$tmp/bad.bin"
faulty 5800 'idx came twice on this channel'
run text $vfiomig inspect "$good" "$two"/chan*.bin
expect 0 text.out '^0000:00:01.0/vfio#0: .*: idx 0 came twice$'

# A main stream that ends too soon; files that are none.
head -c 1000 "$two/chan00.bin" >"$tmp/bad.bin"
faulty 1000 'it ended too soon'
run text $vfiomig inspect "$tmp/none"
expect 1 text.err 'file=.*none, error=No such file'
run text $vfiomig inspect "$tmp"
expect 1 text.err 'cannot be read'
: >"$tmp/bad.bin"
faulty 0 'it ends inside'
run text $vfiomig inspect --page-size 5000 "$good"
expect 2 text.err 'power of two'
exit 0
