#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# coverage.sh SRCDIR - which lines and branches do the tests reach?
#
# In coverage/, a second build with counters, run the suite, and count the
# lines and branches of lib/ and plugins/, those of an object that is built
# twice together.  Every line that is not reached must be in
# tests/faults/uncovered, with the reason.
#
# Ends with a line a folder; fails below 95 % of lines or 90 % of branches,
# when a line is neither reached nor listed, and when a test fails.
set -eu
src=$(cd "$1" && pwd)
make=${MAKE:-make}

skip() {
	echo "SKIP: coverage ($1)"
	exit 0
}

command -v gcov >/dev/null || skip "gcov is missing"
test ! -f "$src/config.status" ||
    skip "the source folder is configured, a second build needs it clean"
mkdir -p coverage
cd coverage
{
	test config.status -nt "$src/tests/faults/coverage.sh" ||
	    "$src/configure" -q CC="gcc --coverage -fprofile-update=atomic" \
	    CFLAGS="-O0 -g"
	$make -s -j2
} >build.log 2>&1 ||
    { tail -n 40 build.log; echo "FAIL: coverage (build)"; exit 1; }

# What looks at installed files, at symbols or at time is of no use here.
tests=
for test in $($make -s list-tests); do
	case $test in
	tests/install/* | tests/abi/*.sh | tests/plugins/*.sh | \
	    tests/embed/*_memory_cgroup.sh | \
	    tests/check-man | *_keeps_time) ;;
	*)	tests="$tests $test" ;;
	esac
done
find . -name '*.gcda' -exec rm -f {} +
rc=0
CK_TIMEOUT_MULTIPLIER=5 $make -s -j2 check TESTS="$tests" >check.log 2>&1 ||
    rc=1
test $rc -eq 0 || grep -E '^(FAIL|ERROR|XPASS): ' check.log || true

find lib plugins -name '*.gcda' | sort | while read -r data; do
	gcov -b -c -t "$data" 2>/dev/null || true
done >gcov.log
awk -f "$src/tests/faults/coverage.awk" \
    -v listed="$src/tests/faults/uncovered" gcov.log || rc=1
exit $rc
