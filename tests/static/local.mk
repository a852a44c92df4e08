# tests/static/local.mk - what compilers and checkers say without running it

EXTRA_DIST += \
	tests/static/check.sh \
	tests/static/clang-tidy.yml \
	tests/static/cppcheck.txt \
	tests/static/planted.c \
	tests/static/valgrind.sh

check-static: include/vfiomig/version.h
	@SRCDIR=$(srcdir) BUILDDIR=. $(srcdir)/tests/static/check.sh
check-valgrind: $(check_PROGRAMS) $(check_LTLIBRARIES)
	@VALGRIND="$(VALGRIND)" SRCDIR=$(srcdir) $(srcdir)/tests/static/valgrind.sh \
	    $(check_PROGRAMS)
HELP += "check-static       clang-tidy, cppcheck, scan-build, -fanalyzer (two minutes)"
HELP += "check-valgrind     the suite under memcheck (half an hour)"
.PHONY: check-static check-valgrind
