#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh - relax each labelled memory order in turn: TSan must see it
#
# First every litmus test with all orders as they are: clean.  Then each label
# of the table is made memory_order_relaxed in the one file that its litmus
# test runs (and in the test, which has the inline part of ring), and the test
# must end in a race report.  An order of a
# read-modify-write is halved, too: acquire alone, release alone.  At last,
# every label that lib/ declares must be in the table, or among those that
# TSan cannot see, each with its reason.
#
# CC (one with -fsanitize=thread), SRCDIR, BUILDDIR (for version.h), JOBS (2).
set -u
: "${CC:=cc}" "${SRCDIR:=.}" "${BUILDDIR:=.}" "${JOBS:=2}"
SRCDIR=$(cd "$SRCDIR" && pwd) BUILDDIR=$(cd "$BUILDDIR" && pwd)
export CC SRCDIR BUILDDIR
export TSAN_OPTIONS=halt_on_error=1:exitcode=66

# label file program litmus [half]
table='
RING_R1_A3 ring leaves ring
RING_R1_A3 ring leaves ring acquire
RING_R1_A3 ring leaves armed release
RING_A1 ring leaves ring
RING_R2 ring leaves lap
RING_A2 ring leaves lap
RING_R2 ring leaves next
RING_A2 ring leaves next
RING_S1 ring leaves told
RING_S2 ring leaves told
RING_R3 ring leaves armed
POOL_R1 pool leaves pool-use
POOL_A1 pool leaves pool-use
POOL_P pool leaves pool-park
POOL_P pool leaves pool-park acquire
POOL_P pool leaves pool-park release
ADMISSION_L admission leaves admission
ADMISSION_L admission leaves admission acquire
ADMISSION_L admission leaves admission release
WAITER_W1 waiter leaves waiter
WAITER_W1 waiter leaves waiter acquire
WAITER_W1 waiter leaves disarm release
WAITER_W2 waiter leaves waiter
QUEUE_R1 queue leaves line
QUEUE_A1 queue leaves line
QUEUE_R2 queue leaves line
QUEUE_A2 queue leaves line
IDLE_Q idle whole idle
IDLE_Q idle whole idle acquire
IDLE_Q idle whole idle release
FAILURE_F1 failure whole failure
FAILURE_F2 failure whole failure
DEVICE_D1 device whole role
DEVICE_D2 device whole role
COMPLETE_C1 drain whole complete
COMPLETE_C2 migration whole complete
HELD_H1 drain whole held
HELD_H2 drain whole held
ASIDE_S1 incoming whole aside
ASIDE_S2 incoming whole aside
TABLE_T1 device whole find
TABLE_T2 device whole find
TABLE_T device whole count
TABLE_T2 stats whole count
TABLE_T channel whole open
TABLE_T2 stats whole open
BACKEND_B1 backend whole backend
BACKEND_B2 backend whole backend
'

# What TSan cannot see is told apart by file, as the label is in others too:
#   TABLE_T in failure.c   the failure's half of "the channel that opens sees
#                          the failure, or is woken by it": both words are
#                          atomic, so that there is no race to report; it is
#                          the same argument as Q's, which is seen
#   *_X, relaxed           nothing can be taken from them

flags="-std=gnu11 -O1 -g -fsanitize=thread
    -include dir.h -I$SRCDIR -I$SRCDIR/include
    -I$BUILDDIR/include -I$SRCDIR/tests/order"

# Compile a file, link a program, run a litmus test.
compile() {	# object source [define]
	# shellcheck disable=SC2086
	$CC $flags ${3-} -c -o "$1" "$2"
}

link() {	# program objects...
	program=$1; shift
	$CC -fsanitize=thread -Wl,--wrap=pool_flush,--wrap=waiter_wake \
	    -o "$program" "$@" -lpthread -ldl 2>/dev/null ||
	    $CC -fsanitize=thread -o "$program" "$@" -lpthread -ldl
}

# Some kernels place memory where an older TSan does not expect it.
fixed() {
	if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

objects() {	# program file-to-leave-out
	case $1 in
	leaves)	set -- "$2" ring queue pool admission waiter ;;
	*)	set -- "$2" $(cd "$SRCDIR/lib" && ls ./*.c | sed 's|./\(.*\).c|\1|') ;;
	esac
	out=$1; shift
	for name; do test "$name" = "$out" || echo "clean/$name.o"; done
}

if test "${1-}" = run; then
	cd "$2" || exit 1
	# shellcheck disable=SC2086
	set -- $3
	label=$1 file=$2 program=$3 litmus=$4 half=${5:-relaxed}
	name="$label $half in $file.c ($litmus)"
	dir=mutant.$$
	mkdir "$dir"
	define=-D$label=memory_order_$half
	test=clean/$program.test.o
	{
		if test "$file" = ring; then	# some of it is in its header
			test=$dir/t.o
			compile "$test" "$SRCDIR/tests/order/$program.c" \
			    "$define"
		fi &&
		    compile "$dir/m.o" "$SRCDIR/lib/$file.c" "$define" &&
		    link "$dir/p" "$dir/m.o" "$test" \
		    clean/litmus.o $(objects "$program" "$file")
	} || { echo "FAIL: $name (does not build)"; exit 1; }
	for _ in 1 2 3 4 5; do
		fixed "$dir/p" "$litmus" >"$dir/log" 2>&1
		rc=$?
		test $rc -ne 0 && break
	done
	if test $rc -eq 66; then echo "PASS: $name"; rm -rf "$dir"; exit; fi
	echo "FAIL: $name: TSan sees no race (exit $rc)"
	head -n 20 "$dir/log"
	exit 1
fi

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && mkdir clean || exit 1
echo '#define VFIOMIG_BACKENDDIR "/nowhere"' >dir.h
echo 'int main(void){return 0;}' >t.c
$CC -fsanitize=thread -o t t.c 2>/dev/null && fixed ./t 2>/dev/null ||
    { echo "SKIP: orders ($CC has no -fsanitize=thread that runs)"; exit 77; }
for source in "$SRCDIR"/lib/*.c "$SRCDIR/tests/order/litmus.c"; do
	name=$(basename "$source" .c)
	echo "clean/$name.o $source"
done >list
for name in leaves whole; do
	echo "clean/$name.test.o $SRCDIR/tests/order/$name.c"
done >>list
# shellcheck disable=SC2086
xargs -P "$JOBS" -L 1 $CC $flags -c -o <list ||
    { echo "FAIL: orders (do not build)"; exit 1; }
failed=0
for program in leaves whole; do
	link "$program" "clean/$program.test.o" clean/litmus.o \
	    $(objects "$program" "") || exit 1
	for litmus in $(echo "$table" | awk -v p=$program '$3 == p { print $4 }' |
	    sort -u); do
		if fixed "./$program" "$litmus" >log 2>&1; then
			echo "PASS: all orders as they are ($litmus)"
		else
			echo "FAIL: all orders as they are ($litmus)"
			head -n 40 log
			failed=1
		fi
	done
done
for label in $(cat "$SRCDIR"/lib/*.[ch] | sed -n \
    's/^#define \([A-Z]*_[A-Z][0-9]*\) memory_order_.*/\1/p' | sort -u |
    grep -v '_X$'); do
	echo "$table" | grep -q "^$label " ||
	    { echo "FAIL: $label is not in the table"; failed=1; }
done
self=$SRCDIR/tests/order/check.sh
echo "$table" | grep . | tr '\n' '\0' |
    xargs -0 -P "$JOBS" -I LINE "$self" run "$tmp" LINE || failed=1
exit $failed
