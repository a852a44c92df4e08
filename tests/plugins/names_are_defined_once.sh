#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# names_are_defined_once.sh - that the backends' archive defines no name that
# the tool or the library's archive, which are linked with it, define too
#
# A linker takes the first of two functions of one name out of archives
# without a word, and a backend would call the program's.
set -eu

command -v nm >/dev/null || { echo "skipped: nm was not found"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The global names that objects and archives define, sanitizers' left out.
names() {
	nm -g --defined-only "$@" 2>/dev/null |
	    awk 'NF == 3 && $2 ~ /[TDBRCV]/ { print $3 }' |
	    grep -v -E '^(__|_sub_|asan\.|DW\.ref)' | sort -u
}

names plugins/.libs/libbackends.a >"$work/backends"
names tools/*.o >"$work/tool"
names .libs/libvfiomig.a >"$work/library"
grep -q '^vfiomig_backend_v1_sim_backend$' "$work/backends" ||
    { echo "no backends were looked at" >&2; exit 1; }
grep -q '^main$' "$work/tool" ||
    { echo "no tool was looked at" >&2; exit 1; }
grep -q '^vfiomig_new$' "$work/library" ||
    { echo "skipped: the library's archive was not built"; exit 77; }
sort -u "$work/tool" "$work/library" >"$work/others"
twice=$(comm -12 "$work/backends" "$work/others")
test -z "$twice" || { echo "defined twice:" $twice >&2; exit 1; }
