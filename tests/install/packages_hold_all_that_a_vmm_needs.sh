#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# packages_hold_all_that_a_vmm_needs.sh FOLDER - that the Debian packages in
# FOLDER are ones that lintian accepts, and that the manual's VMM is built and
# runs from them, unpacked somewhere empty
set -eu

folder=$(realpath "$1")
here=$(dirname "$0")
root=$folder/root

if command -v lintian >/dev/null; then
	lintian --allow-root --fail-on error,warning \
	    --suppress-tags initial-upload-closes-no-bugs "$folder"/*.changes
	echo "PASS: lintian accepts the packages"
else
	echo "SKIP: lintian accepts the packages (lintian was not found)"
fi

rm -rf "$root"
mkdir "$root"
for deb in "$folder"/*.deb; do
	dpkg-deb -x "$deb" "$root"
done
for file in usr/bin/vfiomig usr/share/man/man1/vfiomig.1.gz \
    usr/share/man/man3/vfiomig_cancel.3.gz \
    usr/share/man/man7/vfiomig-threads.7.gz usr/include/vfiomig/version.h
do
	test -e "$root/$file" || { echo "FAIL: $file is in no package"; exit 1; }
done
LD_LIBRARY_PATH=$(dirname "$(find "$root" -name libvfiomig.so.0)") \
    "$root/usr/bin/vfiomig" --version >/dev/null
echo "PASS: the packages' program runs"
STAGE=$root "$here/manual_vmm_loads_a_device.sh"
echo "PASS: the manual's VMM is built from the packages and runs"
