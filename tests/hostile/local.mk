# tests/hostile/local.mk - what a peer that means harm can and cannot do

if HAVE_CHECK
hostile_tests = \
	tests/hostile/failed_load_names_no_file \
	tests/hostile/peer_cannot_forge_a_log_line \
	tests/hostile/peer_cannot_hide_a_packet_beyond_the_end \
	tests/hostile/peer_cannot_touch_a_running_guest

check_PROGRAMS += $(hostile_tests)
TESTS += $(hostile_tests)

hostile_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
hostile_ldadd = tests/hostile/libpeer.la libvfiomig.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_hostile_failed_load_names_no_file_CPPFLAGS = $(hostile_cppflags)
tests_hostile_failed_load_names_no_file_LDADD = $(hostile_ldadd)
tests_hostile_peer_cannot_forge_a_log_line_CPPFLAGS = $(hostile_cppflags)
tests_hostile_peer_cannot_forge_a_log_line_LDADD = $(hostile_ldadd)
tests_hostile_peer_cannot_hide_a_packet_beyond_the_end_CPPFLAGS = $(hostile_cppflags)
tests_hostile_peer_cannot_hide_a_packet_beyond_the_end_LDADD = $(hostile_ldadd)
tests_hostile_peer_cannot_touch_a_running_guest_CPPFLAGS = $(hostile_cppflags)
tests_hostile_peer_cannot_touch_a_running_guest_LDADD = $(hostile_ldadd)
endif

check_LTLIBRARIES += tests/hostile/libpeer.la
tests_hostile_libpeer_la_SOURCES = tests/hostile/peer.c tests/hostile/peer.h
EXTRA_DIST += tests/hostile/target.h
