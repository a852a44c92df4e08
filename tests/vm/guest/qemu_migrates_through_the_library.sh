# SPDX-License-Identifier: BSD-3-Clause
# wall: 600
# A QEMU source, a QEMU destination, and the library at the other end of each.
. /work/guest/functions
. /work/guest/qemu
. /work/guest/exchange

ok "$(qemu-system-x86_64 --version | head -n 1)"
received 10 4 "a stopped QEMU over 4 channels"
relayed 20 4 3 40 stop "a stopped QEMU to QEMU, 4 channels to 3"
relayed 30 2 5 40 cont "a running QEMU to QEMU, 2 channels to 5"
