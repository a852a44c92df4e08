#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# fuzz.sh libfuzzer|afl SECONDS "NAME:SOURCES" ...
#
# Builds each target with that fuzzer, lets it go on from the corpus in the
# tree for so long, and says how many inputs it ran and what it reached.  What
# was found is kept in fuzz/found/NAME and gone on from the next time; an
# input that some oracle or sanitizer does not like is in fuzz/crashes/NAME.
# FUZZ_ONLY="NAME ..." leaves the others out; FUZZ_SEED=N makes libFuzzer begin
# where it began before.
set -u
engine=$1 seconds=$2
shift 2
. "$srcdir/tests/fuzz/build.sh"
work=fuzz/$engine
sanitize=-fsanitize=address,undefined
rc=0

skip() {
	echo "SKIP: fuzz-$engine ($1)"
	exit 0
}

case $engine in
libfuzzer)
	test -n "${CLANG-}" || skip "clang was not found"
	echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
	    $CLANG -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null ||
	    skip "$CLANG has no libFuzzer"
	cc=$CLANG
	flags="-O1 -fno-sanitize-recover=all -fsanitize=fuzzer-no-link"
	link="-O1 -fno-sanitize-recover=all -fsanitize=fuzzer"
	;;
afl)
	command -v afl-fuzz >/dev/null && command -v afl-clang-fast \
	    >/dev/null || skip "AFL++ was not found"
	export AFL_QUIET=1
	cc=afl-clang-fast flags="-O1 -fno-sanitize-recover=all" link=$flags
	;;
esac

# One line of figures out of what the fuzzer said.
libfuzzer_say() {
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$1")
	rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$1")
	edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$1" | tail -n 1)
	kept=$(sed -n 's/.* corp: \([0-9]*\).*/\1/p' "$1" | tail -n 1)
	echo "executions=$runs, a-second=$rate, edges=$edges, inputs=$kept"
}

libfuzzer_run() {
	"$work/$1" -max_total_time="$seconds" -print_final_stats=1 \
	    -seed="${FUZZ_SEED:-0}" -max_len=4096 -timeout=60 -rss_limit_mb=2048 \
	    -artifact_prefix="$PWD/fuzz/crashes/$1/" \
	    "$PWD/fuzz/found/$1" "$corpus/$1" >"$work/$1.log" 2>&1
}

afl_run() {
	rm -rf "$work/out-$1"
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 \
	    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_TRY_AFFINITY=0 \
	    afl-fuzz -V "$seconds" -m none -t 20000 -i "$corpus/$1" \
	    -o "$work/out-$1" -- "$PWD/$work/$1" >"$work/$1.log" 2>&1 ||
	    return 1
	cp "$work/out-$1"/default/queue/id* "fuzz/found/$1/" 2>/dev/null
	if ls "$work/out-$1"/default/crashes/id* >/dev/null 2>&1; then
		cp "$work/out-$1"/default/crashes/id* "fuzz/crashes/$1/"
		return 1
	fi
}

afl_say() {
	stats=$work/out-$target/default/fuzzer_stats
	runs=$(sed -n 's/^execs_done *: //p' "$stats")
	rate=$(sed -n 's/^execs_per_sec *: //p' "$stats")
	edges=$(sed -n 's/^edges_found *: //p' "$stats")
	kept=$(sed -n 's/^corpus_count *: //p' "$stats")
	echo "executions=$runs, a-second=$rate, edges=$edges, inputs=$kept"
}

TMPDIR=$(mktemp -d) || exit 99
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
corpus=$(cd "$srcdir/tests/fuzz/corpus" && pwd)
fuzz_library "$cc" "$flags $sanitize" "$work" || exit 1

for pair in "$@"; do
	target=${pair%%:*} sources=${pair#*:}
	case " ${FUZZ_ONLY:-$target} " in
	*" $target "*)	;;
	*)		continue ;;
	esac
	test "$engine" = afl || sources=$(echo "$sources" |
	    sed 's,tests/fuzz/main.c,,')
	mkdir -p "fuzz/found/$target" "fuzz/crashes/$target"
	if ! fuzz_program "$cc" "$link $sanitize" "$work" "$target" \
	    "$sources"; then
		echo "FAIL: fuzz-$engine $target (it does not compile)"
		rc=1
	elif "${engine}_run" "$target"; then
		echo "PASS: fuzz-$engine $target" \
		    "($("${engine}_say" "$work/$target.log"))"
	else
		echo "FAIL: fuzz-$engine $target (fuzz/crashes/$target)"
		grep -E 'not so|ERROR|runtime error' "$work/$target.log"
		tail -n 20 "$work/$target.log"
		rc=1
	fi
done
exit $rc
