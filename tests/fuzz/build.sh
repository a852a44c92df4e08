# SPDX-License-Identifier: BSD-3-Clause
#
# build.sh - for sourcing: the library, the backends and a target, compiled
# with a fuzzer's own compiler and flags
#
#	fuzz_library CC "FLAGS" FOLDER		FOLDER/library.a
#	fuzz_program CC "FLAGS" FOLDER NAME "SOURCES"	FOLDER/NAME
#
# Paths are from the build folder; $srcdir is the source folder.

fuzz_flags() {
	echo "-std=gnu11 -g -w -I$srcdir -I$srcdir/include -Iinclude" \
	    -DVFIOMIG_BACKEND_STATIC
}

# A library source file in, the object's name out: lib/ring.c, lib-ring.o
fuzz_object() {
	echo "$1" | sed 's,/,-,g; s,c$,o,'
}

# What both the library and the backends call say() gets two names.
fuzz_library() {
	mkdir -p "$3"
	(cd "$srcdir" && echo lib/*.c plugins/*.c plugins/*/*.c) |
	    tr ' ' '\n' | while read -r file; do
		rename=
		case $file in plugins/*) rename=-Dsay=plugin_say ;; esac
		printf '%s %s/%s ' "$rename" "$srcdir" "$file"
		printf -- '-o %s/%s\n' "$3" "$(fuzz_object "$file")"
	done >"$3/list"
	defines="-DVFIOMIG_BACKENDDIR='\"/nonexistent\"'"
	xargs -P 2 -I '{}' sh -c "$1 $(fuzz_flags) $2 $defines -c {}" \
	    <"$3/list" || return 1
	rm -f "$3/library.a"
	ar rc "$3/library.a" "$3"/lib-*.o "$3"/plugins-*.o
}

# A target's own sources, with main.c or without, before the library; each an
# object FOLDER/NAME-... of its own, as coverage goes by the objects' names.
fuzz_program() {
	parts=
	for file in $5; do
		case $file in
		*.h | lib/* | plugins/*)	continue ;;
		esac
		part=$3/$4-$(fuzz_object "$file")
		# shellcheck disable=SC2046,SC2086
		$1 $(fuzz_flags) $2 -c "$srcdir/$file" -o "$part" || return 1
		parts="$parts $part"
	done
	# shellcheck disable=SC2086
	$1 $2 $parts "$3/library.a" -o "$3/$4" -lpthread -ldl
}
