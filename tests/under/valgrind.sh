#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# valgrind.sh TOOL SRCDIR - the tests under memcheck or helgrind
#
# In under/valgrind, build everything and run the suite; a line a test.  A
# program with an error, or with memory that nothing points to any more, ends
# with status 99; and whatever valgrind says of any program is a failure, even
# if the test does not look at how that program ended.
#
# One build serves both tools: what it tells helgrind of atomics (happens.h)
# is nothing to memcheck.
set -eu
tool=$1 src=$(cd "$2" && pwd)
make=${MAKE:-make}
here=$src/tests/under

skip() {
	echo "SKIP: check-$tool ($1)"
	exit 0
}

command -v valgrind >/dev/null || skip "valgrind is missing"
echo '#include <valgrind/helgrind.h>' | gcc -E - >/dev/null 2>&1 ||
    skip "valgrind's headers are missing"
test ! -f "$src/config.status" ||
    skip "the source folder is configured, a second build needs it clean"
mkdir -p under/valgrind
cd under/valgrind
{
	test config.status -nt "$here/valgrind.sh" ||
	    "$src/configure" -q --disable-static \
	    CPPFLAGS="-include $here/happens.h" CFLAGS="-O1 -g -Wno-shadow"
	$make -s -j2
} >build.log 2>&1 ||
    { tail -n 40 build.log; echo "FAIL: check-$tool (build)"; exit 1; }

rm -rf said
mkdir said
case $tool in
memcheck)
	VALGRIND_OPTS="--leak-check=full --show-leak-kinds=definite
	    --errors-for-leak-kinds=definite" ;;
helgrind)
	VALGRIND_OPTS="--history-level=approx" ;;
esac
VALGRIND_OPTS="--fair-sched=yes $VALGRIND_OPTS"
VFIOMIG_SANITIZER=valgrind CK_TIMEOUT_MULTIPLIER=30
VALGRIND_TOOL=$tool
export VALGRIND_TOOL VALGRIND_OPTS VFIOMIG_SANITIZER CK_TIMEOUT_MULTIPLIER
rc=0
"$here/under.sh" $tool "$here/$tool.skipped" valgrind -q \
    --error-exitcode=99 "--tool=\$VALGRIND_TOOL" \
    "--log-file='$PWD/said/'\${PROGRAM##*/}.%p" || rc=1
# That valgrind does not know an ioctl, as VFIO's, is no error of ours.
for log in $(find said -type f -size +0); do
	sed -i '/unhandled ioctl/,/README_MISSING/d' "$log"
	test -s "$log" || continue
	echo "FAIL: $tool, $log:"
	head -n 40 "$log"
	rc=1
done
exit $rc
