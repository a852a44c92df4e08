#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# make-deb.sh TARBALL FOLDER - Debian packages of a release, in FOLDER
#
# The source package's own files are pkgconfig/debian of the release.  Nothing
# is installed; what is missing for the build is named.
#
# Exit: 0 made, 77 a build tool is missing (said which), others: a defect.
set -eu

tarball=$(realpath "$1")
folder=$2

for tool in dpkg-buildpackage dh mandoc; do
	command -v $tool >/dev/null ||
	    { echo "make-deb: skipped: $tool was not found"; exit 77; }
done
rm -rf "$folder"
mkdir -p "$folder"
tar -xf "$tarball" -C "$folder"
cd "$folder"/libvfiomig-*
cp -r pkgconfig/debian debian
chmod +x debian/rules
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR DESTDIR VPATH
dpkg-buildpackage -b -us -uc >../build.log 2>&1 ||
    { tail -n 40 ../build.log; exit 1; }
cd ..
for deb in *.deb; do
	echo "made $folder/$deb"
done
