#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Every error code that the header lists for a call of the receiving half is
# provoked by a test: somewhere in this folder stands CODE(call, EXXX).
#
# The comment in front of a declaration (or of several in a row) names the
# codes as -EXXX.  Of the sections, those of the sending half, of dirty
# tracking and of backends are left to other folders.
set -u
src=${srcdir:-.}

pairs=$(awk '
	/^\/\* ---- / {
		section = $3
		comment = ""
	}
	/^\/\*/ { comment = ""; inside = 1 }
	inside { comment = comment $0 "\n" }
	/\*\// { inside = 0; next }
	!inside && match($0, /vfiomig_[a-z_]+\(/) && $0 !~ /[({]$|^#/ &&
	    $0 ~ /^[a-z]/ && section !~ /outgoing|dirty|backends/ {
		call = substr($0, RSTART, RLENGTH - 1)
		text = comment
		while (match(text, /-E[A-Z0-9]+/)) {
			print call, substr(text, RSTART + 1, RLENGTH - 1)
			text = substr(text, RSTART + RLENGTH)
		}
	}
	/^$/ && !inside { comment = "" }
' "$src/include/vfiomig/stats.h" "$src/include/vfiomig/vfiomig.h" | sort -u)

n=0 missing=0
while read -r call code; do
	case "$call $code" in		# spoken of, but not returned
	vfiomig_channel_read\ EAGAIN | vfiomig_device_event_fd\ EAGAIN | \
	vfiomig_cancel\ ECANCELED)
		continue ;;
	esac
	n=$((n + 1))
	cat "$src"/tests/incoming/*.c | tr -d '\n\t' |
	    grep -q "CODE($call, *$code)" && continue
	echo "no test provokes $call: -$code" >&2
	missing=$((missing + 1))
done <<END
$pairs
END
echo "$n codes of the header, $missing without a test"
test $n -ge 40 && test $missing -eq 0
