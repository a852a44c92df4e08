#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check-abi.sh - has what programs and backends were built against changed?
#
#	check-abi.sh [LIBRARY]		compare with libvfiomig.abi
#	check-abi.sh --record [LIBRARY]	write libvfiomig.abi, at a release
#
# Public structs may grow at their end, functions and enumerators may be
# added.  Exits 77 (skipped) where abidiff, debug information, or a record for
# this architecture is missing.
set -u

here=$(cd "$(dirname "$0")" && pwd)
headers=${HEADERS:-$here/../../include/vfiomig}
dump=$here/libvfiomig.abi
abidw=${ABIDW:-abidw}
abidiff=${ABIDIFF:-abidiff}

skip() {
	echo "check-abi: skipped: $*"
	exit 77
}

record=0
if test "${1-}" = --record; then
	record=1
	shift
fi
library=${1:-.libs/libvfiomig.so}

command -v "$abidiff" >/dev/null 2>&1 || skip "abidiff was not found"
test -f "$library" || skip "$library: no shared library"
readelf -S "$library" 2>/dev/null | grep -q '\.debug_info' ||
    skip "$library: no debug information"

command -v "$abidw" >/dev/null 2>&1 || skip "abidw was not found"
dump_write() {		# both sides are written alike, so compare alike
	"$abidw" --headers-dir "$headers" --drop-private-types \
	    --exported-interfaces-only --drop-undefined-syms --no-elf-needed \
	    --no-show-locs --no-corpus-path --no-comp-dir-path \
	    --no-parameter-names --type-id-style hash \
	    --out-file "$1" "$library" || exit 99
}
if test $record = 1; then
	dump_write "$dump"
	exit
fi

test -f "$dump" || skip "$dump: no record"
recorded=$(sed -n "s/.*architecture='elf-\([^']*\)'.*/\1/p;1q" "$dump")
case $recorded:$(readelf -h "$library" | sed -n 's/^ *Machine: *//p') in
amd-x86_64:*X86-64*) ;;
*) skip "the record is of $recorded" ;;
esac

# What a public struct has beyond its recorded size is left out of the
# comparison.  (abidiff's own has_data_member_inserted_at = end would leave out
# structs in which nothing was inserted, whatever else became of them.)
growth_cut() {
	awk '
	function attribute(name) {
		if (!match($0, name "=\047[^\047]*"))
			return ""
		return substr($0, RSTART + length(name) + 2,
		    RLENGTH - length(name) - 2)
	}
	/<class-decl name=.vfiomig_/ {
		name = attribute("name")
		size = attribute("size-in-bits")
		if (NR == FNR)
			was[name] = size
		else if (name in was && size + 0 > was[name] + 0) {
			end = was[name]
			sub("size-in-bits=.[0-9]*", "size-in-bits=\047" end)
		}
	}
	NR == FNR { next }
	end != "" && /<data-member / {
		cut = attribute("layout-offset-in-bits") + 0 >= end + 0
	}
	!cut { print }
	/<\/data-member>/ { cut = 0 }
	/<\/class-decl>/ { end = "" }
	' "$dump" "$1"
}

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
dump_write "$work/now.abi"
growth_cut "$work/now.abi" > "$work/cut.abi"
"$abidiff" --no-added-syms "$dump" "$work/cut.abi"
code=$?
test $code = 0 || echo "check-abi: failed: the ABI has changed: abidiff=$code"
test $code = 0
