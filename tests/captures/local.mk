# tests/captures/local.mk - migrations of a real QEMU, byte for byte

EXTRA_DIST += \
	tests/captures/EXPECTED \
	tests/captures/README \
	tests/captures/one-device-2ch/chan00.bin \
	tests/captures/one-device-2ch/chan01.bin \
	tests/captures/one-device-2ch/chan02.bin \
	tests/captures/two-devices-4ch/chan00.bin \
	tests/captures/two-devices-4ch/chan01.bin \
	tests/captures/two-devices-4ch/chan02.bin \
	tests/captures/two-devices-4ch/chan03.bin \
	tests/captures/two-devices-4ch/chan04.bin

# What is tested with them from outside, and the parts that need them not.
capture_tests = \
	tests/tool/inspect_accounts_for_every_byte.sh \
	tests/tool/inspect_finds_the_first_fault.sh \
	tests/tool/pictures_are_whole.sh \
	tests/tool/replay_ends_with_the_right_digests.sh \
	tests/tool/replay_names_what_is_wrong.sh \
	tests/tool/trace_pairs_all_events.sh
TESTS += $(capture_tests)
EXTRA_DIST += $(capture_tests) tests/tool/recordings.sh tests/tool/suite.h

if HAVE_CHECK
capture_programs = \
	tests/tool/sha256_agrees_with_fips \
	tests/tool/spans_end_what_began
check_PROGRAMS += $(capture_programs)
TESTS += $(capture_programs)
capture_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
tests_tool_sha256_agrees_with_fips_SOURCES = \
	tests/tool/sha256_agrees_with_fips.c tools/sha256.c
tests_tool_sha256_agrees_with_fips_CPPFLAGS = $(capture_cppflags)
tests_tool_sha256_agrees_with_fips_LDADD = $(CHECK_LIBS)
tests_tool_spans_end_what_began_SOURCES = \
	tests/tool/spans_end_what_began.c tools/events.c tools/spans.c
tests_tool_spans_end_what_began_CPPFLAGS = $(capture_cppflags)
tests_tool_spans_end_what_began_LDADD = $(CHECK_LIBS)
endif
