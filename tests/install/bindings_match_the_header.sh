#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the Rust and Python examples declare by hand is what the header says:
# size and place of every field, and every prototype.
. "${srcdir:-.}/tests/install/install.sh"

compile()
{
	${CC:-cc} -std=gnu11 -Wall -Werror $(pkg-config --cflags libvfiomig) \
		-fsyntax-only "$1"
}

awk -f "$here/rust-to-c.awk" "$man/examples/vmm.rs" >"$work/rust.c"
grep -q 'vfiomig_buffer_drain' "$work/rust.c" || fail "rust: nothing found"
compile "$work/rust.c" || fail "rust: the declarations are not the header's"

# The comparison can fail.
for change in 's/window: u32/window: u64/' 's/budget: u64,//' \
    's/fn vfiomig_buffer_drain(device: \*mut Vfio.*Device)/fn vfiomig_buffer_drain(device: *mut VfiomigChannel)/' \
    's/flags: u32/flagz: u32/'; do
	sed "$change" "$man/examples/vmm.rs" |
		awk -f "$here/rust-to-c.awk" >"$work/wrong.c"
	! compile "$work/wrong.c" 2>/dev/null || fail "not noticed: $change"
done

python3 -c 'import ctypes' 2>/dev/null || { echo "no python3"; exit 0; }
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$man/examples" \
	python3 "$here/python-to-c.py" >"$work/python.c" ||
	fail "python: vmm.py is not read"
grep -q 'packet_max' "$work/python.c" || fail "python: nothing found"
compile "$work/python.c" || fail "python: the structs are not the header's"
