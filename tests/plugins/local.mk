# tests/plugins/local.mk - the backends, called as the library calls them

if HAVE_CHECK
plugin_tests = \
	tests/plugins/calls_that_make_no_sense_are_refused \
	tests/plugins/file_names_only_whole_loads \
	tests/plugins/null_eats_everything \
	tests/plugins/open_without_memory_leaves_nothing \
	tests/plugins/params_are_read_whole_or_refused \
	tests/plugins/sim_checks_every_byte \
	tests/plugins/sim_fails_where_it_is_told \
	tests/plugins/sim_keeps_time \
	tests/plugins/sim_knows_its_dirty_pages \
	tests/plugins/sim_lets_one_call_in \
	tests/plugins/sim_sends_its_stream_once \
	tests/plugins/sim_walks_as_the_kernel_does

check_PROGRAMS += $(plugin_tests)
TESTS += $(plugin_tests)

plugin_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -UNDEBUG
plugin_ldadd = plugins/libbackends.la $(CHECK_LIBS)

tests_plugins_calls_that_make_no_sense_are_refused_CPPFLAGS = $(plugin_cppflags)
tests_plugins_calls_that_make_no_sense_are_refused_LDADD = $(plugin_ldadd)
tests_plugins_file_names_only_whole_loads_CPPFLAGS = $(plugin_cppflags)
tests_plugins_file_names_only_whole_loads_LDADD = $(plugin_ldadd)
tests_plugins_null_eats_everything_CPPFLAGS = $(plugin_cppflags)
tests_plugins_null_eats_everything_LDADD = $(plugin_ldadd)
tests_plugins_open_without_memory_leaves_nothing_CPPFLAGS = $(plugin_cppflags)
tests_plugins_open_without_memory_leaves_nothing_LDFLAGS = \
	-Wl,--wrap=calloc -Wl,--wrap=malloc -Wl,--wrap=free
tests_plugins_open_without_memory_leaves_nothing_LDADD = \
	tests/vfio-user/libserver.la $(plugin_ldadd)
tests_plugins_params_are_read_whole_or_refused_CPPFLAGS = $(plugin_cppflags)
tests_plugins_params_are_read_whole_or_refused_LDADD = $(plugin_ldadd)
tests_plugins_sim_checks_every_byte_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_checks_every_byte_LDADD = $(plugin_ldadd)
tests_plugins_sim_fails_where_it_is_told_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_fails_where_it_is_told_LDADD = $(plugin_ldadd)
tests_plugins_sim_keeps_time_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_keeps_time_LDADD = $(plugin_ldadd)
tests_plugins_sim_knows_its_dirty_pages_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_knows_its_dirty_pages_LDADD = $(plugin_ldadd)
tests_plugins_sim_lets_one_call_in_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_lets_one_call_in_LDADD = $(plugin_ldadd)
tests_plugins_sim_sends_its_stream_once_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_sends_its_stream_once_LDADD = $(plugin_ldadd)
tests_plugins_sim_walks_as_the_kernel_does_CPPFLAGS = $(plugin_cppflags)
tests_plugins_sim_walks_as_the_kernel_does_LDADD = $(plugin_ldadd)
endif

TESTS += \
	tests/plugins/modules_export_one_symbol.sh \
	tests/plugins/names_are_defined_once.sh
EXTRA_DIST += \
	tests/plugins/bench.h \
	tests/plugins/modules_export_one_symbol.sh \
	tests/plugins/names_are_defined_once.sh
