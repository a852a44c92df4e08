#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# bench_says_sane_json.sh - a smoke run of the benchmark comes to its end, and
# what it writes for machines is whole
#
# No figure is looked at: they mean something on a quiet machine only.
set -eu
program=tests/bench/bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

skip() {
	echo "SKIP: $*"
	exit 77
}

for file in tests/bench/.libs/*bench tests/bench/bench; do
	test ! -f "$file" || ! grep -q -E '__(asan|tsan|msan)_' "$file" ||
	    skip "built with a sanitizer"
done
"$program" -q -o "$folder" receive send loading growth >"$folder/table" || {
	cat "$folder/table"
	exit 1
}
for section in receive send loading growth; do
	grep -q "\"section\": \"$section\"" "$folder/results.json" || {
		echo "no figure of $section"
		exit 1
	}
done
for what in "Q: throughput" "L: throughput" "ours: throughput over Q"; do
	grep -q "\"what\": \"$what\"" "$folder/results.json"
done
for chart in growth-packets growth-devices growth-channels; do
	grep -q '</svg>' "$folder/$chart.svg"
done
! grep -q -i -E 'nan|inf' "$folder/results.json"
command -v python3 >/dev/null || exit 0
python3 - "$folder/results.json" <<'END'
import json, sys
figures = json.load(open(sys.argv[1]))["figures"]
assert len(figures) > 100
for f in figures:
    assert f["value"] >= 0 and f["case"] and f["what"], f
    assert "target" not in f or f["target"]["relation"] in ("<=", ">="), f
END
