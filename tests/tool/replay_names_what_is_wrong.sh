#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# replay_names_what_is_wrong.sh - files that are not whole fail, and words name
# file, channel, device and packet
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"

one=$captures/one-device-2ch
two=$captures/two-devices-4ch
device='--device 0000:00:01.0/vfio=null'

# A channel is missing: a packet never comes.
for file in 01 02; do
	run replay $vfiomig replay $device "$one/chan$file.bin"
	expect 1 replay.out '^0000:00:01.0/vfio#0 INCOMPLETE '
	expect 1 replay.err 'device="0000:00:01.0/vfio".*missing-idx=[01]'
done

# A file ends inside a packet.
head -c 20000 "$one/chan01.bin" >"$tmp/cut.bin"
run replay $vfiomig replay $device "$one/chan02.bin" "$tmp/cut.bin"
test $status -eq 1 || fail "status $status, expected 1"	# complete or not: a race
grep -q 'channel=1.*it ended inside' "$tmp/replay.err" ||
    fail "it does not say where it ended"
grep -q 'cut.bin is that channel' "$tmp/replay.err" || fail "no file is named"

# The wrong page size: RAM packets have another length.
run replay $vfiomig replay --page-size 16384 $device "$one"/chan*.bin
expect 1 replay.err 'channel=[01].*wrong magic'

# A device that nobody announced.
run replay $vfiomig replay $device "$two"/chan*.bin
expect 1 replay.err 'unknown device: device="0000:00:02.0/vfio"'
run replay $vfiomig replay $device "$two"/chan0[1-4].bin
expect 1 replay.err 'device="0000:00:02.0/vfio".*no such device'

# Files that are none, or no channels.
run replay $vfiomig replay $device "$tmp/none.bin"
expect 1 replay.err 'none.bin, error=No such file'
run replay $vfiomig replay $device "$one/chan00.bin"
expect 2 replay.err 'channels=0'
head -c 200 "$one/chan00.bin" >"$tmp/main.bin"
run replay $vfiomig replay $device "$tmp/main.bin" "$one"/chan0[12].bin
expect 1 replay.err 'main stream refused: offset=200.*too soon'

# Lines that are wrong.
run replay $vfiomig replay "$one"/chan01.bin
expect 2 replay.err 'device DEVICE is missing'
run replay $vfiomig replay $device
expect 2 replay.err 'FILE is missing'
run replay $vfiomig replay --device a=nonesuch "$one"/chan01.bin
expect 1 replay.err 'backend=nonesuch'

# For machines.
run json $vfiomig replay --json $device "$one"/chan*.bin
expect 0 json.out '"complete": true'
test "$(figure data_bytes "$tmp/json.out")" = 96 || fail "figures"
exit 0
