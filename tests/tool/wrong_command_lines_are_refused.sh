#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# wrong_command_lines_are_refused.sh - status 2, and words that name the fault
set -u
. "${srcdir:-.}/tests/tool/functions.sh"

# refused WORDS ARGUMENT...
refused() {
	words=$1
	shift
	run line $vfiomig "$@"
	test $status -eq 2 || fail "status $status, expected 2: $*"
	grep -q -- "$words" "$tmp/line.err" || fail "no \"$words\": $*"
	test -s "$tmp/line.out" && fail "words on standard output: $*"
}
to='--connect 127.0.0.1:1 --channels 2'
a='--device a=null'

refused 'usage: vfiomig COMMAND'
refused 'no such command: "sned"' sned
refused 'unknown option: "--budgte"' demo --budgte 3
refused 'not an option of this command: "--file"' demo --file x
refused 'too much on the line: "x"' demo x
refused '--budget needs an argument: BYTES' demo --budget
refused '--live takes no argument: "1"' demo --live=1
refused '--budget: expected a number.*"12q"' demo --budget 12q
refused '--channels: expected 1 to 256: "0"' demo --channels 0
refused '--channels: expected 1 to 256: "257"' demo --channels=257
refused '--stall-timeout: expected seconds' demo --stall-timeout 1s
refused '--stats: expected json, svg' demo --stats xml
refused '--connect ADDRESS is missing' send $a --channels 1
refused '--channels N is missing' send $a --connect 127.0.0.1:1
refused '--device DEVICE is missing' send $to
refused '--listen ADDRESS is missing' receive $a --channels 1
refused '--file FILE is missing' save $a
refused '--connect: expected HOST:PORT' send $a --channels 1 --connect host
refused 'IPv6 address in \[brackets\]' send $a --channels 1 --connect ::1:44
refused '--device: expected IDSTR' send $to --device a
refused '--device: expected IDSTR' send $to --device a#x=null
refused 'a backend.s name' send $to --device a=
refused 'this one is taken' send $to $a $a
refused 'backend=nil, error=no such backend' send $to --device a=nil
refused 'key=sise' send $to --device a=sim:sise=3
refused '--uuid: expected 32 hexadecimal' send $to $a --uuid 1234
refused '--precopy: expected IDSTR=HEX' receive --listen unix:x \
    --channels 1 $a --precopy a=123
refused '--budget is below --packet-max' demo --budget 64K
refused 'a snapshot has one device' save --file x $a --device b=null
refused 'no such backend: "nil"' probe nil
refused 'BACKEND\[:PARAMS\] is missing' probe

# What every command takes is said on standard output, with status 0.
for command in demo send receive save load probe; do
	run help $vfiomig $command --help
	expect 0 help.out "^usage: vfiomig $command"
	test "$(awk '{ if (length > n) n = length } END { print n }' \
	    "$tmp/help.out")" -le 80 || fail "$command --help is too wide"
done
run version $vfiomig --version
expect 0 version.out '^vfiomig [0-9]*\.[0-9]*\.[0-9]*$'
exit 0
