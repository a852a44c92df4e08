# tests/incoming/local.mk - the receiving half, whole

# Of the library's edges.
if HAVE_CHECK
edge_tests = \
	tests/incoming/dirty_calls_say_what_is_wrong \
	tests/incoming/limits_are_told
check_PROGRAMS += $(edge_tests)
TESTS += $(edge_tests)

tests_incoming_dirty_calls_say_what_is_wrong_CPPFLAGS = $(incoming_cppflags)
tests_incoming_dirty_calls_say_what_is_wrong_LDADD = $(incoming_ldadd)
tests_incoming_limits_are_told_CPPFLAGS = $(incoming_cppflags)
tests_incoming_limits_are_told_LDADD = $(incoming_ldadd)
endif

if HAVE_CHECK
incoming_tests = \
	tests/incoming/all_orders_of_four_packets_load \
	tests/incoming/any_interleaving_in_threads \
	tests/incoming/any_interleaving_loads_or_is_a_deadlock \
	tests/incoming/cancel_ends_every_wait \
	tests/incoming/channel_may_end_in_any_byte \
	tests/incoming/config_waits_and_runs_beside_others \
	tests/incoming/deadlocks_are_named \
	tests/incoming/device_ends_once \
	tests/incoming/device_writes_are_retried_and_ended \
	tests/incoming/event_loop_drives_a_migration \
	tests/incoming/failed_additions_leave_nothing \
	tests/incoming/figures_and_traces_are_true \
	tests/incoming/hello_is_checked \
	tests/incoming/main_stream_is_no_channel \
	tests/incoming/making_calls_say_what_is_wrong \
	tests/incoming/migrations_share_nothing \
	tests/incoming/missing_packets_end_the_wait \
	tests/incoming/moving_calls_say_what_is_wrong \
	tests/incoming/nearest_packets_have_memory_first \
	tests/incoming/one_commit_of_a_packet_counts \
	tests/incoming/parked_channels_go_on \
	tests/incoming/peer_sizes_no_memory \
	tests/incoming/ram_is_skipped_or_given \
	tests/incoming/resume_is_for_whole_devices \
	tests/incoming/sleepers_are_woken_once \
	tests/incoming/run_calls_say_what_is_wrong \
	tests/incoming/starved_drain_lets_all_on \
	tests/incoming/state_is_loaded_ahead

check_PROGRAMS += $(incoming_tests)
TESTS += $(incoming_tests)

incoming_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG

check_LTLIBRARIES += tests/incoming/libdest.la
tests_incoming_libdest_la_SOURCES = \
	tests/incoming/dest.c \
	tests/incoming/dest.h \
	tests/incoming/record.c \
	tests/incoming/record.h \
	tests/incoming/rules.c \
	tests/incoming/rules.h \
	tests/incoming/script.c
tests_incoming_libdest_la_CPPFLAGS = $(incoming_cppflags)

incoming_ldadd = tests/incoming/libdest.la libvfiomig.la $(CHECK_LIBS)

tests_incoming_all_orders_of_four_packets_load_CPPFLAGS = $(incoming_cppflags)
tests_incoming_all_orders_of_four_packets_load_LDADD = $(incoming_ldadd)
tests_incoming_any_interleaving_in_threads_CPPFLAGS = $(incoming_cppflags)
tests_incoming_any_interleaving_in_threads_LDADD = $(incoming_ldadd)
tests_incoming_any_interleaving_loads_or_is_a_deadlock_CPPFLAGS = $(incoming_cppflags)
tests_incoming_any_interleaving_loads_or_is_a_deadlock_LDADD = $(incoming_ldadd)
tests_incoming_cancel_ends_every_wait_CPPFLAGS = $(incoming_cppflags)
tests_incoming_cancel_ends_every_wait_LDADD = $(incoming_ldadd)
tests_incoming_channel_may_end_in_any_byte_CPPFLAGS = $(incoming_cppflags)
tests_incoming_channel_may_end_in_any_byte_LDADD = $(incoming_ldadd)
tests_incoming_config_waits_and_runs_beside_others_CPPFLAGS = $(incoming_cppflags)
tests_incoming_config_waits_and_runs_beside_others_LDADD = $(incoming_ldadd)
tests_incoming_deadlocks_are_named_CPPFLAGS = $(incoming_cppflags)
tests_incoming_deadlocks_are_named_LDADD = $(incoming_ldadd)
tests_incoming_device_ends_once_CPPFLAGS = $(incoming_cppflags)
tests_incoming_device_ends_once_LDADD = $(incoming_ldadd)
tests_incoming_device_writes_are_retried_and_ended_CPPFLAGS = $(incoming_cppflags)
tests_incoming_device_writes_are_retried_and_ended_LDADD = $(incoming_ldadd)
tests_incoming_event_loop_drives_a_migration_CPPFLAGS = $(incoming_cppflags)
tests_incoming_event_loop_drives_a_migration_LDADD = $(incoming_ldadd)
tests_incoming_failed_additions_leave_nothing_CPPFLAGS = $(incoming_cppflags)
tests_incoming_failed_additions_leave_nothing_LDADD = tests/incoming/libdest.la \
	tests/unit/libinside.la $(CHECK_LIBS)
tests_incoming_failed_additions_leave_nothing_LDFLAGS = -Wl,--wrap=pool_set_aside \
	-Wl,--wrap=reader_open -Wl,--wrap=ring_new
tests_incoming_figures_and_traces_are_true_CPPFLAGS = $(incoming_cppflags)
tests_incoming_figures_and_traces_are_true_LDADD = $(incoming_ldadd)
tests_incoming_hello_is_checked_CPPFLAGS = $(incoming_cppflags)
tests_incoming_hello_is_checked_LDADD = $(incoming_ldadd)
tests_incoming_main_stream_is_no_channel_CPPFLAGS = $(incoming_cppflags)
tests_incoming_main_stream_is_no_channel_LDADD = $(incoming_ldadd)
tests_incoming_making_calls_say_what_is_wrong_CPPFLAGS = $(incoming_cppflags)
tests_incoming_making_calls_say_what_is_wrong_LDADD = $(incoming_ldadd)
tests_incoming_migrations_share_nothing_CPPFLAGS = $(incoming_cppflags)
tests_incoming_migrations_share_nothing_LDADD = $(incoming_ldadd)
tests_incoming_missing_packets_end_the_wait_CPPFLAGS = $(incoming_cppflags)
tests_incoming_missing_packets_end_the_wait_LDADD = $(incoming_ldadd)
tests_incoming_moving_calls_say_what_is_wrong_CPPFLAGS = $(incoming_cppflags)
tests_incoming_moving_calls_say_what_is_wrong_LDADD = $(incoming_ldadd)
tests_incoming_nearest_packets_have_memory_first_CPPFLAGS = $(incoming_cppflags)
tests_incoming_nearest_packets_have_memory_first_LDADD = $(incoming_ldadd)
tests_incoming_one_commit_of_a_packet_counts_CPPFLAGS = $(incoming_cppflags)
tests_incoming_one_commit_of_a_packet_counts_LDADD = $(incoming_ldadd)
tests_incoming_parked_channels_go_on_CPPFLAGS = $(incoming_cppflags)
tests_incoming_parked_channels_go_on_LDADD = $(incoming_ldadd)
tests_incoming_peer_sizes_no_memory_CPPFLAGS = $(incoming_cppflags)
tests_incoming_peer_sizes_no_memory_LDADD = $(incoming_ldadd)
tests_incoming_ram_is_skipped_or_given_CPPFLAGS = $(incoming_cppflags)
tests_incoming_ram_is_skipped_or_given_LDADD = $(incoming_ldadd)
tests_incoming_resume_is_for_whole_devices_CPPFLAGS = $(incoming_cppflags)
tests_incoming_resume_is_for_whole_devices_LDADD = $(incoming_ldadd)
tests_incoming_sleepers_are_woken_once_CPPFLAGS = $(incoming_cppflags)
tests_incoming_sleepers_are_woken_once_LDADD = $(incoming_ldadd)
tests_incoming_run_calls_say_what_is_wrong_CPPFLAGS = $(incoming_cppflags)
tests_incoming_run_calls_say_what_is_wrong_LDADD = $(incoming_ldadd)
tests_incoming_starved_drain_lets_all_on_CPPFLAGS = $(incoming_cppflags)
tests_incoming_starved_drain_lets_all_on_LDADD = tests/incoming/libdest.la \
	tests/unit/libinside.la $(CHECK_LIBS)
tests_incoming_starved_drain_lets_all_on_LDFLAGS = -Wl,--wrap=waiter_arm
tests_incoming_state_is_loaded_ahead_CPPFLAGS = $(incoming_cppflags)
tests_incoming_state_is_loaded_ahead_LDADD = $(incoming_ldadd)
endif

TESTS += tests/incoming/every_code_is_provoked.sh
EXTRA_DIST += tests/incoming/every_code_is_provoked.sh
