#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# oracle_can_fail.sh "NAME:SOURCES" ... - the oracle of channels.c sees what it
# is for: each of these mistakes in the library, made one at a time, must make
# it end on some input of the corpus.
#
# A repeated packet is refused by two looks, of which the first is there for
# its words alone (device_ends_once expects them): leaving out either changes no
# code, so the mistake is made in both.
set -u
. "$srcdir/tests/fuzz/build.sh"
work=fuzz/mutants
cc=${CC:-gcc}
rc=0

mutants='
lib/incoming.c@s/return end == 0 || number < end/return 1/@data beyond the config packet
lib/incoming.c@s/== -EALREADY/== -ENOSYS/@a repeated packet
lib/incoming.c@s/size > ch->mig->packet_max/0/@a packet of any length
lib/wire.c@s/get32(bytes, 4) == WIRE_IDX_INVALID/0/@the reserved idx
lib/wire.c@s/get32(bytes, 0) != WIRE_MAGIC/0/@a wrong magic
lib/reader.c@s/r == 0 \&\& rd->have == 0/r == 0/@an end inside a header
lib/reader.c@s/return id < ch->mig->channels_expected/return 1 || 0/@a hello of any id
lib/drain.c@s/n = iov_skip(&iov, n, (size_t)r)/n = 0/@a short write taken for a whole one
lib/admission.c@s/DEVICES(word) == 0 ? STUCK : GO_ON/GO_ON/@a deadlock not seen
lib/admission.c@s/return ENDED/return GO_ON/@an end not seen
lib/waiter.c@s/(void)!write(waiter->fd, &one, sizeof one)/(void)one/@a wake-up that does not come
lib/pool.c@s/spans = budget \/ largest/spans = budget \/ largest + 1/@more memory than the budget
'

for pair in "$@"; do
	case $pair in
	channels:*)	sources=${pair#*:} ;;
	esac
done
TMPDIR=$(mktemp -d) || exit 99
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
rm -rf "$work"
fuzz_library "$cc" -O1 "$work" || exit 1
if ! fuzz_program "$cc" -O1 "$work" channels "$sources" ||
    ! "$work/channels" "$srcdir/tests/fuzz/corpus/channels" >/dev/null; then
	echo "FAIL: fuzz-oracle (it is not content without a mistake)"
	exit 1
fi
echo "$mutants" | sed '/^$/d' >"$work/mutants"
while IFS=@ read -r file script name; do
	object=$work/$(fuzz_object "$file")
	cp "$object" "$work/kept.o"
	sed "$script" "$srcdir/$file" >"$work/mutant.c"
	if cmp -s "$work/mutant.c" "$srcdir/$file"; then
		echo "FAIL: fuzz-oracle $name (the mistake cannot be made)"
		rc=1
		continue
	fi
	# shellcheck disable=SC2046
	$cc $(fuzz_flags) "-I$srcdir/lib" -O1 \
	    '-DVFIOMIG_BACKENDDIR="/nonexistent"' -c "$work/mutant.c" \
	    -o "$object" || exit 1
	ar r "$work/library.a" "$object"
	fuzz_program "$cc" -O1 "$work" mutant "$sources" || exit 1
	if timeout 100 "$work/mutant" "$srcdir/tests/fuzz/corpus/channels" \
	    >"$work/mutant.log" 2>&1; then
		echo "FAIL: fuzz-oracle $name (not seen)"
		rc=1
	else
		echo "PASS: fuzz-oracle $name"
	fi
	cp "$work/kept.o" "$object"
	ar r "$work/library.a" "$object"
done <"$work/mutants"
exit $rc
