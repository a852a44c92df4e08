#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# replay_ends_with_the_right_digests.sh - the devices of recorded migrations
# are given what they must be, in any assignment of files to threads
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"

# check FOLDER - what replay printed is what EXPECTED says
check() {
	expected "$1" | while read -r case channels idstr instance packets \
	    bytes sha config_bytes config_sha precopy; do
		test "$precopy" != - || precopy=
		line="$idstr#$instance complete packets=$((packets + 1))"
		line="$line precopy_bytes=$((${#precopy} / 2))"
		line="$line data_bytes=$bytes data_sha256=$sha"
		line="$line config_bytes=$config_bytes"
		line="$line config_sha256=$config_sha"
		grep -qxF "$line" "$tmp/replay.out" || exit 1
	done || fail "$1: a device's line is not as expected: $*"
	test "$(wc -l <"$tmp/replay.out")" -eq \
	    "$(expected "$1" | wc -l)" || fail "$1: lines too many"
}

for folder in $(cases); do
	for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do
		run replay $vfiomig replay --shuffle $seed --budget 3M \
		    $(devices "$folder" null) "$folder"/chan*.bin
		expect 0 replay.err 'chan00.bin is a main stream'
		check "$folder" $seed
	done
	run replay $vfiomig replay $(devices "$folder" null) \
	    "$folder"/chan*.bin
	expect 0 replay.out complete
	check "$folder"

	# The line's pre-copy data in place of the main stream's.
	precopy=$(expected "$folder" | while read -r case channels idstr \
	    instance p b s cb cs precopy; do
		test "$precopy" = - || echo "--precopy $idstr=$precopy"
	    done)
	run replay $vfiomig replay $precopy $(devices "$folder" null) \
	    "$folder"/chan0[1-9].bin
	expect 0 replay.out complete
	check "$folder"
done

# The file backend, digested by another program.
folder=$captures/two-devices-4ch
run replay $vfiomig replay \
    --device "0000:00:01.0/vfio=file:path=$tmp/1.bin,config=$tmp/1.cfg" \
    --device 0000:00:02.0/vfio=null "$folder"/chan*.bin
expect 0 replay.out complete
set -- $(expected "$folder" | head -n 1)
test "$(wc -c <"$tmp/1.bin")" -eq $(($6 + 24)) || fail "1.bin has the wrong size"
test "$(tail -c "$6" "$tmp/1.bin" | sha256sum)" = "$7  -" || fail "1.bin"
test "$(sha256sum <"$tmp/1.cfg")" = "$9  -" || fail "1.cfg"
exit 0
