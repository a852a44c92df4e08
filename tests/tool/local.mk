# tests/tool/local.mk - the vfiomig program, from outside

tool_scripts = \
	tests/tool/demo_keeps_its_budget.sh \
	tests/tool/demo_verifies_every_byte.sh \
	tests/tool/probe_says_what_a_device_can.sh \
	tests/tool/qemu_streams_are_received.sh \
	tests/tool/send_reaches_receive.sh \
	tests/tool/silent_peers_are_given_up.sh \
	tests/tool/snapshot_is_loaded_whole.sh \
	tests/tool/source_has_to_let_go.sh \
	tests/tool/wrong_command_lines_are_refused.sh

TESTS += $(tool_scripts)
EXTRA_DIST += $(tool_scripts) tests/tool/functions.sh

check_PROGRAMS += tests/tool/peer tests/tool/killed_sides_harm_nobody
TESTS += tests/tool/killed_sides_harm_nobody

HELP += "check-kill         SIGKILL of either side at 200 moments each (1 min)"
check-kill: tools/vfiomig tests/tool/killed_sides_harm_nobody
	@rc=0; for seed in 2 3; do \
		KILLS=100 SEED=$$seed tests/tool/killed_sides_harm_nobody & \
		pids="$$pids $$!"; \
	done; \
	for pid in $$pids; do wait $$pid || rc=1; done; \
	test $$rc -eq 0 && verdict=PASS || verdict=FAIL; \
	echo "$$verdict: killed_sides_harm_nobody, 200 of each"; exit $$rc
.PHONY: check-kill
CHECK_ALL += check-kill

HELP += "check-netns        moves between two network namespaces, as root (20 s)"
check-netns: tools/vfiomig
	@srcdir="$(srcdir)" $(srcdir)/tests/tool/check-netns.sh
.PHONY: check-netns
CHECK_ALL += check-netns
EXTRA_DIST += tests/tool/check-netns.sh

# Of the parts that need nothing else.
if HAVE_CHECK
tool_part_tests = \
	tests/tool/main_stream_is_read_with_care \
	tests/tool/main_stream_yields_precopy
check_PROGRAMS += $(tool_part_tests)
TESTS += $(tool_part_tests)

tool_part_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
mainstream_sources = tools/mainstream.c tools/section.c

tests_tool_main_stream_is_read_with_care_SOURCES = \
	tests/tool/main_stream_is_read_with_care.c $(mainstream_sources)
tests_tool_main_stream_is_read_with_care_CPPFLAGS = $(tool_part_cppflags)
tests_tool_main_stream_is_read_with_care_LDADD = $(CHECK_LIBS)
tests_tool_main_stream_yields_precopy_SOURCES = \
	tests/tool/main_stream_yields_precopy.c tests/tool/captures.h \
	$(mainstream_sources)
tests_tool_main_stream_yields_precopy_CPPFLAGS = $(tool_part_cppflags)
tests_tool_main_stream_yields_precopy_LDADD = $(CHECK_LIBS)
endif
