#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# cover.sh "NAME:SOURCES" ... - what share of the lines and branches of the
# library, the backends and the tool's readers the corpus in the tree and what
# make fuzz found reach, by gcov
set -u
. "$srcdir/tests/fuzz/build.sh"
work=fuzz/cover

command -v gcov >/dev/null && ${CC:-gcc} --version | grep -q -i gcc || {
	echo "SKIP: fuzz-cover (gcc with gcov was not found)"
	exit 0
}
TMPDIR=$(mktemp -d) || exit 99
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
rm -rf "$work"
fuzz_library "${CC:-gcc}" "-O0 --coverage" "$work" || exit 1

for pair in "$@"; do
	target=${pair%%:*}
	case " ${FUZZ_ONLY:-$target} " in
	*" $target "*)	;;
	*)		continue ;;
	esac
	rm -f "$work"/*.gcda
	fuzz_program "${CC:-gcc}" "-O0 --coverage" "$work" "$target" \
	    "${pair#*:}" || exit 1
	mkdir -p "fuzz/found/$target"
	inputs=$("$work/$target" "$srcdir/tests/fuzz/corpus/$target" \
	    "$PWD/fuzz/found/$target" | tail -n 1)
	echo "$target: $inputs reach"
	for object in "$work"/lib-*.gcda "$work"/plugins-*.gcda \
	    "$work/$target"-tools-*.gcda; do
		test -e "$object" || continue
		gcov -b -n "$object" 2>/dev/null | awk -v srcdir="$srcdir/" '
		/^File/ {
			file = $2
			gsub(/\047/, "", file)
			sub(srcdir, "", file)
		}
		/^Lines executed/ { split($0, a, /[:%]/); lines = a[2] }
		/^Taken at least once/ { split($0, a, /[:%]/); taken = a[2]
			if (file ~ /\.c$/ && lines > 0)
				printf "\t%-24s %6.1f %% of lines, " \
				    "%6.1f %% of branches\n", file, lines,
				    taken
		}'
	done
done
