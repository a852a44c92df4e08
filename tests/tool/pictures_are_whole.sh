#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# pictures_are_whole.sh - timelines and maps are SVG with every lane, however
# many there are, and do not grow with the number of packets
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }

cat >"$tmp/svg.py" <<'END'
"""svg.py PICTURE WORD...: it is whole, all of it is inside, and has the words"""
import sys, xml.dom.minidom
text = open(sys.argv[1]).read()
assert len(text) < 2000000, len(text)
svg = xml.dom.minidom.parseString(text).documentElement
width, height = float(svg.getAttribute("width")), \
    float(svg.getAttribute("height"))
words = [t.firstChild.data for t in svg.getElementsByTagName("text")]
for word in sys.argv[2:]:
    assert any(word in w for w in words), (word, words)
for r in svg.getElementsByTagName("rect"):
    x, y, w, h = (float(r.getAttribute(k) or 0)
        for k in ("x", "y", "width", "height"))
    assert x >= 0 and y >= 0 and w > 0 and h > 0, r.toxml()
    assert x + w <= width and y + h <= height, r.toxml()
for t in svg.getElementsByTagName("text"):
    assert 0 < float(t.getAttribute("y")) < height, t.toxml()
END

# timeline NAME WORD... - $tmp/NAME.svg
picture() {
	name=$1
	shift
	python3 "$tmp/svg.py" "$tmp/$name.svg" "$@" || fail "$name.svg"
}

for channels in 1 2 16 100; do
	run demo $vfiomig demo --quiet --jitter 0 --size 4M --devices 2 \
	    --channels $channels --stats "svg:$tmp/demo.svg"
	expect 0 demo.err 'verified: 2 devices'
	case $channels in
	100)	last="channel 96" ;;
	*)	last="channel $((channels - 1))" ;;
	esac
	picture demo received "channel 0" "$last" sim0 sim1 queued ms done
done
run demo $vfiomig demo --quiet --jitter 0 --size 16M --devices 8 \
    --channels 8 --packet-max 32K --budget 1M --stats svg
expect 0 demo.err 'verified: 8 devices'
mv "$tmp/demo.out" "$tmp/many.svg"
picture many sim7 "channel 7" budget

# A name that is not XML by itself, and a migration that fails.
run save $vfiomig save --quiet --file "$tmp/snapshot" \
    --device 'a<&>"b=sim:size=100K' --stats "svg:$tmp/save.svg"
test $status -eq 0 || fail "status $status"
picture save 'a<&>"b' sent
head -c 50000 "$tmp/snapshot" >"$tmp/cut"
run load $vfiomig load --quiet --file "$tmp/cut" \
    --device 'a<&>"b=null' --stats "svg:$tmp/load.svg"
expect 1 load.err 'ended'
picture load failed

for folder in $(cases); do
	run inspect $vfiomig inspect --svg "$tmp/map.svg" "$folder"/chan*.bin
	expect 0 inspect.out whole
	picture map 'chan00.bin main' 'chan01.bin id' \
	    $(expected "$folder" | cut -f 3) KiB whole
done
head -c 100000 "$captures/two-devices-4ch/chan01.bin" >"$tmp/cut"
run inspect $vfiomig inspect --svg "$tmp/map.svg" "$tmp/cut"
expect 1 inspect.out FAULT
picture map 'it ends inside'
exit 0
