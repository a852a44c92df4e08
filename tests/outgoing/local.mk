# tests/outgoing/local.mk - the sending half, and both halves together

if HAVE_CHECK
outgoing_tests = \
	tests/outgoing/corruption_is_noticed \
	tests/outgoing/devices_move_together \
	tests/outgoing/failure_leaves_devices_safe \
	tests/outgoing/fill_waits_for_room_for_the_config \
	tests/outgoing/fills_share_channels \
	tests/outgoing/outgoing_calls_say_what_is_wrong \
	tests/outgoing/packets_are_lent \
	tests/outgoing/precopy_is_part_of_the_stream \
	tests/outgoing/recovery_climbs_its_ladder \
	tests/outgoing/small_packets_go_together \
	tests/outgoing/source_copies_nothing \
	tests/outgoing/source_sends_all \
	tests/outgoing/source_sends_qemus_bytes \
	tests/outgoing/waiting_channels_are_told

check_PROGRAMS += $(outgoing_tests)
TESTS += $(outgoing_tests)

check_LTLIBRARIES += tests/outgoing/libpair.la
tests_outgoing_libpair_la_SOURCES = \
	tests/outgoing/pair.c \
	tests/outgoing/pair.h \
	tests/outgoing/seed.h \
	tests/outgoing/spool.c \
	tests/outgoing/spool.h \
	tests/outgoing/suite.h \
	tests/outgoing/tape.c \
	tests/outgoing/tape.h
tests_outgoing_libpair_la_CPPFLAGS = $(outgoing_cppflags)

outgoing_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
outgoing_ldadd = tests/outgoing/libpair.la libvfiomig.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_outgoing_corruption_is_noticed_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_corruption_is_noticed_LDADD = $(outgoing_ldadd)
tests_outgoing_small_packets_go_together_SOURCES = \
	lib/wire.c \
	tests/outgoing/small_packets_go_together.c
tests_outgoing_small_packets_go_together_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_small_packets_go_together_LDADD = $(outgoing_ldadd)
tests_outgoing_source_sends_all_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_source_sends_all_LDADD = $(outgoing_ldadd)
tests_outgoing_waiting_channels_are_told_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_waiting_channels_are_told_LDADD = $(outgoing_ldadd)
tests_outgoing_failure_leaves_devices_safe_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_failure_leaves_devices_safe_LDADD = $(outgoing_ldadd)
tests_outgoing_source_copies_nothing_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_source_copies_nothing_LDADD = $(outgoing_ldadd)
tests_outgoing_packets_are_lent_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_packets_are_lent_LDADD = $(outgoing_ldadd)
tests_outgoing_outgoing_calls_say_what_is_wrong_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_outgoing_calls_say_what_is_wrong_LDADD = $(outgoing_ldadd)
tests_outgoing_devices_move_together_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_devices_move_together_LDADD = $(outgoing_ldadd)
tests_outgoing_fill_waits_for_room_for_the_config_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_fill_waits_for_room_for_the_config_LDADD = $(outgoing_ldadd)
tests_outgoing_fills_share_channels_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_fills_share_channels_LDADD = $(outgoing_ldadd)
tests_outgoing_source_sends_qemus_bytes_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_source_sends_qemus_bytes_LDADD = $(outgoing_ldadd)
tests_outgoing_precopy_is_part_of_the_stream_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_precopy_is_part_of_the_stream_LDADD = $(outgoing_ldadd)
tests_outgoing_recovery_climbs_its_ladder_CPPFLAGS = $(outgoing_cppflags)
tests_outgoing_recovery_climbs_its_ladder_LDADD = $(outgoing_ldadd)
endif
