#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# arch.sh ARCHITECTURE TRIPLET QEMU SRCDIR - the tests on another architecture
#
# In under/ARCHITECTURE, with Debian's cross compiler, build everything and run
# the suite under QEMU's user mode; a line a test.
set -eu
arch=$1 triplet=$2 qemu=$3 src=$(cd "$4" && pwd)
make=${MAKE:-make}
here=$src/tests/under
compiler=$triplet-gcc
libc=/usr/$triplet

skip() {
	echo "SKIP: check-$arch ($1)"
	exit 0
}

for tool in $compiler $qemu pkg-config; do
	command -v $tool >/dev/null || skip "$tool is missing"
done
test ! -f "$src/config.status" ||
    skip "the source folder is configured, a second build needs it clean"
mkdir -p under/$arch
cd under/$arch
echo 'int main(void) { return 0; }' >try.c
$compiler -o try try.c >try.log 2>&1 && $qemu -L $libc ./try >>try.log 2>&1 ||
    skip "$compiler cannot make a program that $qemu runs"
rc=0
"$here/fetch.sh" $arch . || rc=$?
test $rc -ne 77 || exit 0
test $rc -eq 0 || { echo "FAIL: check-$arch (libraries)"; exit 1; }
root=$PWD/root
libraries=$root/usr/lib/$triplet

PKG_CONFIG_LIBDIR=$libraries/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
{
	test config.status -nt "$here/arch.sh" ||
	    "$src/configure" -q --host=$triplet --enable-werror \
	    CFLAGS="-O2 -g" CPPFLAGS="-idirafter $root/usr/include/$triplet" \
	    LDFLAGS="-Wl,-rpath-link,$libraries"
	$make -s -j2
} >build.log 2>&1 ||
    { tail -n 40 build.log; echo "FAIL: check-$arch (build)"; exit 1; }

CK_TIMEOUT_MULTIPLIER=30
export CK_TIMEOUT_MULTIPLIER
exec "$here/under.sh" $arch "$here/qemu.skipped" $qemu -L $libc \
    -E "\"LD_LIBRARY_PATH=$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}\"" \
    -0 '"$0"'
