# tests/vfio/local.mk - the vfio backend on a kernel made of software

if HAVE_CHECK
vfio_tests = \
	tests/vfio/vfio_asks_only_for_ways_that_exist \
	tests/vfio/vfio_climbs_the_recovery_ladder \
	tests/vfio/vfio_does_without_what_is_absent \
	tests/vfio/vfio_errors_come_through \
	tests/vfio/vfio_keeps_the_record_of_dirty_pages \
	tests/vfio/vfio_refuses_headers_that_ask_too_much \
	tests/vfio/vfio_writes_in_pieces_the_drivers_bear
check_PROGRAMS += $(vfio_tests) tests/vfio/vfio_calls_are_not_interrupted
TESTS += $(vfio_tests) tests/vfio/vfio_calls_are_not_interrupted

check_LTLIBRARIES += tests/vfio/libkernel.la
tests_vfio_libkernel_la_SOURCES = $(vfio_sources) \
	tests/vfio/kernel.c tests/vfio/kernel.h
tests_vfio_libkernel_la_CPPFLAGS = $(AM_CPPFLAGS) -DVFIOMIG_BACKEND_STATIC \
	-UNDEBUG $(CHECK_CFLAGS)

vfio_test_flags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -UNDEBUG
vfio_test_libs = tests/vfio/libkernel.la plugins/libsupport.la $(CHECK_LIBS)
tests_vfio_vfio_asks_only_for_ways_that_exist_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_asks_only_for_ways_that_exist_LDADD = $(vfio_test_libs)
tests_vfio_vfio_climbs_the_recovery_ladder_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_climbs_the_recovery_ladder_LDADD = $(vfio_test_libs)
tests_vfio_vfio_does_without_what_is_absent_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_does_without_what_is_absent_LDADD = $(vfio_test_libs)
tests_vfio_vfio_errors_come_through_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_errors_come_through_LDADD = $(vfio_test_libs)
tests_vfio_vfio_keeps_the_record_of_dirty_pages_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_keeps_the_record_of_dirty_pages_LDADD = $(vfio_test_libs)
tests_vfio_vfio_refuses_headers_that_ask_too_much_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_refuses_headers_that_ask_too_much_LDADD = $(vfio_test_libs)
tests_vfio_vfio_writes_in_pieces_the_drivers_bear_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_writes_in_pieces_the_drivers_bear_LDADD = $(vfio_test_libs)
tests_vfio_vfio_calls_are_not_interrupted_SOURCES = \
	tests/vfio/vfio_calls_are_not_interrupted.c plugins/vfio/sys.c
tests_vfio_vfio_calls_are_not_interrupted_CPPFLAGS = $(vfio_test_flags)
tests_vfio_vfio_calls_are_not_interrupted_LDADD = $(CHECK_LIBS)
endif

TESTS += tests/vfio/manual_names_every_parameter.sh
EXTRA_DIST += tests/vfio/manual_names_every_parameter.sh
