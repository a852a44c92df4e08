#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# demo_keeps_its_budget.sh - neither payload nor the process passes --budget
#
# The process has a base of its own: code, stacks, and what sanitizers add
# where they are on.  It is measured with the smallest budget, and what a
# bigger one adds has to be inside that budget.
set -u
. "${srcdir:-.}/tests/tool/functions.sh"

test "${VFIOMIG_SANITIZER-}" != tsan || {
	echo "skipped: what TSan keeps grows with what is touched"
	exit 77
}
small=$((4 << 20)) big=$((16 << 20)) slack=$((6 << 20))

run small $vfiomig demo --quiet --jitter 5000 --budget 4M --stats json
expect 0 small.err '^verified: 4 devices, 268435456 bytes$'
run big $vfiomig demo --quiet --jitter 5000 --budget 16M --stats json
expect 0 big.err '^verified: 4 devices, 268435456 bytes$'

for size in small big; do
	eval budget=\$$size
	test "$(figure budget "$tmp/$size.out")" -eq "$budget" ||
	    fail "$size: another budget"
	used=$(figure memory_max "$tmp/$size.out")
	test "$used" -gt 0 && test "$used" -le "$budget" ||
	    fail "$size: payload took $used of $budget"
done
base=$(($(figure process_peak "$tmp/small.out") - small))
peak=$(figure process_peak "$tmp/big.out")
echo "peak $peak, base $base"
test "$peak" -le $((big + base + slack)) ||
    fail "the process took $peak: $big and $base of its own"
exit 0
