# tests/transport/local.mk - what a channel may be carried by

if HAVE_CHECK
transport_tests = tests/transport/channel_goes_over_any_fd
transport_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG
transport_ldadd = tests/outgoing/libpair.la libvfiomig.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_transport_channel_goes_over_any_fd_CPPFLAGS = $(transport_cppflags)
tests_transport_channel_goes_over_any_fd_LDADD = $(transport_ldadd)

if HAVE_OPENSSL
transport_tests += tests/transport/channel_goes_over_tls
tests_transport_channel_goes_over_tls_SOURCES = \
	tests/transport/channel_goes_over_tls.c \
	tests/transport/tls.c \
	tests/transport/tls.h
tests_transport_channel_goes_over_tls_CPPFLAGS = $(transport_cppflags) \
	$(OPENSSL_CFLAGS)
tests_transport_channel_goes_over_tls_LDADD = $(transport_ldadd) \
	$(OPENSSL_LIBS)
endif

check_PROGRAMS += $(transport_tests)
TESTS += $(transport_tests)
endif
