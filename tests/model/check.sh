#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh [all] - run the models, and see that each mutant of them is caught
#
# A line a model or mutant: "PASS: ring", "PASS: ring without: the mark ...".
# A model passes when every run of it was tried and none is wrong; a mutant
# (a rule left out by -DMUTANT=n) passes when a run of it is wrong.  "all"
# runs the larger ones too, which need minutes and up to 8 GiB.
#
# SPIN, CC, MODELS (the folder of the .pml files), JOBS (2), MEMORY (MiB each).
set -u
: "${SPIN:=spin}" "${CC:=cc}" "${MODELS:=$(dirname "$0")}" "${JOBS:=2}"
: "${MEMORY:=1900}"
export SPIN CC MODELS MEMORY

# model|number of the mutant, 0: none|what is left out|parameters
quick='
ring|0||
ring|1|the insert is one step|
ring|2|looking and marking are one step|
ring|3|the mark is looked at with the insert|
ring|4|armed before the mark is set|
ring|5|the lap is compared|
ring|6|the window is looked at|
ring|7|next is looked at before seen moves|
ring|8|armed is looked at once more|
ring|9|read before the window moves|
ring|10|seen is no more than the window|
ring|11|no mark on a packet that is there|
admission|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=1
admission|0||-DDEVICES=1 -DPACKETS=3 -DLOSS=1
admission|0||-DDEVICES=1 -DPACKETS=2 -DCANCEL=1
admission|0||-DDEVICES=1 -DPACKETS=2 -DREPEAT=1 -DSPARE=1
admission|0||-DDEVICES=1 -DPACKETS=2 -DREPEAT=2 -DSPARE=1
admission|0||-DDEVICES=1 -DPACKETS=3 -DREPEAT=2
admission|0||-DDEVICES=1 -DPACKETS=2 -DSPURIOUS=1 -DLOSS=1
admission|0||-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110
admission|0||-DDEVICES=2 -DPACKETS=2 -DLAYOUT=9100
admission|0||-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110 -DSPURIOUS=1
admission|0||-DDEVICES=2 -DPACKETS=2
admission|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=1 -DCOURTESY=1
admission|0||-DDEVICES=1 -DPACKETS=2 -DSPARE=1 -DLOSS=1 -DSPURIOUS=1 -DCOURTESY=1
admission|0||-DDEVICES=2 -DPACKETS=2 -DSPARE=1 -DLAYOUT=0110 -DCOURTESY=1
admission|1|A1: a last look before parking|-DDEVICES=1 -DPACKETS=3
admission|2|A2: counted before it is woken|-DDEVICES=2 -DPACKETS=2 -DLAYOUT=9100
admission|3|R1: a block set aside|-DDEVICES=1 -DPACKETS=3
admission|4|R1: set aside for the awaited only|-DDEVICES=1 -DPACKETS=3
admission|5|R3: who starves wakes all|-DDEVICES=2 -DPACKETS=3 -DSPARE=1 -DMARGIN=2 -DLAYOUT=011910
admission|6|an end that a wake-up hid is looked at|-DDEVICES=2 -DPACKETS=2 -DLAYOUT=9100
admission|8|A2: a device is counted before it is woken|-DDEVICES=1 -DPACKETS=3
admission|9|a missing packet is no deadlock|-DDEVICES=1 -DPACKETS=3 -DLOSS=1
admission|10|counted as parked before the last look|-DDEVICES=1 -DPACKETS=3
admission|11|armed before the slot is marked|-DDEVICES=1 -DPACKETS=3
admission|12|the commit looks|-DDEVICES=1 -DPACKETS=2 -DREPEAT=1 -DSPARE=1
admission|13|a failure wakes the channels|-DDEVICES=1 -DPACKETS=2 -DCANCEL=1
admission|14|the config packet gives its memory back|-DDEVICES=2 -DPACKETS=2 -DSPARE=1
admission|15|R5: the last end is looked at|-DDEVICES=1 -DPACKETS=3 -DLOSS=1
admission|16|armed is looked at once more|-DDEVICES=2 -DPACKETS=2 -DLOSS=1
admission|17|armed before the last look|-DDEVICES=1 -DPACKETS=3
admission|18|R4: who parks last says so|-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110
admission|19|an abandon wakes the parked|-DDEVICES=1 -DPACKETS=3 -DREPEAT=2
admission|20|who is held back only is let on before it is stuck|-DDEVICES=2 -DPACKETS=2 -DSPARE=1 -DLAYOUT=0110 -DCOURTESY=1
admission|21|a drain that was awake is counted once|-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110 -DSPURIOUS=1
admission|22|a look that missed a channel is made again|-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110 -DSPURIOUS=1
outgoing|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=1
outgoing|0||-DDEVICES=1 -DPACKETS=2 -DCLOSE=2
outgoing|0||-DDEVICES=2 -DPACKETS=1 -DSPARE=0
outgoing|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=2 -DBLOCK=1
outgoing|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=2 -DNONBLOCK=1
outgoing|0||-DDEVICES=1 -DPACKETS=2 -DNONBLOCK=2 -DCLOSE=1
outgoing|1|a put wakes an idle channel|-DDEVICES=1 -DPACKETS=2
outgoing|2|armed before the last look|-DDEVICES=2 -DPACKETS=2
outgoing|3|who stalls wakes another|-DDEVICES=1 -DPACKETS=3 -DBLOCK=1
outgoing|4|who closes wakes another|-DDEVICES=1 -DPACKETS=2 -DCLOSE=1
outgoing|5|the end is told to the idle|-DDEVICES=2 -DPACKETS=2
outgoing|6|counted as parked before the last look|-DDEVICES=1 -DPACKETS=3 -DSPARE=1
outgoing|7|a fill that holds nothing is woken|-DDEVICES=1 -DPACKETS=3 -DSPARE=0
outgoing|8|the last close is looked at|-DDEVICES=1 -DPACKETS=2 -DCLOSE=2
outgoing|9|a fill is armed before its last look|-DDEVICES=1 -DPACKETS=3 -DSPARE=1
outgoing|10|counted as idle before the last look|-DDEVICES=2 -DPACKETS=2
outgoing|11|who comes some time is not counted|-DDEVICES=1 -DPACKETS=3 -DSPARE=2 -DBLOCK=1 -DNONBLOCK=1
outgoing|12|who is idle is not counted as looking|-DDEVICES=1 -DPACKETS=2
'

# Whole state spaces that take minutes; the first ones look for cycles too.
# Three devices have a packet each and one of them two: with all of theirs,
# there are more states (1.2e8 were seen) than fit into 6 GB.
large='
ring|cycle||
admission|cycle||-DDEVICES=1 -DPACKETS=3 -DLOSS=1
admission|cycle||-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110
outgoing|cycle||-DDEVICES=1 -DPACKETS=2 -DCLOSE=2
admission|cycle||-DDEVICES=1 -DPACKETS=3 -DSPARE=1 -DCOURTESY=1
admission|0||-DDEVICES=1 -DCHANNELS=3 -DPACKETS=3 -DSPARE=1
admission|0||-DDEVICES=1 -DPACKETS=3 -DSPARE=1 -DLOSS=1 -DCOURTESY=1
admission|0||-DDEVICES=2 -DPACKETS=2 -DSPARE=1
admission|0||-DDEVICES=2 -DPACKETS=2 -DLOSS=1
admission|0||-DDEVICES=2 -DPACKETS=2 -DLAYOUT=0110 -DCANCEL=1
admission|0||-DDEVICES=2 -DPACKETS=3 -DSPARE=1 -DMARGIN=2 -DLAYOUT=110010
admission|0||-DDEVICES=2 -DPACKETS=3 -DSPARE=1 -DMARGIN=2 -DLAYOUT=011910
admission|0||-DDEVICES=2 -DCHANNELS=3 -DPACKETS=2 -DLAYOUT=0112
admission|0||-DDEVICES=2 -DCHANNELS=3 -DPACKETS=2 -DLAYOUT=9102
admission|0||-DDEVICES=3 -DPACKETS=2 -DLAYOUT=919110
outgoing|0||-DDEVICES=2 -DPACKETS=2 -DSPARE=0
outgoing|0||-DDEVICES=2 -DPACKETS=2 -DSPARE=2
outgoing|0||-DDEVICES=1 -DPACKETS=4 -DSPARE=2 -DBLOCK=1 -DNONBLOCK=1
outgoing|0||-DDEVICES=1 -DPACKETS=4 -DSPARE=3 -DBLOCK=1 -DENOUGH=1
outgoing|0||-DDEVICES=2 -DPACKETS=1 -DSPARE=1 -DBLOCK=1 -DNONBLOCK=1
outgoing|0||-DDEVICES=1 -DCHANNELS=3 -DPACKETS=3 -DSPARE=2 -DBLOCK=1 -DNONBLOCK=1
'

if test "${1-}" = run; then		# one line of the tables, in a folder
	IFS='|' read -r model mutant rule flags <<-END
	$2
	END
	name=$model${flags:+ $flags}
	test -z "$rule" || name="$model without: $rule"
	dir=$3.$$
	mkdir -p "$dir" && cd "$dir" || exit 1
	define=-DMUTANT=$mutant optimize=-O0 safety=-DSAFETY option=
	case $mutant in
	0)	optimize=-O1 ;;
	cycle)	define=-DMUTANT=0 safety=-DNP option=-l name="$name, no cycles" ;;
	esac
	# shellcheck disable=SC2086
	if $SPIN -a $define $flags "$MODELS/$model.pml" >log 2>&1 &&
	    $CC -w $optimize $safety -DCOLLAPSE -DMEMLIM="$MEMORY" -o pan pan.c \
	    >>log 2>&1; then
		./pan -m4000000 $option >out 2>&1
	fi
	verdict=FAIL
	if grep -q 'errors: 0$' out 2>/dev/null; then
		grep -q 'Search not completed\|max search depth' out ||
		    { test -z "$rule" && verdict=PASS; }
	elif grep -q 'errors: 1$' out 2>/dev/null; then
		test -n "$rule" && verdict=PASS
	fi
	echo "$verdict: $name ($(sed -n 's/ states, stored.*/ states/p' out |
	    tr -s ' ' | sed 's/^ //'))"
	test $verdict = PASS || { cat log; head -n 20 out; } 2>/dev/null
	cd .. && rm -rf "$dir"
	test $verdict = PASS
	exit
fi

command -v "$SPIN" >/dev/null ||
    { echo "SKIP: models (spin was not found)"; exit 77; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
case ${1-} in
all)	MEMORY=6000; table="$quick$large" ;;
*)	table=$quick ;;
esac
MODELS=$(cd "$MODELS" && pwd)
self=$MODELS/check.sh
echo "$table" | grep . | tr '\n' '\0' |
    xargs -0 -P "$JOBS" -I LINE "$self" run LINE "$tmp/model" || exit 1
