# tests/model/local.mk - the protocols as models, and what they taught

if HAVE_CHECK
model_tests = \
	tests/model/end_is_told_from_deadlock

check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)

check_LTLIBRARIES += tests/model/libsmall.la
model_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
model_ldadd = tests/model/libsmall.la libvfiomig.la plugins/libbackends.la \
	$(CHECK_LIBS)

tests_model_libsmall_la_SOURCES = tests/model/small.c tests/model/small.h
tests_model_libsmall_la_CPPFLAGS = $(model_cppflags)
tests_model_end_is_told_from_deadlock_CPPFLAGS = $(model_cppflags)
tests_model_end_is_told_from_deadlock_LDADD = $(model_ldadd)
endif

EXTRA_DIST += \
	tests/model/admission.pml \
	tests/model/check.sh \
	tests/model/outgoing.pml \
	tests/model/ring.pml

check-model:
	@CC="$(CC)" $(srcdir)/tests/model/check.sh; rc=$$?; \
	    test $$rc = 77 || exit $$rc
check-model-all:
	@CC="$(CC)" $(srcdir)/tests/model/check.sh all; rc=$$?; \
	    test $$rc = 77 || exit $$rc
CHECK_ALL += check-model
HELP += "check-model        ring, admission, outgoing as models (a minute)"
HELP += "check-model-all    the same, and larger ones (20 minutes, 8 GiB)"
.PHONY: check-model check-model-all
