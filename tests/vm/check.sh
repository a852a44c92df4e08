#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh BUILD TEST... - run tests on a real kernel and a real QEMU
#
# TEST is the name of a script in tests/vm/guest, BUILD the build's tests/vm,
# whose programs the guest gets in /work/bin.  A boot a test, all at the same
# time: one that hangs or oopses the kernel takes no other with it.  What the
# guest is made of is kept between runs in VFIOMIG_VM_CACHE, by default below
# XDG_CACHE_HOME.
#
# Exit: 0 all passed, 1 one failed, 77 the guest cannot be made (said why).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
cache=${VFIOMIG_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfiomig-vm}
mkdir -p "$cache" "$build"
build=$(cd "$build" && pwd)
cache=$(cd "$cache" && pwd)

exec 9>"$cache/lock"
flock 9
"$here/fetch.sh" "$cache"
"$here/modules.sh" "$cache"

work=$build/work
rm -rf "$work"
mkdir -p "$work/bin"
cp -r "$here/guest" "$work/guest"
for program in ${VM_PROGRAMS:-}; do
	cp "$program" "$work/bin/"
done

"$here/image.sh" "$cache" "$work"

pids=
trap 'kill $pids 2>/dev/null; exit 1' INT TERM
for test in "$@"; do
	"$here/boot.sh" "$cache" "$work" "$test" &
	pids="$pids $!"
done

failed=0
set -- $pids -- "$@"
while test "$1" != --; do
	rc=0
	wait "$1" || rc=$?
	shift
	codes="${codes-} $rc"
done
shift
for rc in $codes; do
	test=$1
	shift
	took=$(cat "$work/$test.took")
	if test "$rc" -eq 0; then
		echo "ok - $test ($took s)"
		sed -n 's/^ok - /	&/p' "$work/$test.log"
	else
		echo "not ok - $test ($took s): exit code $rc"
		tail -n 40 "$work/$test.log" "$work/$test.qemu" 2>/dev/null
		failed=1
	fi
done
exit $failed
