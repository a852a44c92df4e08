# tests/abi/local.mk - that backends of other releases load, and that what is
# none is refused

if HAVE_CHECK
abi_tests = \
	tests/abi/backend_of_the_first_release_loads \
	tests/abi/backend_of_the_first_release_saves \
	tests/abi/backends_are_adopted_or_refused \
	tests/abi/version_is_compared_by_parts

check_PROGRAMS += $(abi_tests)
TESTS += $(abi_tests)

abi_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -UNDEBUG \
	-DMODULES='"$(abs_top_builddir)/tests/abi/.libs"' \
	-DSHIPPED='"$(abs_top_builddir)/plugins"'
abi_ldadd = libvfiomig.la plugins/libbackends.la $(CHECK_LIBS)

tests_abi_backend_of_the_first_release_loads_CPPFLAGS = $(abi_cppflags)
tests_abi_backend_of_the_first_release_loads_LDADD = $(abi_ldadd)
tests_abi_backend_of_the_first_release_saves_CPPFLAGS = $(abi_cppflags)
tests_abi_backend_of_the_first_release_saves_LDADD = $(abi_ldadd)
tests_abi_backends_are_adopted_or_refused_CPPFLAGS = $(abi_cppflags)
tests_abi_backends_are_adopted_or_refused_LDADD = $(abi_ldadd)
tests_abi_version_is_compared_by_parts_CPPFLAGS = $(abi_cppflags)
tests_abi_version_is_compared_by_parts_LDADD = $(abi_ldadd)

# Modules: never installed, but shared (-rpath).
abi_ldflags = -module -avoid-version -shared -rpath /nowhere

check_LTLIBRARIES += \
	tests/abi/first.la \
	tests/abi/stranger.la \
	tests/abi/vice_api.la \
	tests/abi/vice_future.la \
	tests/abi/vice_missing.la \
	tests/abi/vice_namesake.la \
	tests/abi/vice_none.la \
	tests/abi/vice_null.la \
	tests/abi/vice_past.la \
	tests/abi/vice_shrank.la \
	tests/abi/vice_threads.la \
	tests/abi/vice_undefined.la \
	tests/abi/vice_unnamed.la

tests_abi_first_la_SOURCES = tests/abi/first.c
tests_abi_first_la_LDFLAGS = $(abi_ldflags)
tests_abi_stranger_la_SOURCES = tests/abi/stranger.c
tests_abi_stranger_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_api_la_SOURCES = tests/abi/vice.c
tests_abi_vice_api_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_API -DVICE_NAME='"vice-api"'
tests_abi_vice_api_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_future_la_SOURCES = tests/abi/vice.c
tests_abi_vice_future_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_FUTURE -DVICE_NAME='"vice-future"'
tests_abi_vice_future_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_missing_la_SOURCES = tests/abi/vice.c
tests_abi_vice_missing_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_MISSING -DVICE_NAME='"vice-missing"'
tests_abi_vice_missing_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_namesake_la_SOURCES = tests/abi/vice.c
tests_abi_vice_namesake_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_NAMESAKE -DVICE_NAME='"vice-none"'
tests_abi_vice_namesake_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_none_la_SOURCES = tests/abi/vice.c
tests_abi_vice_none_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_NONE -DVICE_NAME='"vice-none"'
tests_abi_vice_none_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_null_la_SOURCES = tests/abi/vice.c
tests_abi_vice_null_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_NULL -DVICE_NAME='"vice-null"'
tests_abi_vice_null_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_past_la_SOURCES = tests/abi/vice.c
tests_abi_vice_past_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_PAST -DVICE_NAME='"vice-past"'
tests_abi_vice_past_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_shrank_la_SOURCES = tests/abi/vice.c
tests_abi_vice_shrank_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_SHRANK -DVICE_NAME='"vice-shrank"'
tests_abi_vice_shrank_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_threads_la_SOURCES = tests/abi/vice.c
tests_abi_vice_threads_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_THREADS -DVICE_NAME='"vice-threads"'
tests_abi_vice_threads_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_undefined_la_SOURCES = tests/abi/vice.c
tests_abi_vice_undefined_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_UNDEFINED -DVICE_NAME='"vice-undefined"'
tests_abi_vice_undefined_la_LDFLAGS = $(abi_ldflags)
tests_abi_vice_unnamed_la_SOURCES = tests/abi/vice.c
tests_abi_vice_unnamed_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVICE_UNNAMED -DVICE_NAME='"vice-unnamed"'
tests_abi_vice_unnamed_la_LDFLAGS = $(abi_ldflags)
endif

# Against what programs and backends were built with (libvfiomig.abi).
TESTS += \
	tests/abi/check-abi.sh \
	tests/abi/check-abi-can-fail.sh

check-abi: libvfiomig.la
	$(srcdir)/tests/abi/check-abi.sh
	$(srcdir)/tests/abi/check-abi-can-fail.sh
record-abi: libvfiomig.la
	$(srcdir)/tests/abi/check-abi.sh --record
HELP += "check-abi          what was built against the headers still fits (seconds)"
HELP += "record-abi         at a release: keep the ABI as it is now (seconds)"
.PHONY: check-abi record-abi

EXTRA_DIST += \
	tests/abi/check-abi-can-fail.sh \
	tests/abi/check-abi.sh \
	tests/abi/libvfiomig.abi \
	tests/abi/modules.h
