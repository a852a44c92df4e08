# tests/incoming/local.mk - the receiving half, whole

# Of the library's edges.
if HAVE_CHECK
edge_tests = \
	tests/incoming/dirty_calls_say_what_is_wrong \
	tests/incoming/limits_are_told
check_PROGRAMS += $(edge_tests)
TESTS += $(edge_tests)

tests_incoming_dirty_calls_say_what_is_wrong_CPPFLAGS = $(incoming_cppflags)
tests_incoming_dirty_calls_say_what_is_wrong_LDADD = libvfiomig.la $(CHECK_LIBS)
tests_incoming_limits_are_told_CPPFLAGS = $(incoming_cppflags)
tests_incoming_limits_are_told_LDADD = $(incoming_ldadd)
endif

if HAVE_CHECK
incoming_tests = \
	tests/incoming/all_orders_of_four_packets_load \
	tests/incoming/device_ends_once \
	tests/incoming/device_writes_are_retried_and_ended \
	tests/incoming/hello_is_checked \
	tests/incoming/missing_packets_end_the_wait \
	tests/incoming/peer_sizes_no_memory

check_PROGRAMS += $(incoming_tests)
TESTS += $(incoming_tests)

incoming_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG

check_LTLIBRARIES += tests/incoming/libdest.la
tests_incoming_libdest_la_SOURCES = \
	tests/incoming/dest.c \
	tests/incoming/dest.h \
	tests/incoming/record.c \
	tests/incoming/record.h \
	tests/incoming/script.c
tests_incoming_libdest_la_CPPFLAGS = $(incoming_cppflags)

incoming_ldadd = tests/incoming/libdest.la libvfiomig.la $(CHECK_LIBS)

tests_incoming_all_orders_of_four_packets_load_CPPFLAGS = $(incoming_cppflags)
tests_incoming_all_orders_of_four_packets_load_LDADD = $(incoming_ldadd)
tests_incoming_device_ends_once_CPPFLAGS = $(incoming_cppflags)
tests_incoming_device_ends_once_LDADD = $(incoming_ldadd)
tests_incoming_device_writes_are_retried_and_ended_CPPFLAGS = $(incoming_cppflags)
tests_incoming_device_writes_are_retried_and_ended_LDADD = $(incoming_ldadd)
tests_incoming_hello_is_checked_CPPFLAGS = $(incoming_cppflags)
tests_incoming_hello_is_checked_LDADD = $(incoming_ldadd)
tests_incoming_missing_packets_end_the_wait_CPPFLAGS = $(incoming_cppflags)
tests_incoming_missing_packets_end_the_wait_LDADD = $(incoming_ldadd)
tests_incoming_peer_sizes_no_memory_CPPFLAGS = $(incoming_cppflags)
tests_incoming_peer_sizes_no_memory_LDADD = $(incoming_ldadd)
endif
