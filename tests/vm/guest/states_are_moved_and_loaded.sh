# SPDX-License-Identifier: BSD-3-Clause
# wall: 1200
# One device's state: moved, saved, loaded, refused.
. /work/guest/functions

a=$(uart_params "$(uart_new 1)")
b=$(uart_params "$(uart_new 2)")
one=$(uart_params "$(uart_new 3 1)")

arcs "$a" || exit 1
chunks "$a" "$b" || exit 1
bad_streams "$a" "$one" || exit 1
confined "$a" "$b" || exit 1

vfiomig probe "vfio:$a" >/tmp/probe || die "vfiomig probe failed"
cat /tmp/probe
grep -qi "pre.copy" /tmp/probe || die "vfiomig probe does not see PRE_COPY"
ok "vfiomig probe: $(wc -l </tmp/probe) lines of a real device"
registers fill "$a" 77 && registers fill "$b" 78 || exit 1
vfiomig save --file /tmp/snapshot --device "vfio=vfio:$a" --quiet ||
    die "vfiomig save failed: $?"
vfiomig load --file /tmp/snapshot --device "vfio=vfio:$b" --quiet ||
    die "vfiomig load failed: $?"
registers check "$b" 77 || exit 1
ok "vfiomig save and load: every register is there"

registers fill "$a" 79 || exit 1
timeout 300 nc -l -p 4444 </dev/null >/dev/null &
wait_for "somebody else" listening 4444
! vfiomig send --connect 127.0.0.1:4444 --channels 1 --device "a=vfio:$a" \
    --quiet || die "vfiomig send believes that somebody has the device"
vfiomig probe "vfio:$a" | grep -q "state  *RUNNING" ||
    die "the source does not run"
registers check "$a" 79 || exit 1
ok "a source whose destination went away runs again, unchanged"
