#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# probe_says_what_a_device_can.sh - abilities, state and sizes, in words and
# for machines; the device stays as it is
set -u
. "${srcdir:-.}/tests/tool/functions.sh"

# can FLAGS STOP_COPY P2P PRE_COPY
can() {
	run json $vfiomig probe --json sim:size=3M,flags=$1,logging=0
	test $status -eq 0 || fail "flags $1: status $status"
	test "$(figure stop_copy "$tmp/json.out") $(figure p2p \
	    "$tmp/json.out") $(figure pre_copy "$tmp/json.out") $(figure \
	    dirty "$tmp/json.out")" = "$2 $3 $4 false" || fail "flags $1"
	test "$(figure state "$tmp/json.out")" = RUNNING || fail "state"
	tail -n 4 "$tmp/json.out" | grep -q '"stop_copy": 3145728' ||
	    fail "flags $1: size"
}
can 1 true false false
can 3 true true false
can 5 true false true
can 7 true true true

run words $vfiomig probe sim:size=3M null
expect 0 words.out '^  dirty *yes'
grep -q '^  pending .*3.0M when it stands still$' "$tmp/words.out" ||
    fail "no size"
grep -q '^null$' "$tmp/words.out" || fail "only one of two"

run unknown $vfiomig probe sim:fail_pending=EIO
expect 0 unknown.out '^  pending *not known (Input/output error)$'
run cannot $vfiomig probe sim:fail_query=EOPNOTSUPP
expect 1 cannot.err 'cannot be asked what it can do: Operation not supported'
run state $vfiomig probe sim:fail_get=EIO
expect 1 state.err 'cannot be asked for its state: Input/output error'
exit 0
