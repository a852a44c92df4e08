#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check-all.sh TARGET... - make each target in turn, count what they say
#
# Every target prints a line a test: "PASS: name", "FAIL: name", "SKIP: name",
# or "ok - name" and "not ok - name".  One that fails without a FAIL line
# counts as one failed, one that passes without any line as one passed.  The
# whole output of a target is in check-all/TARGET.log.
#
# Ends with "N passed, N failed, N skipped"; exit 1 when something failed.
set -u
mkdir -p check-all
passed=0 failed=0 skipped=0

for target in "$@"; do
	log=check-all/$target.log
	begin=$(date +%s)
	rc=0
	${MAKE:-make} --no-print-directory "$target" >"$log" 2>&1 </dev/null ||
	    rc=$?
	p=$(grep -c -E '^(PASS: |ok - |	ok - )' "$log")
	f=$(grep -c -E '^(FAIL: |not ok - |ERROR: |XPASS: )' "$log")
	s=$(grep -c -E '^SKIP: ' "$log")
	test $rc -ne 0 && test "$f" -eq 0 && f=1
	test $rc -eq 0 && test $((p + f + s)) -eq 0 && p=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-24s %4d passed, %d failed, %d skipped (%d s)\n' \
	    "$target" "$p" "$f" "$s" $(($(date +%s) - begin))
	grep -E '^(SKIP: |[a-z-]*: skipped)' "$log" | sed 's/^/    /'
	if test "$f" -ne 0; then
		grep -E '^(FAIL: |not ok - |ERROR: |XPASS: )' "$log"
		tail -n 60 "$log"
		test -f test-suite.log && grep -q '^FAIL' "$log" &&
		    tail -n 150 test-suite.log
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
