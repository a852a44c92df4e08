# tests/unit/local.mk - the leaves, each object alone under its test

EXTRA_DIST += tests/unit/suite.h

# The library with its inner names: for tests that look at, or stand in for,
# a single function of it.
check_LTLIBRARIES += tests/unit/libinside.la
tests_unit_libinside_la_SOURCES = $(lib_sources)
tests_unit_libinside_la_CPPFLAGS = $(lib_cppflags) -UNDEBUG

if HAVE_CHECK
unit_tests = \
	tests/unit/admission_finds_the_last_to_wait \
	tests/unit/idle_channels_are_woken_as_needed \
	tests/unit/pool_blocks_never_overlap \
	tests/unit/pool_left_is_never_too_low \
	tests/unit/pool_never_passes_its_budget \
	tests/unit/pool_tells_who_gives_of_the_parked \
	tests/unit/queue_gives_in_line \
	tests/unit/registration_without_memory_is_refused \
	tests/unit/ring_gives_back_in_order \
	tests/unit/ring_keeps_all_of_many_inserters \
	tests/unit/ring_keeps_early_packets_out \
	tests/unit/ring_refuses_repeated_packets \
	tests/unit/ring_tells_the_awaited_packet \
	tests/unit/waiter_loses_no_wake_up \
	tests/unit/wire_bytes_are_those_of_qemu \
	tests/unit/wire_refuses_every_wrong_field

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG

tests_unit_admission_finds_the_last_to_wait_SOURCES = tests/unit/admission_finds_the_last_to_wait.c lib/admission.c
tests_unit_admission_finds_the_last_to_wait_CPPFLAGS = $(unit_cppflags)
tests_unit_admission_finds_the_last_to_wait_LDADD = $(CHECK_LIBS)

tests_unit_idle_channels_are_woken_as_needed_CPPFLAGS = $(unit_cppflags)
tests_unit_idle_channels_are_woken_as_needed_LDADD = tests/unit/libinside.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_unit_pool_blocks_never_overlap_SOURCES = tests/unit/pool_blocks_never_overlap.c lib/pool.c
tests_unit_pool_blocks_never_overlap_CPPFLAGS = $(unit_cppflags)
tests_unit_pool_blocks_never_overlap_LDADD = $(CHECK_LIBS)

tests_unit_pool_left_is_never_too_low_SOURCES = tests/unit/pool_left_is_never_too_low.c lib/pool.c
tests_unit_pool_left_is_never_too_low_CPPFLAGS = $(unit_cppflags)
tests_unit_pool_left_is_never_too_low_LDADD = $(CHECK_LIBS)

tests_unit_pool_never_passes_its_budget_SOURCES = tests/unit/pool_never_passes_its_budget.c lib/pool.c
tests_unit_pool_never_passes_its_budget_CPPFLAGS = $(unit_cppflags)
tests_unit_pool_never_passes_its_budget_LDADD = $(CHECK_LIBS)

tests_unit_pool_tells_who_gives_of_the_parked_SOURCES = tests/unit/pool_tells_who_gives_of_the_parked.c lib/pool.c
tests_unit_pool_tells_who_gives_of_the_parked_CPPFLAGS = $(unit_cppflags)
tests_unit_pool_tells_who_gives_of_the_parked_LDADD = $(CHECK_LIBS)

tests_unit_queue_gives_in_line_SOURCES = tests/unit/queue_gives_in_line.c lib/queue.c
tests_unit_queue_gives_in_line_CPPFLAGS = $(unit_cppflags)
tests_unit_queue_gives_in_line_LDADD = $(CHECK_LIBS)

tests_unit_registration_without_memory_is_refused_CPPFLAGS = $(unit_cppflags)
tests_unit_registration_without_memory_is_refused_LDFLAGS = -Wl,--wrap=calloc
tests_unit_registration_without_memory_is_refused_LDADD = \
	tests/unit/libinside.la plugins/libbackends.la $(CHECK_LIBS)

tests_unit_ring_gives_back_in_order_SOURCES = tests/unit/ring_gives_back_in_order.c lib/ring.c
tests_unit_ring_gives_back_in_order_CPPFLAGS = $(unit_cppflags)
tests_unit_ring_gives_back_in_order_LDADD = $(CHECK_LIBS)

tests_unit_ring_keeps_all_of_many_inserters_SOURCES = tests/unit/ring_keeps_all_of_many_inserters.c lib/ring.c
tests_unit_ring_keeps_all_of_many_inserters_CPPFLAGS = $(unit_cppflags)
tests_unit_ring_keeps_all_of_many_inserters_LDADD = $(CHECK_LIBS)

tests_unit_ring_keeps_early_packets_out_SOURCES = tests/unit/ring_keeps_early_packets_out.c lib/ring.c
tests_unit_ring_keeps_early_packets_out_CPPFLAGS = $(unit_cppflags)
tests_unit_ring_keeps_early_packets_out_LDADD = $(CHECK_LIBS)

tests_unit_ring_refuses_repeated_packets_SOURCES = tests/unit/ring_refuses_repeated_packets.c lib/ring.c
tests_unit_ring_refuses_repeated_packets_CPPFLAGS = $(unit_cppflags)
tests_unit_ring_refuses_repeated_packets_LDADD = $(CHECK_LIBS)

tests_unit_ring_tells_the_awaited_packet_SOURCES = tests/unit/ring_tells_the_awaited_packet.c lib/ring.c
tests_unit_ring_tells_the_awaited_packet_CPPFLAGS = $(unit_cppflags)
tests_unit_ring_tells_the_awaited_packet_LDADD = $(CHECK_LIBS)

tests_unit_waiter_loses_no_wake_up_SOURCES = tests/unit/waiter_loses_no_wake_up.c lib/waiter.c
tests_unit_waiter_loses_no_wake_up_CPPFLAGS = $(unit_cppflags)
tests_unit_waiter_loses_no_wake_up_LDADD = $(CHECK_LIBS)

tests_unit_wire_bytes_are_those_of_qemu_SOURCES = tests/unit/wire_bytes_are_those_of_qemu.c lib/wire.c
tests_unit_wire_bytes_are_those_of_qemu_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_bytes_are_those_of_qemu_LDADD = $(CHECK_LIBS)

tests_unit_wire_refuses_every_wrong_field_SOURCES = tests/unit/wire_refuses_every_wrong_field.c lib/wire.c
tests_unit_wire_refuses_every_wrong_field_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_refuses_every_wrong_field_LDADD = $(CHECK_LIBS)
endif
