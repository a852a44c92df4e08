#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check-abi-can-fail.sh - the library built against headers with one change
# each: is check-abi.sh content and discontent where it must be?
#
#	check-abi-can-fail.sh [COMPILER]
#
# The libraries are stand-ins: the public headers, and functions of the right
# types that do nothing.
set -u

here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
version=${VERSION_H:-include/vfiomig/version.h}
cc=${*:-cc}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

command -v "${ABIDIFF:-abidiff}" >/dev/null 2>&1 ||
    { echo "skipped: abidiff was not found"; exit 77; }

mkdir -p "$work/tests/abi"
cp "$here/check-abi.sh" "$work/tests/abi"

# A library whose headers the sed script has gone over.
build() { # NAME SED-SCRIPT FILE
	rm -rf "$work/include"
	mkdir -p "$work/include/vfiomig"
	cp "$include"/vfiomig/vfiomig.h "$include"/vfiomig/stats.h \
	    "$include"/vfiomig/trace.h "$include"/vfiomig/backend.h \
	    "$version" "$work/include/vfiomig"
	if test -n "$2"; then
		sed -i "$2" "$work/include/vfiomig/$3"
		cmp -s "$include/vfiomig/$3" "$work/include/vfiomig/$3" &&
		    { echo "$1: the change was not made"; exit 1; }
	fi
	cat > "$work/lib.c" <<-'END'
	#define VFIOMIG_BACKEND_API 1
	#include <vfiomig/backend.h>
	int vfiomig_backend_register(const struct vfiomig_backend *b)
	{ return b == NULL; }
	int vfiomig_device_stats(struct vfiomig_device *d,
	    struct vfiomig_device_stats *s)
	{ return d == NULL || s == NULL; }
	#ifndef FEWER
	void vfiomig_cancel(struct vfiomig *m) { (void)m; }
	#endif
	#ifdef MORE
	void vfiomig_more(void) { }
	#endif
	END
	$cc -g -O0 -shared -fPIC ${4-} -I"$work/include" \
	    -Wl,-soname,libvfiomig.so.0 -o "$work/$1.so" "$work/lib.c" ||
	    { echo "$1: does not compile"; exit 99; }
}

check() { # NAME
	HEADERS=$work/include/vfiomig \
	    sh "$work/tests/abi/check-abi.sh" "$work/$1.so" > "$work/out" 2>&1
}

failed=0
content() {
	build "$@"
	check "$1"
	code=$?
	test $code = 0 || { echo "not content: $1: $code"; cat "$work/out"
	    failed=1; }
}
discontent() {
	build "$@"
	check "$1"
	code=$?
	test $code = 1 || { echo "not discontent: $1: $code"; failed=1; }
}

build same "" ""
HEADERS=$work/include/vfiomig sh "$work/tests/abi/check-abi.sh" --record \
    "$work/same.so" || exit $?

content unchanged "" ""
content op_appended 's|^\tint (\*dirty_stop).*|&\n\tint (*later)(void *device);|' backend.h
content stat_appended 's|^\tuint32_t initial_loaded;|&\n\tuint64_t later;|' stats.h
content function_added "" "" -DMORE
content enumerator_added 's|^\tVFIOMIG_THREADS_ANY .*|&,\n\tVFIOMIG_THREADS_LATER = 4|;s|^\tVFIOMIG_THREADS_ANY *= 3|&,|;s|,\(\t*/\* any call.*\),|,\1|' backend.h
discontent op_inserted 's|^\tint (\*reset).*|\tint (*early)(void *device);\n&|' backend.h
discontent op_removed '/^\tint (\*dirty_stop)/d' backend.h
discontent op_changed 's|^\tint (\*reset)(void \*device)|\tlong (*reset)(void *device)|' backend.h
discontent ops_swapped '/^\tint (\*reset)/{h;d};/^\tvoid (\*cancel)/{G}' backend.h
discontent op_in_padding 's|^\tuint32_t reinit;|&\n\tuint32_t later;|' vfiomig.h
discontent stat_inserted 's|^\tuint64_t packets_done;|\tuint64_t early;\n&|' stats.h
discontent function_removed "" "" -DFEWER
discontent enumerator_changed 's|VFIOMIG_THREADS_ANY        = 3|VFIOMIG_THREADS_ANY        = 5|' backend.h

test $failed = 0 && echo "check-abi tells every change apart"
exit $failed
