#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# fetch.sh ARCHITECTURE FOLDER - the libraries that the tests need, of another
# architecture
#
# Makes FOLDER/root, with check and OpenSSL of the machine's own release,
# unpacked and not installed.  Of what the tests are run with, only the C
# library is not in it: that is the cross compiler's.
#
# Exit: 0 all is there, 77 it cannot be had (said why), others: a defect.
set -eu
. "$(dirname "$0")/../apt.sh"
arch=$1 folder=$2

skip() {
	echo "SKIP: check-$arch ($*)"
	exit 77
}

test ! -d "$folder/root" || exit 0
for tool in apt-get dpkg-deb; do
	command -v $tool >/dev/null || skip "no $tool"
done
uri=$(apt_mirror)
test -n "$uri" || skip "no Debian mirror in the apt sources (VFIOMIG_MIRROR)"
apt=$(cd "$folder" && pwd)/apt
apt_configure "$apt" "$arch" "$uri" "$(apt_release)"
apt-get -qq -o APT::Update::Error-Mode=any update >"$apt/log" 2>&1 ||
    skip "the mirror cannot be reached"
(cd "$apt" && apt-get -qq download check libsubunit-dev libsubunit0 \
    libssl-dev libssl3) >>"$apt/log" 2>&1 ||
    skip "a library cannot be fetched: $(tail -n 1 "$apt/log")"
for deb in "$apt"/*.deb; do
	apt_unpack "$deb" "$apt/root"
done
mv "$apt/root" "$folder/root"
rm -rf "$apt"
