#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each installed header compiles alone, twice, in C99 and later and in C++11
# and later, without a word from the compiler.
. "${srcdir:-.}/tests/install/install.sh"

cflags=$(pkg-config --cflags libvfiomig)
warn="-Wall -Wextra -pedantic -Wundef -Werror"
# try COMPILER FILE: the compiler is words
try()
{
	$1 $warn $cflags -fsyntax-only "$2" || fail "$1: $2"
}

for header in vfiomig stats trace version backend; do
	{ echo "#define VFIOMIG_BACKEND_API 1"
	  echo "#include <vfiomig/$header.h>"
	  echo "#include <vfiomig/$header.h>"
	  echo "int main(void) { return 0; }"; } >"$work/$header.c"
	cp "$work/$header.c" "$work/$header.cc"
	for compiler in "${CC:-cc}" gcc clang; do
		$compiler --version >/dev/null 2>&1 || continue
		for std in c99 c11 gnu17; do
			try "$compiler -std=$std -Wshadow -Wstrict-prototypes" \
				"$work/$header.c"
		done
	done
	for compiler in "${CXX:-c++}" g++ clang++; do
		$compiler --version >/dev/null 2>&1 || continue
		for std in c++11 c++17; do
			try "$compiler -std=$std" "$work/$header.cc"
		done
	done
done

# C++ programs link: the names are C's.
if ${CXX:-c++} --version >/dev/null 2>&1; then
	cat >"$work/link.cc" <<-'END'
	#include <vfiomig/vfiomig.h>
	int main() { return !vfiomig_version_at_least(0, 1, 0); }
	END
	${CXX:-c++} -std=c++11 "$work/link.cc" $cflags \
		$(pkg-config --libs libvfiomig) -o "$work/link" &&
		"$work/link" || fail "a C++ program does not link and run"
fi

# Without the number of the ABI, backend.h refuses.
echo "#include <vfiomig/backend.h>" >"$work/no-api.c"
! ${CC:-cc} $cflags -fsyntax-only "$work/no-api.c" 2>/dev/null ||
	fail "backend.h compiles without VFIOMIG_BACKEND_API"
