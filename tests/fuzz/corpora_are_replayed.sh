#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Whatever fuzzing found worth keeping is run again, on a build without any
# sanitizer: each target's oracle must be content with each of its inputs.
set -u
srcdir=${srcdir:-.}
TMPDIR=$(mktemp -d) || exit 99
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
rc=0

for folder in "$srcdir"/tests/fuzz/corpus/*/; do
	target=$(basename "$folder")
	if ! "tests/fuzz/$target" "$folder" >"$TMPDIR/out" 2>&1; then
		echo "$target: not content:"
		FUZZ_VERBOSE=1 "tests/fuzz/$target" "$folder" 2>&1 | tail -n 3
		rc=1
	else
		echo "$target: $(tail -n 1 "$TMPDIR/out")"
	fi
done
exit $rc
