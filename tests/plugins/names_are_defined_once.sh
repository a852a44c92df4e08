#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# names_are_defined_once.sh - that no two objects of a program that links the
# backends' archive define the same name
#
# A linker takes the first of two functions of one name out of archives
# without a word, and a backend would call the program's.  Names: global ones
# of the backends, what they share, and the tool.
set -eu

command -v nm >/dev/null || { echo "skipped: nm was not found"; exit 77; }
twice=$(nm -g --defined-only plugins/.libs/libbackends.a \
    tools/*.o 2>/dev/null |
    awk 'NF == 3 && $2 ~ /[TDBRCV]/ { print $3 }' | sort | uniq -d)
# Sanitizers give each object some of their own.
twice=$(echo "$twice" | grep -v -E '^(__|_sub_|asan\.|DW\.ref)' || true)
test -z "$twice" || { echo "defined twice:" $twice >&2; exit 1; }
test -n "$(nm -g --defined-only plugins/.libs/libbackends.a 2>/dev/null |
    grep ' T vfiomig_backend_v1_sim_backend')" ||
    { echo "no backends were looked at" >&2; exit 1; }
