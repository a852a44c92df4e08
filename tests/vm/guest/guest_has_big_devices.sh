# SPDX-License-Identifier: BSD-3-Clause
# module: mtty-big
# The sample device with several megabytes of state can be made, four of them.
. /work/guest/functions

for i in 1 2 3 4; do
	uart_new $i >/dev/null
done
ok "four devices of several megabytes each"
