#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# sanitize.sh NAME CC FLAGS SRCDIR PATTERN [ARG...] - tests in a second build
#
# In sanitize/NAME, made by CC with FLAGS and configured with ARGs, run the
# tests whose names begin with PATTERN (a shell pattern); a line a test.
#
# Instrumented builds leave out the tests of what is installed and of its
# symbols, because theirs are others, and those that measure time.
set -eu
name=$1 cc=$2 flags=$3 src=$(cd "$4" && pwd) pattern=$5
shift 5
make=${MAKE:-make}

skip() {
	echo "SKIP: check-$name ($1)"
	exit 0
}

# A compiler may know the flag and still have no library for it.
mkdir -p sanitize/$name
cd sanitize/$name
echo 'int main(void) { return 0; }' >try.c
command -v "$cc" >/dev/null || skip "$cc is missing"
$cc $flags -o try try.c >try.log 2>&1 && ./try >>try.log 2>&1 ||
    skip "$cc cannot make a program that runs with $flags"
test ! -f "$src/config.status" ||
    skip "the source folder is configured, a second build needs it clean"

{
	test config.status -nt "$src/tests/sanitize/sanitize.sh" ||
	    "$src/configure" -q CC="$cc $flags" \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer" "$@"
	$make -s -j2
} >build.log 2>&1 ||
    { tail -n 40 build.log; echo "FAIL: check-$name (build)"; exit 1; }

tests=
for test in $($make -s list-tests); do
	case $test in
	tests/install/* | tests/abi/*.sh | tests/check-man | *export_one_symbol*)
		echo "SKIP: $test (it looks at what is installed)" ;;
	*_keeps_time)
		echo "SKIP: $test (it measures time)" ;;
	$pattern)
		tests="$tests $test" ;;
	esac
done

# Every report ends its test; leaks are looked for where that can be done.
ASAN_OPTIONS=detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
CK_TIMEOUT_MULTIPLIER=15
VFIOMIG_SANITIZER=$name
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS CK_TIMEOUT_MULTIPLIER
export VFIOMIG_SANITIZER
rc=0
$make -s -j2 check TESTS="$tests" >check.log 2>&1 || rc=1
grep -E '^(PASS|FAIL|SKIP|ERROR|XPASS): ' check.log || rc=1
test $rc -eq 0 || { tail -n 30 check.log; tail -n 200 test-suite.log; }
exit $rc
