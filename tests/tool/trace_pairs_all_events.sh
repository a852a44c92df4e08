#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# trace_pairs_all_events.sh - the trace of a migration is JSON that a viewer
# opens, and accounts for every packet and every byte of every device
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }

cat >"$tmp/trace.py" <<'END'
"""trace.py TRACE STATS in|out|failed: the trace is right, and the figures'"""
import collections, json, sys
trace = json.load(open(sys.argv[1]))
stats = json.load(open(sys.argv[2])) if sys.argv[2] != "-" else None
kind = sys.argv[3]
assert trace["droppedEvents"] == 0
names, lanes, found = {}, collections.defaultdict(list), []
for e in trace["traceEvents"]:
    if e["ph"] == "M":
        names[e["pid"], e["tid"], e["name"]] = e["args"]["name"]
        continue
    assert {"channel", "device", "idx"} <= set(e["args"]), e
    assert e["ph"] in "Xi" and e["ts"] >= 0
    assert (e["pid"], e["tid"], "thread_name") in names or \
        e["name"] == "failed", e
    if e["ph"] == "X":
        assert e["dur"] >= 0
        lanes[e["pid"], e["tid"]].append((e["ts"], e["ts"] + e["dur"]))
    found.append(e)
assert names[1, 0, "process_name"] == "channels"
assert names[2, 0, "process_name"] == "devices"
for lane in lanes.values():             # one thing at a time
    lane.sort()
    for a, b in zip(lane, lane[1:]):
        assert a[1] <= b[0] + 0.0005, (a, b)
failures = [e for e in found if e["name"] == "failed"]
assert len(failures) == (kind == "failed"), failures
if stats is not None:
    for number, d in enumerate(stats["devices"]):
        mine = [e for e in found if e["args"]["device"] == number]
        assert names[2, number, "thread_name"] == d["idstr"]
        packets = [e for e in mine if e["name"] == "packet"]
        idx = sorted(e["args"]["idx"] for e in packets)
        assert idx == list(range(d["packets"])), idx
        assert sum(e["args"]["bytes"] for e in packets) == d["bytes"]
        name = {"in": "load", "out": "save"}[kind]
        moved = sum(e["args"]["bytes"] for e in mine if e["name"] == name)
        config = [e for e in mine if e["name"] == "config"]
        assert len(config) == 1
        assert config[0]["args"]["bytes"] == d["config_bytes"]
        assert moved + d["config_bytes"] == d["bytes"], (moved, d)
        assert len([e for e in mine if e["name"] == "done"]) == 1
END

run demo $vfiomig demo --quiet --size 8M --devices 3 --channels 5 \
    --budget 4M --stats json --trace "$tmp/demo.json"
expect 0 demo.err 'verified: 3 devices'
python3 "$tmp/trace.py" "$tmp/demo.json" "$tmp/demo.out" in ||
    fail "the demo's trace"

# Both ends of a migration between two programs.
device="--device a=sim:size=5M --device b=sim:size=3000036,seed=2"
start receive $vfiomig receive --listen "unix:$tmp/socket" \
    --channels 3 $device --stats json --trace "$tmp/receive.json"
receive=$pid
await "$tmp/receive.err" 'listening: '
run send $vfiomig send --quiet --connect "unix:$tmp/socket" --channels 3 \
    $device --stats json --trace "$tmp/send.json"
expect 0 send.out '"outcome": "complete"'
finish "$receive"
expect 0 receive.out '"outcome": "complete"'
python3 "$tmp/trace.py" "$tmp/receive.json" "$tmp/receive.out" in ||
    fail "the receiver's trace"
python3 "$tmp/trace.py" "$tmp/send.json" "$tmp/send.out" out ||
    fail "the sender's trace"

# A failure is in it.
one=$captures/one-device-2ch
run replay $vfiomig replay --trace "$tmp/replay.json" \
    --device 0000:00:01.0/vfio=null "$one/chan01.bin"
expect 1 replay.out INCOMPLETE
python3 "$tmp/trace.py" "$tmp/replay.json" - failed || fail "a failure's trace"

run demo $vfiomig demo --quiet --trace "$tmp/no/such/folder"
expect 1 demo.err 'file cannot be written: file=.*/no/such/folder'
exit 0
