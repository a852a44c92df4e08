#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A receiver in a memory cgroup of its budget and 32 MiB outlives every attack
# that wants its memory: nothing is killed for memory, and the receiver ends
# by itself.  The attacker is in the same cgroup, so there is less to spare.
set -u

skip() {
	echo "$1"
	exit 77
}
test -z "${VFIOMIG_SANITIZER-}" || skip "a sanitizer needs more memory"
attacks="flood_of_data flood_of_nothing flood_of_ram huge_ram huge_length
    idx_far_ahead crossed repeated thousand_connections"
limit=$(((4 + 32) << 20))

test "$(id -u)" -eq 0 || skip "only root can make a memory cgroup"
if test -e /sys/fs/cgroup/cgroup.controllers; then
	root=/sys/fs/cgroup
	grep -q memory $root/cgroup.controllers ||
	    skip "cgroup v2 has no memory controller here"
	echo +memory >$root/cgroup.subtree_control 2>/dev/null
	bytes=memory.max swap=memory.swap.max most=memory.peak
	events=memory.events
elif test -d /sys/fs/cgroup/memory; then
	root=/sys/fs/cgroup/memory
	bytes=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes
	most=memory.max_usage_in_bytes events=memory.oom_control
else
	skip "no memory cgroup is mounted"
fi
group=$root/vfiomig-test-$$
mkdir "$group" 2>/dev/null || skip "a memory cgroup cannot be made"
trap 'rmdir "$group"' EXIT
echo $limit >"$group/$bytes" 2>/dev/null ||
    skip "a memory cgroup cannot be limited"
case $swap in
memory.swap.max)	echo 0 ;;
*)			echo $limit ;;
esac 2>/dev/null >"$group/$swap" || :

# shellcheck disable=SC2016,SC2086
sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
    tests/hostile/hostile tools/vfiomig 0.3 $attacks
rc=$?
killed=$(sed -n 's/^oom_kill //p' "$group/$events")
echo "bytes at most: $(cat "$group/$most" 2>/dev/null), limit: $limit," \
    "killed: ${killed:-?}"
test "${killed:-0}" -eq 0 && test $rc -eq 0
