#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh yield [SEEDS] - a build in which each labelled memory order is a
#	place where a thread may be delayed: SEEDS small migrations, a few large
# check.sh mutants [SEEDS] - the same with a mistake in the library, which
#	must be seen; one after another
# check.sh soak SECONDS - the same program without delays, for so long
#
# The labels are read from lib/, so a new one is a new place.  CC, SRCDIR,
# BUILDDIR.
set -eu
: "${CC:=cc}" "${SRCDIR:=.}" "${BUILDDIR:=.}"
SRCDIR=$(cd "$SRCDIR" && pwd) BUILDDIR=$(cd "$BUILDDIR" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# file@how sed makes the mistake@what is left out
mutants='
lib/parked.c@/^parked_let_on/,/^}/s/waiter_signal(&ch->waiter)/(void)0/@a parked channel is woken
lib/incoming.c@/^device_wake/,/^}/s/waiter_signal(&dev->waiter)/(void)0/@a starved drain is woken
lib/incoming.c@/^incoming_park/,/^}/s/r = incoming_try(.*;/r = -EAGAIN;/@a channel looks before it parks
lib/drain.c@/^drain_starve/,/^}/{/^\twaiter_arm/d;s/(waiter_disarm(&dev->waiter))/(0)/;s/^\tif (pool_flush/\twaiter_arm(\&dev->waiter);&/}@a drain is armed before it looks
lib/drain.c@/^drain_batch/,/^}/{/^\tbatch_give/d;s/^\tr = size == 0/\tbatch_give(dev, batch, n);&/}@memory is loaded before it is given back
lib/fill.c@/^fill_block/,/^}/s/dev->fill.has = r == 0/dev->fill.has = 0/@a fill looks before it waits
lib/outgoing.c@/^outgoing_idle/,/^}/s/return !outgoing_find(ch) \&\&/return/@a channel looks before it is idle
lib/failure.c@/^failure_tell/,/^}/s/waiter_wake(waiter) ||/waiter_wake(waiter) \&\&/@a failure wakes everybody
'

# compile SOURCE OBJECT
compile() {
	"$CC" -w -std=gnu11 -O1 -g -include "$tmp/places.h" \
	    -DVFIOMIG_BACKEND_STATIC -I"$SRCDIR" -I"$SRCDIR/include" \
	    -I"$SRCDIR/lib" -I"$BUILDDIR/include" -I"$SRCDIR/plugins" \
	    -I"$SRCDIR/tests/soak" -c -o "$2" "$1"
}
object() {
	echo "$tmp/$(echo "$1" | tr / -).o"
}
link() {
	"$CC" -o "$tmp/soak" "$tmp"/*.o -lpthread -ldl
}
run() {
	name=$1; shift
	if "$tmp/soak" "$@" >"$tmp/log" 2>&1; then
		echo "PASS: $name ($(tail -n 1 "$tmp/log"))"
	else
		echo "FAIL: $name"
		tail -n 20 "$tmp/log"
		exit 1
	fi
}
# mutant FILE HOW NAME SEEDS
mutant() {
	sed "$2" "$SRCDIR/$1" >"$tmp/mutant.c"
	if cmp -s "$tmp/mutant.c" "$SRCDIR/$1"; then
		echo "FAIL: with delays, without: $3 (cannot be made)"
		return 1
	fi
	cp "$(object "$1")" "$tmp/kept"
	compile "$tmp/mutant.c" "$(object "$1")"
	link
	rc=0
	SOAK_PATIENCE=10 "$tmp/soak" 1 "$4" >"$tmp/log" 2>&1 || true
	said=$(grep 'not so\|it hangs' "$tmp/log" | tail -n 1)
	if test -n "$said"; then
		echo "PASS: with delays, without: $3 ($said)"
	else
		echo "FAIL: with delays, without: $3 (not seen)"
		rc=1
	fi
	mv "$tmp/kept" "$(object "$1")"
	return $rc
}

{
	echo '#define VFIOMIG_BACKENDDIR "/nowhere"'
	test "$1" = soak || {
		echo 'void vfiomig_yield(void);'
		cat "$SRCDIR"/lib/*.[ch] | sed -n \
	's/^#define \([A-Z]*_[A-Z0-9_]*\) \(memory_order_[a-z_]*\)$/\1 \2/p' |
		    grep -v '_X ' | sort -u | while read -r label order; do
			echo "#define $label (vfiomig_yield(), $order)"
		done
	}
} >"$tmp/places.h"
test "$1" = soak || test "$(grep -c yield "$tmp/places.h")" -gt 20
(cd "$SRCDIR" && echo lib/*.c plugins/*.c plugins/sim/*.c \
    tests/outgoing/pair.c tests/soak/*.c) | tr ' ' '\n' >"$tmp/sources"
while read -r source; do
	compile "$SRCDIR/$source" "$(object "$source")"
done <"$tmp/sources"
link
case $1 in
yield)	run "small migrations with delays" 1 "${2:-2000}"
	run "64 channels, 32 devices with delays" 1 20 large ;;
mutants) echo "$mutants" | sed '/^$/d' >"$tmp/mutants"
	failed=0
	while IFS=@ read -r file how name; do
		mutant "$file" "$how" "$name" "${2:-2000}" || failed=1
	done <"$tmp/mutants"
	exit $failed ;;
soak)	run "soak" "$(date +%s)" 0 "$2" ;;
esac
