#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh yield [SEEDS] - a build in which each labelled memory order is a
#	place where a thread may be delayed: SEEDS small migrations, a few large
# check.sh soak SECONDS - the same program without delays, for so long
#
# The labels are read from lib/, so a new one is a new place.  CC, SRCDIR,
# BUILDDIR.
set -eu
: "${CC:=cc}" "${SRCDIR:=.}" "${BUILDDIR:=.}"
SRCDIR=$(cd "$SRCDIR" && pwd) BUILDDIR=$(cd "$BUILDDIR" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
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
for source in "$SRCDIR"/lib/*.c "$SRCDIR"/plugins/*.c \
    "$SRCDIR"/plugins/sim/*.c "$SRCDIR"/tests/outgoing/pair.c \
    "$SRCDIR"/tests/soak/soak.c; do
	object=$tmp/$(echo "${source#"$SRCDIR"/}" | tr / -).o
	echo -std=gnu11 -O1 -g -include "$tmp/places.h" \
	    -DVFIOMIG_BACKEND_STATIC -I"$SRCDIR" -I"$SRCDIR/include" \
	    -I"$BUILDDIR/include" -I"$SRCDIR/plugins" -I"$SRCDIR/tests/soak" \
	    -c -o "$object" "$source"
done | xargs -P 2 -L 1 "$CC" -w
"$CC" -o "$tmp/soak" "$tmp"/*.o -lpthread -ldl
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
case $1 in
yield)	run "small migrations with delays" 1 "${2:-2000}"
	run "64 channels, 32 devices with delays" 1 5 large ;;
soak)	run "soak" "$(date +%s)" 0 "$2" ;;
esac
