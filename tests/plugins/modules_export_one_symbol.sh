#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# modules_export_one_symbol.sh - each shipped module exports its entry and
# nothing else, and uses nothing that a guest in somebody's process must not:
# no stdio stream, no exit, no signal, no environment, no locale, no thread
set -u

refused='printf|fprintf|vprintf|vfprintf|__printf_chk|__fprintf_chk|puts|fputs|putchar|perror|fopen|fdopen|exit|_exit|_Exit|abort|atexit|on_exit|signal|sigaction|sigprocmask|raise|kill|getenv|secure_getenv|setenv|setlocale|strerror|fork|vfork|system|execve|pthread_create|pthread_atfork|pthread_key_create'

command -v nm >/dev/null 2>&1 || { echo "skipped: nm was not found"; exit 77; }
failed=0
seen=0
for module in plugins/*/.libs/*.so; do
	test -f "$module" || continue
	seen=$((seen + 1))
	exported=$(nm -D --defined-only "$module" | awk '{ print $NF }')
	test "$exported" = vfiomig_backend_v1 || {
		echo "$module exports:" $exported
		failed=1
	}
	used=$(nm -D --undefined-only "$module" |
	    awk '{ sub("@.*", "", $NF); print $NF }' | grep -xE "$refused")
	test -z "$used" || {
		echo "$module uses:" $used
		failed=1
	}
done
test $seen -gt 0 || { echo "skipped: there are no modules"; exit 77; }
echo "$seen modules"
exit $failed
