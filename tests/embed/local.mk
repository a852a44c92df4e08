# tests/embed/local.mk - manners inside somebody else's process

if HAVE_CHECK
embed_tests = \
	tests/embed/descriptors_are_left_alone \
	tests/embed/fork_leaves_the_parent_alone \
	tests/embed/migrations_know_nothing_of_each_other \
	tests/embed/nothing_is_said_or_changed \
	tests/embed/signals_are_left_alone \
	tests/embed/system_calls_are_those_of_the_manual \
	tests/embed/thread_opens_and_closes_the_library

check_PROGRAMS += $(embed_tests)
TESTS += $(embed_tests)

embed_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) $(CHECK_CFLAGS) -UNDEBUG \
	-D_GNU_SOURCE
embed_ldadd = tests/outgoing/libpair.la libvfiomig.la \
	plugins/libbackends.la $(CHECK_LIBS)

tests_embed_descriptors_are_left_alone_CPPFLAGS = $(embed_cppflags)
tests_embed_descriptors_are_left_alone_LDADD = $(embed_ldadd)
tests_embed_fork_leaves_the_parent_alone_CPPFLAGS = $(embed_cppflags)
tests_embed_fork_leaves_the_parent_alone_LDADD = $(embed_ldadd)
tests_embed_migrations_know_nothing_of_each_other_CPPFLAGS = $(embed_cppflags)
tests_embed_migrations_know_nothing_of_each_other_LDADD = \
	tests/hostile/libpeer.la $(embed_ldadd)
tests_embed_nothing_is_said_or_changed_CPPFLAGS = $(embed_cppflags)
tests_embed_nothing_is_said_or_changed_LDADD = $(embed_ldadd)
tests_embed_signals_are_left_alone_CPPFLAGS = $(embed_cppflags)
tests_embed_signals_are_left_alone_LDADD = $(embed_ldadd)
tests_embed_system_calls_are_those_of_the_manual_SOURCES = \
	tests/embed/system_calls_are_those_of_the_manual.c \
	tests/vm/sandbox.c \
	tests/vm/sandbox.h
tests_embed_system_calls_are_those_of_the_manual_CPPFLAGS = $(embed_cppflags)
tests_embed_system_calls_are_those_of_the_manual_LDADD = $(embed_ldadd)
tests_embed_thread_opens_and_closes_the_library_CPPFLAGS = $(embed_cppflags)
tests_embed_thread_opens_and_closes_the_library_LDADD = $(CHECK_LIBS)
endif

TESTS += tests/embed/receiver_survives_in_a_memory_cgroup.sh
EXTRA_DIST += \
	tests/embed/embed.h \
	tests/embed/receiver_survives_in_a_memory_cgroup.sh

# The manual's lists of system calls, of the library and what it is run with.
check_DATA += tests/embed/syscalls
tests/embed/syscalls: man/vfiomig-threads.7
	$(AM_V_GEN)$(MKDIR_P) tests/embed && \
	    sed -n '/begin system calls: \(library\|sim\)$$/,/end system calls/s/^\.It Xr \([a-z0-9_]*\) 2$$/\1/p' \
	    $(srcdir)/man/vfiomig-threads.7 | sort -u >$@
CLEANFILES += tests/embed/syscalls
