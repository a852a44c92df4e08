# tests/plugins.mk - the backends, called as the library calls them

if HAVE_CHECK
plugin_tests = \
	tests/plugins/file_names_only_whole_loads \
	tests/plugins/null_eats_everything \
	tests/plugins/params_are_read_whole_or_refused

check_PROGRAMS += $(plugin_tests)
TESTS += $(plugin_tests)

plugin_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -UNDEBUG
plugin_ldadd = plugins/libbackends.la $(CHECK_LIBS)

tests_plugins_file_names_only_whole_loads_CPPFLAGS = $(plugin_cppflags)
tests_plugins_file_names_only_whole_loads_LDADD = $(plugin_ldadd)
tests_plugins_null_eats_everything_CPPFLAGS = $(plugin_cppflags)
tests_plugins_null_eats_everything_LDADD = $(plugin_ldadd)
tests_plugins_params_are_read_whole_or_refused_CPPFLAGS = $(plugin_cppflags)
tests_plugins_params_are_read_whole_or_refused_LDADD = $(plugin_ldadd)
endif

EXTRA_DIST += tests/plugins/bench.h
