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

# A source that means harm, as a program, against the receiver of the tool.
check_PROGRAMS += tests/hostile/hostile
tests_hostile_hostile_SOURCES = \
	tests/hostile/attacks.c \
	tests/hostile/attacks.h \
	tests/hostile/hostile.c \
	tests/hostile/link.c \
	tests/hostile/link.h
tests_hostile_hostile_LDADD = tests/hostile/libpeer.la

HOSTILE_SECONDS = 60
HELP += "hostile            a hostile source, HOSTILE_SECONDS=60 an attack (35 minutes)"
hostile: tests/hostile/hostile tools/vfiomig
	@tests/hostile/hostile tools/vfiomig $(HOSTILE_SECONDS) $(HOSTILE_ONLY)

HELP += "check-hostile      the same in short (half a minute)"
check-hostile: tests/hostile/hostile tools/vfiomig
	@tests/hostile/hostile tools/vfiomig 0.2
CHECK_ALL += check-hostile
.PHONY: hostile check-hostile
