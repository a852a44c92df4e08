#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# snapshot_is_loaded_whole.sh - what save wrote load has, and less is refused
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
device='--device a#3=sim:seed=9,size=5000000,config_size=4132,initial=900000'

run save $vfiomig save --file "$tmp/snapshot" $device --live
expect 0 save.out '^a .* STOP$'
test -e "$tmp/snapshot.part" && fail "save left its work behind"
run load $vfiomig load --file "$tmp/snapshot" $device --resume
expect 0 load.out '^a .* RUNNING$'

run again $vfiomig save --file "$tmp/snapshot2" $device --live --resume
expect 0 again.out '^complete: 1 of 1 devices'

# Any part of it is refused, wherever it was cut.
size=$(wc -c <"$tmp/snapshot")
for keep in 0 3 63 64 352 1000000 $((size - 4133)) $((size - 1)); do
	head -c $keep "$tmp/snapshot" >"$tmp/cut"
	run cut $vfiomig load --file "$tmp/cut" $device --resume
	test $status -eq 1 || fail "$keep bytes of $size: status $status"
	grep -q RUNNING "$tmp/cut.out" && fail "$keep bytes of $size: it runs"
	test -s "$tmp/cut.err" || fail "$keep bytes of $size: no words"
done

# A save that fails leaves no file, and the device runs as before.
run bad $vfiomig save --file "$tmp/bad" --device \
    a=sim:size=5M,fail_after=3M:EIO
expect 1 bad.err 'device failed to save: device="a".*error=-5'
grep -q '^a: not complete, RUNNING$' "$tmp/bad.out" || fail "not running"
ls "$tmp" | grep -q '^bad$\|part' && fail "a file is left"

run none $vfiomig load --file "$tmp/none.snapshot" $device
expect 1 none.err 'none.snapshot: cannot be read: No such file'
run nowhere $vfiomig save --file "$tmp/no/where" $device
expect 1 nowhere.err 'no/where: cannot be written: No such file'
exit 0
