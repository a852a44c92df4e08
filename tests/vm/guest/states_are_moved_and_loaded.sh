# SPDX-License-Identifier: BSD-3-Clause
# wall: 300
# One device's state: moved, saved, loaded, refused.
. /work/guest/functions

a=$(uart_params "$(uart_new 1)")
b=$(uart_params "$(uart_new 2)")
one=$(uart_params "$(uart_new 3 1)")

arcs "$a" || exit 1
chunks "$a" "$b" || exit 1
bad_streams "$a" "$one" || exit 1
confined "$a" "$b" || exit 1
