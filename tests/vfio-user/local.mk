# tests/vfio-user/local.mk - the vfio-user backend against servers of our own

if HAVE_CHECK
vfio_user_tests = \
	tests/vfio-user/broken_connection_is_told_by_every_call \
	tests/vfio-user/device_moves_between_two_processes \
	tests/vfio-user/dirty_pages_come_over_the_socket \
	tests/vfio-user/json_number_is_found_or_refused \
	tests/vfio-user/load_ends_at_the_first_refused_write \
	tests/vfio-user/server_is_not_trusted \
	tests/vfio-user/socket_calls_fail_once

check_PROGRAMS += $(vfio_user_tests)
TESTS += $(vfio_user_tests)

check_LTLIBRARIES += tests/vfio-user/libserver.la
tests_vfio_user_libserver_la_SOURCES = \
	tests/vfio-user/client.h \
	tests/vfio-user/server.c \
	tests/vfio-user/server.h
tests_vfio_user_libserver_la_CPPFLAGS = $(vfio_user_cppflags)

vfio_user_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -UNDEBUG
vfio_user_ldadd = tests/vfio-user/libserver.la libvfiomig.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_vfio_user_broken_connection_is_told_by_every_call_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_broken_connection_is_told_by_every_call_LDADD = $(vfio_user_ldadd)
tests_vfio_user_device_moves_between_two_processes_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_device_moves_between_two_processes_LDADD = $(vfio_user_ldadd)
tests_vfio_user_dirty_pages_come_over_the_socket_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_dirty_pages_come_over_the_socket_LDADD = $(vfio_user_ldadd)
tests_vfio_user_json_number_is_found_or_refused_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_json_number_is_found_or_refused_LDADD = $(vfio_user_ldadd)
tests_vfio_user_load_ends_at_the_first_refused_write_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_load_ends_at_the_first_refused_write_LDADD = $(vfio_user_ldadd)
tests_vfio_user_server_is_not_trusted_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_server_is_not_trusted_LDADD = $(vfio_user_ldadd)
tests_vfio_user_socket_calls_fail_once_CPPFLAGS = $(vfio_user_cppflags)
tests_vfio_user_socket_calls_fail_once_LDADD = $(vfio_user_ldadd)
endif

EXTRA_DIST += tests/vfio-user/libvfio-user.sh
check-libvfio-user: tools/vfiomig
	@$(srcdir)/tests/vfio-user/libvfio-user.sh "$(LIBVFIO_USER)" \
	    tools/vfiomig; r=$$?; test $$r = 77 || exit $$r
HELP += "check-libvfio-user LIBVFIO_USER=FOLDER   against its sample server (a minute)"
.PHONY: check-libvfio-user
