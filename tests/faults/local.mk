# tests/faults/local.mk - what fails once, and what no test reaches

if HAVE_CHECK
if HAVE_STATIC
fault_tests = \
	tests/faults/blocked_calls_are_restarted \
	tests/faults/every_call_fails_once \
	tests/faults/snapshot_calls_fail_once
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)

# Linked with the archives, so that every call of theirs can be wrapped.
wrap = -Wl,--wrap=
fault_wraps = $(wrap)calloc $(wrap)aligned_alloc $(wrap)free $(wrap)mmap \
	$(wrap)munmap $(wrap)madvise $(wrap)eventfd $(wrap)fstat \
	$(wrap)recvmsg $(wrap)sendmsg $(wrap)readv $(wrap)writev \
	$(wrap)poll $(wrap)read $(wrap)write $(wrap)syscall \
	$(wrap)open $(wrap)openat $(wrap)lseek $(wrap)pread \
	$(wrap)pwritev $(wrap)fsync $(wrap)ftruncate $(wrap)renameat \
	$(wrap)unlinkat

tests_faults_every_call_fails_once_SOURCES = \
	tests/faults/every_call_fails_once.c \
	tests/faults/inject.c \
	tests/faults/inject.h
tests_faults_every_call_fails_once_CPPFLAGS = $(outgoing_cppflags)
tests_faults_every_call_fails_once_LDFLAGS = -static $(fault_wraps)
tests_faults_every_call_fails_once_LDADD = $(outgoing_ldadd)
tests_faults_snapshot_calls_fail_once_SOURCES = \
	tests/faults/inject.c \
	tests/faults/inject.h \
	tests/faults/snapshot_calls_fail_once.c
tests_faults_snapshot_calls_fail_once_CPPFLAGS = $(outgoing_cppflags)
tests_faults_snapshot_calls_fail_once_LDFLAGS = -static $(fault_wraps)
tests_faults_snapshot_calls_fail_once_LDADD = $(outgoing_ldadd)
tests_faults_blocked_calls_are_restarted_SOURCES = \
	tests/faults/blocked_calls_are_restarted.c \
	tests/faults/inject.c \
	tests/faults/inject.h
tests_faults_blocked_calls_are_restarted_CPPFLAGS = $(outgoing_cppflags)
tests_faults_blocked_calls_are_restarted_LDFLAGS = -static $(fault_wraps)
tests_faults_blocked_calls_are_restarted_LDADD = $(outgoing_ldadd)
endif
endif

EXTRA_DIST += \
	tests/faults/coverage.awk \
	tests/faults/coverage.sh \
	tests/faults/uncovered
HELP += "coverage           lines and branches the tests reach (4 minutes)"
coverage:
	@MAKE="$(MAKE)" $(srcdir)/tests/faults/coverage.sh $(srcdir)
clean-local: clean-coverage
clean-coverage:
	rm -rf coverage
.PHONY: coverage clean-coverage
