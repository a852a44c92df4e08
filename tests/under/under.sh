#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# under.sh NAME SKIPPED COMMAND... - the tests again, each program under another
#
# In the current folder, which has a build of its own, hand each program that
# was built to COMMAND - an emulator, a checker; its words are the shell's -
# and run the suite; a line a test.
#
# Idea: the program is moved aside, to PROGRAM.elf, and a script that runs
# COMMAND on it is put in its place.  So everything that a test starts -
# libtool's wrappers, the tool from a script, itself once more - runs under
# COMMAND, without help from the kernel (binfmt_misc), and make sees no more
# than a newer file.
#
# SKIPPED lists what cannot run so, a line a test: name (a shell pattern) and
# reason.  A line that fits no test is a defect of the list.
set -eu
name=$1 skipped=$2
shift 2
make=${MAKE:-make}

hand_over() {
	find lib plugins tools tests -type f -perm -100 ! -name '*.so*' \
	    ! -name '*.elf' ! -path '*/stage/*' | while read -r program; do
		test "$(head -c 4 "$program" | tail -c 3)" = ELF || continue
		mv "$program" "$program.elf"
		cat >"$program" <<-END
		#!/bin/sh
		PROGRAM=$PWD/$program
		exec $* "$PWD/$program.elf" "\$@"
		END
		chmod +x "$program"
	done
}

# The reason why a test is skipped, if it is.
reason() {
	while read -r pattern words; do
		# shellcheck disable=SC2254
		case $1 in
		$pattern)	echo "$words"; echo "$pattern" >>used; return ;;
		esac
	done <list
}

$make -s -j2 check TESTS= >>build.log 2>&1 ||
    { tail -n 40 build.log; echo "FAIL: check-$name (build)"; exit 1; }
hand_over "$@"

rc=0
tests=
sed '/^#/d; /^$/d' "$skipped" >list
: >used
for test in $($make -s list-tests); do
	words=$(reason "$test")
	if test -n "$words"; then
		echo "SKIP: $test ($words)"
	else
		tests="$tests $test"
	fi
done
while read -r pattern words; do
	grep -qxF "$pattern" used ||
	    { echo "FAIL: $skipped: no test is $pattern"; rc=1; }
done <list

$make -s -j2 check TESTS="$tests" >check.log 2>&1 || rc=1
grep -E '^(PASS|FAIL|SKIP|ERROR|XPASS): ' check.log || rc=1
test $rc -eq 0 || { tail -n 30 check.log; tail -n 200 test-suite.log; }
exit $rc
