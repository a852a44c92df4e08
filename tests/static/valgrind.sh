#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# valgrind.sh PROGRAM... - each test program under memcheck, no fork
#
# A line a program.  helgrind and drd do not know C11 atomics, which is all
# that the library synchronises by: what they would look for is check-orders'
# and the thread sanitizer's.
set -u
: "${VALGRIND:=valgrind}" "${SRCDIR:=.}"
command -v "$VALGRIND" >/dev/null ||
    { echo "SKIP: valgrind (it was not found)"; exit 0; }
failed=0
for program; do
	if CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 ./libtool --mode=execute \
	    "$VALGRIND" -q --leak-check=full --errors-for-leak-kinds=definite \
	    --error-exitcode=99 "$program" >valgrind.log 2>&1; then
		echo "PASS: memcheck $program"
	else
		rc=$?
		test $rc -eq 77 && { echo "SKIP: memcheck $program"; continue; }
		echo "FAIL: memcheck $program (exit $rc)"
		head -n 40 valgrind.log
		failed=1
	fi
done
rm -f valgrind.log
exit $failed
