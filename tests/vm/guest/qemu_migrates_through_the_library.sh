# SPDX-License-Identifier: BSD-3-Clause
# wall: 1200
# A QEMU source, a QEMU destination, and the library at the other end of each.
. /work/guest/functions
. /work/guest/qemu
. /work/guest/exchange

ok "$(qemu-system-x86_64 --version | head -n 1)"
tool_sent 1 4 "" "vfiomig to vfiomig over 4 channels"
tool_sent 5 3 --live "vfiomig to vfiomig, live, over 3 channels"
tool_received 70 4 stop "a stopped QEMU to vfiomig over 4 channels"
tool_received 80 2 cont "a running QEMU to vfiomig over 2 channels"
received 10 4 "a stopped QEMU over 4 channels"
relayed 20 4 3 40 stop "a stopped QEMU to QEMU, 4 channels to 3"
relayed 30 2 5 40 cont "a running QEMU to QEMU, 2 channels to 5"
