#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the library exports is the map and nothing else, in the static library
# too; what it needs of others is in a list, and nothing in the list is bad
# manners inside somebody's hypervisor.
. "${srcdir:-.}/tests/install/install.sh"

so=$lib/libvfiomig.so
sed -n 's/^[[:space:]]*\(vfiomig_[a-z_0-9]*\);.*/\1/p' \
	"$srcdir/lib/libvfiomig.map" | sort >"$work/map"

nm -D --defined-only "$so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort -u >"$work/exported"
diff "$work/map" "$work/exported" || fail "map (<) and exports (>) differ"

nm -g --defined-only "$lib/libvfiomig.a" 2>/dev/null |
	awk 'NF == 3 { print $3 }' | sort -u >"$work/static"
diff "$work/map" "$work/static" ||
	fail "map (<) and the static library's globals (>) differ"

nm -D --undefined-only "$so" | awk '$1 != "w" { sub(/@.*/, "", $2); print $2 }' |
	sort -u >"$work/undefined"
sed 's/#.*//' "$here/allowed_symbols" | tr -s ' \t' '\n\n' | sed '/^$/d' |
	sort -u >"$work/allowed"
comm -23 "$work/undefined" "$work/allowed" >"$work/wrong"
[ ! -s "$work/wrong" ] ||
	fail "not in tests/install/allowed_symbols: $(tr '\n' ' ' <"$work/wrong")"

# The list itself must not be made to allow these.
for symbol in printf fprintf vprintf puts putchar fputs fwrite perror stdout \
    stderr exit _exit abort __assert_fail signal sigaction raise atexit \
    __cxa_atexit on_exit getenv secure_getenv setenv setlocale strerror \
    pthread_atfork pthread_create pthread_key_create fork vfork system popen \
    execve fcntl; do
	! grep -qx "$symbol" "$work/allowed" "$work/undefined" ||
		fail "the library uses $symbol"
done

# Nothing is unloaded under a running thread, nothing is executable that need
# not be, and nothing runs before main().
readelf -dW "$so" >"$work/dynamic"
grep -q 'NODELETE' "$work/dynamic" || fail "not linked with -z nodelete"
grep -q 'SONAME.*\[libvfiomig\.so\.0\]' "$work/dynamic" || fail "wrong SONAME"
! grep -q 'TEXTREL\|RUNPATH\|RPATH' "$work/dynamic" ||
	fail "it has a TEXTREL or a run path"
grep -o 'NEEDED.*\[.*\]' "$work/dynamic" | sed 's/.*\[\(.*\)\]/\1/' |
	grep -v '^libc\.so\|^libpthread\|^libdl\|^ld-linux\|^ld64' >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "it needs $(cat "$work/wrong")"
! nm "$so" | grep -q ' [tT] .*constructor' || fail "it has a constructor"

# A backend exports its entry and calls nothing of the library.
for backend in $(find "$stage" -path '*/vfiomig/*.so'); do
	nm -D --defined-only "$backend" | awk '{ print $3 }' >"$work/exported"
	[ "$(cat "$work/exported")" = vfiomig_backend_v1 ] ||
		fail "$backend exports $(tr '\n' ' ' <"$work/exported")"
	! nm -D --undefined-only "$backend" | grep -q vfiomig ||
		fail "$backend needs the library"
done
exit 0
