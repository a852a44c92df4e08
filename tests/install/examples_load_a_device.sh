#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The embedders of man/examples are built from the installed tree and load a
# device: event loop, thread pool, sealed helper, Rust, Python.
. "${srcdir:-.}/tests/install/install.sh"

make_channels
make_backend
mkfifo "$work/fifo1" "$work/fifo2"

# check_live NAME COMMAND...: with connections that have to be waited for
check_live()
{
	{ sleep 0.1; cat "$work/chan1"; } >"$work/fifo1" & one=$!
	{ cat "$work/chan2"; } >"$work/fifo2" & two=$!
	check_load "$@" "$work/fifo1" "$work/fifo2"
	wait $one $two
}

for name in epoll pool helper; do
	${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -pthread \
		"$man/examples/$name.c" \
		$(pkg-config --cflags --libs libvfiomig) -o "$work/$name" ||
		fail "$name: not built"
done
check_live epoll "$work/epoll" "$work/fd.so" fd fd=3
check_live pool "$work/pool" "$work/fd.so" fd fd=3
check_live helper "$work/helper" "$work/fd.so" fd /dev/fd/3

# It allows what the manual says that it takes.
for call in $(sed -n '/begin system calls: \(library\|vfio\)$/,/end system/s/^\.It Xr \([a-z0-9_]*\) 2$/\1/p' \
    "$man/vfiomig-threads.7"); do
	grep -qw "SYS_$call" "$man/examples/helper.c" ||
		fail "helper: vfiomig-threads(7) has $call, the seal has not"
done

# The seal is one: a helper without read(2) is killed.
sed 's/SYS_read, SYS_readv,//' "$man/examples/helper.c" >"$work/sealed.c"
${CC:-cc} -std=gnu11 "$work/sealed.c" \
	$(pkg-config --cflags --libs libvfiomig) -o "$work/sealed" ||
	fail "sealed: not built"
cat "$work/chan1" >"$work/fifo1" & one=$!
cat "$work/chan2" >"$work/fifo2" & two=$!
: >"$work/got"
! timeout 20 "$work/sealed" "$work/fd.so" fd "$work/got" \
	"$work/fifo1" "$work/fifo2" >"$work/said" || fail "sealed: it is not"
wait $one $two
grep -q 'killed by signal 31' "$work/said" ||
	fail "sealed: $(cat "$work/said")"
rm "$work/got"
echo "ok: sealed"

if python3 -c 'import ctypes' 2>/dev/null; then
	check_live python python3 "$man/examples/vmm.py" \
		"$work/fd.so" fd fd=3
else
	echo "skipped: python, python3 was not found"
fi
if rustc --version >/dev/null 2>&1; then
	rustc --edition 2021 -D warnings "$man/examples/vmm.rs" \
		$(pkg-config --libs-only-L libvfiomig) -o "$work/rust" ||
		fail "rust: not built"
	check_live rust "$work/rust" "$work/fd.so" fd fd=3
else
	echo "skipped: rust, rustc was not found"
fi
