# SPDX-License-Identifier: BSD-3-Clause
# functions.sh - what the tests of the vfiomig program share; sourced by them,
# in the build folder
#
# $tmp is a folder that goes away with the test, and so does every process
# that `start' started.  Nothing here waits longer than a minute, or
# as many as libcheck is told to where programs are slow.

export LC_ALL=C
vfiomig=tools/vfiomig
minutes=${CK_TIMEOUT_MULTIPLIER:-1} minutes=${minutes%%.*}
tmp=$(mktemp -d) || exit 99
started=

cleanup() {
	rc=$?
	trap - EXIT
	for pid in $started; do
		kill -9 "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
	exit $rc
}
trap cleanup EXIT
trap 'exit 99' INT TERM HUP

fail() {
	echo "FAILED: $*"
	for file in "$tmp"/*.out "$tmp"/*.err; do
		test -f "$file" && sed "s|^|    ${file##*/}: |" "$file"
	done
	exit 1
}

# run NAME COMMAND... - to its end; $status, $tmp/NAME.out, $tmp/NAME.err
run() {
	run_as=$1
	shift
	status=0
	timeout $((60 * minutes)) "$@" >"$tmp/$run_as.out" \
	    2>"$tmp/$run_as.err" </dev/null || status=$?
	test $status -ne 124 || fail "it hangs: $*"
}

# start NAME COMMAND... - beside the test; $pid
start() {
	run_as=$1
	shift
	: >"$tmp/$run_as.out"
	: >"$tmp/$run_as.err"
	"$@" >"$tmp/$run_as.out" 2>"$tmp/$run_as.err" </dev/null &
	pid=$!
	started="$started $pid"
}

# finish PID - its end; $status
finish() {
	tries=0
	while kill -0 "$1" 2>/dev/null; do
		state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)
		test "$state" != Z || break
		tries=$((tries + 1))
		test $tries -lt $((600 * minutes)) || fail "it hangs: pid $1"
		sleep 0.1
	done
	status=0
	wait "$1" || status=$?
	left=
	for pid in $started; do
		test "$pid" = "$1" || left="$left $pid"
	done
	started=$left
}

# await FILE WORDS - until FILE has WORDS; $line is the line that has them
await() {
	tries=0
	until line=$(grep -m 1 -- "$2" "$1" 2>/dev/null); do
		tries=$((tries + 1))
		test $tries -lt $((600 * minutes)) || fail "$1 never says: $2"
		sleep 0.1
	done
}

# expect STATUS FILE WORDS - after run or finish
expect() {
	test "$status" -eq "$1" || fail "status $status, expected $1"
	grep -q -- "$3" "$tmp/$2" || fail "$2 does not say: $3"
}

# figure NAME FILE - the first number or word of that name in JSON
figure() {
	sed -n 's/^ *"'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$2" |
	    head -n 1
}
