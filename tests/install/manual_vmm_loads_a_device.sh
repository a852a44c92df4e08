#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The VMM of vfiomig(7) is built with what pkg-config says, shared, static and
# against the build tree, and loads a device; a short stream it refuses.
. "${srcdir:-.}/tests/install/install.sh"

make_channels
make_backend
example vfiomig.7 1 >"$work/vmm.c"
vmm()
{
	check_load "$1" "$work/$2" "$work/fd.so" fd fd=3 \
		"$work/chan1" "$work/chan2"
	grep -qx "config state: 6 bytes" "$work/said" ||
		fail "$1: no config state"
}

cc=${CC:-cc}
$cc "$work/vmm.c" $(pkg-config --cflags --libs libvfiomig) -o "$work/shared" ||
	fail "shared: not built"
vmm shared shared
ldd "$work/shared" | grep -q "libvfiomig.so.0 => $lib" ||
	fail "shared: not linked to the installed library"

# Where only the static library is, --static finds it.
mkdir "$work/static-lib"
cp "$lib/libvfiomig.a" "$work/static-lib"
$cc "$work/vmm.c" -L"$work/static-lib" $(pkg-config --cflags libvfiomig) \
	$(pkg-config --static --libs libvfiomig |
	sed "s,-L[^ ]*,-L$work/static-lib,") -o "$work/static" ||
	fail "static: not built"
! ldd "$work/static" | grep -q libvfiomig || fail "static: it is not"
vmm static static

(
	unset PKG_CONFIG_SYSROOT_DIR
	PKG_CONFIG_LIBDIR=$(pwd)/pkgconfig
	LD_LIBRARY_PATH=$(pwd)/.libs
	$cc "$work/vmm.c" $(pkg-config --cflags --libs libvfiomig) \
		-o "$work/uninstalled" || fail "uninstalled: not built"
	vmm uninstalled uninstalled
) || exit 1

head -c 10000 "$work/chan1" >"$work/short"
! timeout 20 "$work/shared" "$work/fd.so" fd fd=3 "$work/short" \
	"$work/chan2" 3>/dev/null >"$work/said" || fail "short: accepted"
grep -q '^failed: .' "$work/said" || fail "short: no reason is given"
cat "$work/said"

# In DESTDIR the folder is elsewhere; the variable says where it will be.
dir=$(PKG_CONFIG_SYSROOT_DIR= pkg-config --variable=backenddir libvfiomig)
[ -d "$stage$dir" ] || fail "backenddir is no folder: $dir"
strings -a "$lib/libvfiomig.so" | grep -qxF "$dir" ||
	fail "the library looks elsewhere than in $dir"
for object in "$stage$dir"/*; do
	case $object in
	*.so | *.la) ;;
	*) fail "what is $object doing there?" ;;
	esac
done
