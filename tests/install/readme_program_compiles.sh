#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# readme_program_compiles.sh - that the README's lines of C are calls that the
# headers have, and that every file and command it names is there
srcdir=${srcdir:-.}
. "$srcdir/tests/install/install.sh"
readme=$srcdir/README.md

{
	echo '#include <vfiomig/vfiomig.h>'
	echo 'void readme(struct vfiomig *mig, struct vfiomig_device *dev,'
	echo '    struct vfiomig_channel *ch, struct vfiomig_config config,'
	echo '    struct vfiomig_device_config device_config, size_t size,'
	echo '    struct vfiomig_channel_config channel_config, void *packet)'
	echo '{'
	sed -n '/^```c$/,/^```$/p' "$readme" | grep -v '^```'
	echo '}'
} >"$work/readme.c"
test "$(grep -c 'vfiomig_' "$work/readme.c")" -gt 10 || fail "no C was found"
${CC:-cc} -Werror -Wall -fsyntax-only $(pkg-config --cflags libvfiomig) \
    "$work/readme.c" || fail "the README's C does not compile"

sed 's/](/\n](/g' "$readme" | sed -n 's/^](\([^)]*\)).*/\1/p' |
    while read -r path; do
	test -e "$srcdir/$path" || { echo "$path is not there"; exit 1; }
    done || fail "the README names a file that is not there"
