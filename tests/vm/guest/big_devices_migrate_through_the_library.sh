# SPDX-License-Identifier: BSD-3-Clause
# module: mtty-big
# wall: 1200
# Devices of several megabytes: many packets, and those of two interleave.
. /work/guest/functions
. /work/guest/qemu
. /work/guest/exchange

tool_sent 90 4 "" "vfiomig to vfiomig over 4 channels"
tool_received 100 6 cont "a running QEMU to vfiomig over 6 channels"
received 40 4 "a stopped QEMU over 4 channels"
relayed 50 4 3 65536 stop "a stopped QEMU to QEMU, 4 channels to 3"
relayed 60 3 8 65536 cont "a running QEMU to QEMU, 3 channels to 8"
