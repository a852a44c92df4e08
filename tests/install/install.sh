# SPDX-License-Identifier: BSD-3-Clause
# install.sh - what the tests of an installed tree share; sourced by them
#
# Idea: tests/install/stage, or the folder STAGE, holds an installed tree.  A
# test sees of the library what pkg-config says about it there, and nothing of
# the source.

srcdir=${srcdir:-.}
here=$srcdir/tests/install
man=$srcdir/man
stage=${STAGE:-$(pwd)/tests/install/stage}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

skip()
{
	echo "skipped: $*"
	exit 77
}

fail()
{
	echo "failed: $*" >&2
	exit 1
}

command -v pkg-config >/dev/null || skip "pkg-config was not found"
pc=$(find "$stage" -name libvfiomig.pc)
[ -n "$pc" ] || fail "nothing is installed in $stage"
lib=$(dirname "$(dirname "$pc")")
! nm -D "$lib/libvfiomig.so" | grep -Eq '__(asan|tsan|ubsan|llvm)_' ||
	skip "the library is built with a sanitizer, its user would not be"
export PKG_CONFIG_LIBDIR="$(dirname "$pc")" PKG_CONFIG_SYSROOT_DIR="$stage"
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
export LD_LIBRARY_PATH="$lib"

# Program $2 of the EXAMPLES of page $1, on standard output.
example()
{
	awk -v want="$2" '
		/^\.Sh/			{ in_ex = ($2 == "EXAMPLES") }
		in_ex && /^\.Bd -literal/ { n++; on = (n == want); next }
		/^\.Ed/			{ on = 0 }
		on			{ gsub(/\\e/, "\\"); gsub(/\\&/, "")
					  print }' "$man/$1"
}

# ---- channels to receive: one device of seven packets, on two connections

text=$(seq 1 20000)

byte() { printf "\\$(printf %03o "$1")"; }
be32()
{
	byte $(($1 >> 24 & 255)); byte $(($1 >> 16 & 255))
	byte $(($1 >> 8 & 255)); byte $(($1 & 255))
}
zeros() { head -c "$1" /dev/zero; }

hello()
{
	be32 0x11223344; be32 1; zeros 16; byte "$1"; zeros 39
}

# piece N: bytes of packet N; they are not all of one length
piece()
{
	printf %s "$text" | tail -c +$(($1 * $1 * 2000 + 1)) |
		head -c $((($1 + 1) * ($1 + 1) * 2000 - $1 * $1 * 2000))
}

# packet IDX FLAGS: data from standard input
packet()
{
	cat >"$work/data"
	be32 0x11223344; be32 1; be32 0x40
	printf 0000:00:01.0/vfio; zeros 239; be32 0
	be32 $(($(wc -c <"$work/data") + 12))
	be32 0; be32 "$1"; be32 "$2"
	cat "$work/data"
}

make_channels()
{
	{ hello 0; for i in 1 2 5; do piece $i | packet $i 0; done
	} >"$work/chan1"
	{ hello 1; for i in 0 3 4; do piece $i | packet $i 0; done
	printf config | packet 6 1; } >"$work/chan2"
	for i in 0 1 2 3 4 5; do piece $i; done >"$work/want"
}

# The backend of vfiomig-backend(3): loads into an open file descriptor.
make_backend()
{
	example vfiomig-backend.3 1 >"$work/fd.c"
	${CC:-cc} -shared -fPIC $(pkg-config --cflags libvfiomig) \
		"$work/fd.c" -o "$work/fd.so" || fail "fd.so is not built"
}

# check_load NAME COMMAND...: it says that the device runs, and what was
# written to descriptor 3 is the state.  Bounded in time.
check_load()
{
	name=$1
	shift
	timeout 20 "$@" 3<>"$work/got" >"$work/said" 2>&1 ||
		fail "$name: exit code $?: $(cat "$work/said")"
	grep -qx "the device runs" "$work/said" ||
		fail "$name: it said: $(cat "$work/said")"
	cmp "$work/got" "$work/want" || fail "$name: another state was loaded"
	rm "$work/got"
	echo "ok: $name"
}
