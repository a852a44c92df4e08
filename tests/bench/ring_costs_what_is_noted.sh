#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ring_costs_what_is_noted.sh - instructions of an insert and a drain, counted
# by callgrind, are no more than tests/bench/ring-cost.txt says
#
# Counted are the instructions whose source is the ring's.  The number is
# exact for one compiler; others may differ a little, so the file says what is
# allowed, not what was last seen.
set -eu
program=tests/bench/ring_cost
srcdir=${srcdir:-$(dirname "$0")/../..}
noted=$srcdir/tests/bench/ring-cost.txt

skip() {
	echo "SKIP: $*"
	exit 77
}

test "$(uname -m)" = x86_64 || skip "the figure is for x86_64"
command -v callgrind_annotate >/dev/null || skip "valgrind was not found"
grep -q -E '__(asan|tsan|msan|ubsan)_' "$program" &&
    skip "built with a sanitizer"
rc=0
"$program" 8 || rc=$?
test $rc -ne 77 || skip "built without optimisation"
test $rc -eq 0

counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
packets=10000
valgrind --tool=callgrind --callgrind-out-file="$counts" "$program" $packets \
    2>/dev/null
per=$(callgrind_annotate --threshold=100 --auto=no --tree=none "$counts" | awk -v n=$packets '
	/lib\/ring\.[ch]:/ {
		gsub(",", "", $1)
		sum += $1
	}
	END { print int((sum + n - 1) / n) }')
limit=$(sed -n 's/^instructions: *\([0-9]*\)$/\1/p' "$noted")
echo "an insert and a drain: $per instructions, $limit allowed"
test -n "$limit" && test "$per" -gt 20 && test "$per" -le "$limit"
