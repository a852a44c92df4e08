#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh - clang-tidy, cppcheck, the clang analyzer that scan-build runs, and
# gcc -fanalyzer over lib/, plugins/ and tools/
#
# A line a tool and folder.  Clean, or each finding is answered in the code.
# Each tool has to find the defect of planted.c, too.
# SRCDIR, BUILDDIR (for version.h), JOBS (2).
set -u
: "${SRCDIR:=.}" "${BUILDDIR:=.}" "${JOBS:=2}"
here=$SRCDIR/tests/static
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
echo '#define VFIOMIG_BACKENDDIR "/nowhere"' >"$tmp/dir.h"
flags="-std=gnu11 -include $tmp/dir.h -I$SRCDIR -I$SRCDIR/include
    -I$BUILDDIR/include -I$SRCDIR/plugins"
failed=0

sources() {
	find "$SRCDIR/$1" -name '*.c' | sort
}

# Nothing said is good.
quiet() {	# files-at-a-time command... (sources from standard input)
	many=$1; shift
	xargs -P "$JOBS" -n "$many" "$@" >"$tmp/log" 2>&1 &&
	    ! grep -q 'warning:' "$tmp/log"
}

# Run a command on each source of each folder, and on one that is not clean.
look() {	# name program files-at-a-time command... (sources are added)
	name=$1 program=$2; shift 2
	if ! command -v "$program" >/dev/null; then
		echo "SKIP: $name ($program was not found)"
		return
	fi
	for folder in lib plugins tools; do
		if sources $folder | quiet "$@"; then
			echo "PASS: $name of $folder"
		else
			echo "FAIL: $name of $folder"
			grep -v 'warnings generated' "$tmp/log" | head -n 60
			failed=1
		fi
	done
	if ! echo "$here/planted.c" | quiet "$@" &&
	    grep -qi 'null.*pointer\|dereference.*null' "$tmp/log"; then
		echo "PASS: $name finds a planted defect"
	else
		echo "FAIL: $name does not find a planted defect"
		cat "$tmp/log"
		failed=1
	fi
}

# The sources come last for xargs, the compiler's flags first for clang-tidy.
cat >"$tmp/tidy" <<END
exec clang-tidy -quiet --config-file="$here/clang-tidy.yml" "\$@" -- $(echo $flags) 2>/dev/null
END
cat >"$tmp/scan" <<END
exec clang --analyze --analyzer-output text $(echo $flags) \
    -Xclang -analyzer-checker=core,unix,deadcode,nullability,security.FloatLoopCounter "\$@"
END
# clang-tidy takes one file at a time: its va_list checker remembers the
# declarations of the file before.
look clang-tidy clang-tidy 1 sh "$tmp/tidy"
look scan-build clang 6 sh "$tmp/scan"
# shellcheck disable=SC2086
look cppcheck cppcheck 200 cppcheck -q --std=c11 --enable=warning,performance,portability \
    --inline-suppr --error-exitcode=1 --suppressions-list="$here/cppcheck.txt" \
    -I"$SRCDIR/include" -I"$BUILDDIR/include" -I"$SRCDIR" -I"$SRCDIR/plugins" \
    -DVFIOMIG_BACKENDDIR='"/nowhere"' -j "$JOBS"
# shellcheck disable=SC2086
look gcc-fanalyzer gcc 1 gcc $flags -O1 -fanalyzer -c -o /dev/null
exit $failed
