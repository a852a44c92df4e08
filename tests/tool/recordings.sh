# SPDX-License-Identifier: BSD-3-Clause
# recordings.sh - tests/captures for the tests of the vfiomig program; sourced
# after functions.sh

captures=${srcdir:-.}/tests/captures

# The cases that are here; each is a folder.
cases() {
	grep -v '^#' "$captures/EXPECTED" | cut -f 1 | sort -u |
	    while read -r case; do
		for folder in "$captures" "${VFIOMIG_CAPTURES:-$captures}"; do
			test ! -f "$folder/$case/chan01.bin" ||
			    { echo "$folder/$case"; break; }
		done
	    done
}

# expected FOLDER - its lines of EXPECTED
expected() {
	grep "^${1##*/}	" "$captures/EXPECTED"
}

# devices FOLDER BACKEND - the --device options for all of its devices
devices() {
	expected "$1" | while read -r case channels idstr rest; do
		echo "--device $idstr=$2"
	done
}
