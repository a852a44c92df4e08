#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# demo_verifies_every_byte.sh - the demo ends well and says what it verified
set -u
. "${srcdir:-.}/tests/tool/functions.sh"

run demo $vfiomig demo --jitter 2000
expect 0 demo.out '^verified: 4 devices, 268435456 bytes$'
test "$(grep -c ' RUNNING$' "$tmp/demo.out")" -eq 4 ||
    fail "four devices do not run"

# Elsewhere than on a terminal progress is plain lines.
grep -q '^sim3: 100%, 64.0M$' "$tmp/demo.err" || fail "no plain line"
tr -d '\n' <"$tmp/demo.err" | grep -q '[[:cntrl:]]' && fail "control characters"

run odd $vfiomig demo --quiet --devices 3 --size 1000003 --channels 1 \
    --packet-max 7777 --budget 640K --window 4
expect 0 odd.out '^verified: 3 devices, 3000009 bytes$'
test -s "$tmp/odd.err" && fail "--quiet is not quiet"

run empty $vfiomig demo --quiet --devices 2 --size 0 --live
expect 0 empty.out '^verified: 2 devices, 0 bytes$'
exit 0
