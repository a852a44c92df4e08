# tests/static/local.mk - what compilers and checkers say without running it

EXTRA_DIST += \
	tests/static/check.sh \
	tests/static/clang-tidy.yml \
	tests/static/cppcheck.txt \
	tests/static/planted.c

check-static: include/vfiomig/version.h
	@SRCDIR=$(srcdir) BUILDDIR=. $(srcdir)/tests/static/check.sh
HELP += "check-static       clang-tidy, cppcheck, scan-build, -fanalyzer (two minutes)"
.PHONY: check-static
