#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# inspect_accounts_for_every_byte.sh - the packets that inspect tells of lie
# one behind the other from a file's first byte to its last, and their devices
# are what is expected
set -u
. "${srcdir:-.}/tests/tool/functions.sh"
. "${srcdir:-.}/tests/tool/recordings.sh"
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }

for folder in $(cases); do
	run inspect $vfiomig inspect --json "$folder"/chan*.bin
	expect 0 inspect.out '"devices"'
	expected "$folder" >"$tmp/expected"
	python3 - "$tmp/inspect.out" "$tmp/expected" <<'END' || fail "$folder"
import json, os, sys
found = json.load(open(sys.argv[1]))
header = {"hello": 64, "sync": 1344, "ram": 1344, "state": 288}
names = set()
for f in found["files"]:
    size = os.path.getsize(f["name"])
    assert f["bytes"] == size and "fault" not in f, f["name"]
    if f["kind"] == "main":
        continue
    at = 0
    data = open(f["name"], "rb").read()
    for p in f["packets"]:
        assert p["offset"] == at, (f["name"], p)
        if p["kind"] == "state":
            idstr = data[at + 12:at + 268].split(b"\0")[0].decode()
            assert p["idstr"] == idstr
            assert data[at + 280:at + 284] == p["idx"].to_bytes(4, "big")
            names.add(idstr)
        at += header[p["kind"]] + p["length"]
    assert at == size, (f["name"], at, size)
device = {d["idstr"]: d for d in found["devices"]}
lines = [l.rstrip("\n").split("\t") for l in open(sys.argv[2])]
assert len(lines) == len(device) == len(names)
for l in lines:
    d = device[l[2]]
    assert d["whole"], d
    assert d["packets"] == int(l[4]) + 1 and d["data_bytes"] == int(l[5])
    assert d["config_bytes"] == int(l[7])
    assert d["precopy_bytes"] == (0 if l[9] == "-" else len(l[9]) // 2)
END
	run text $vfiomig inspect "$folder"/chan*.bin
	expect 0 text.out ': whole$'
	test "$(grep -c '^ *[0-9][0-9]*  ' "$tmp/text.out")" -eq \
	    "$(grep -c '"offset"' "$tmp/inspect.out")" || fail "lines"
done
exit 0
