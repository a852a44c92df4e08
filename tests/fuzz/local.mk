# tests/fuzz/local.mk - inputs made by machine, and those worth keeping
#
# Each target is a program: with main.c it runs on the corpora in make check,
# with libFuzzer or AFL++ it looks for more.

fuzz_programs = \
	tests/fuzz/backend \
	tests/fuzz/channels \
	tests/fuzz/header \
	tests/fuzz/json \
	tests/fuzz/mainstream \
	tests/fuzz/params \
	tests/fuzz/snapshot \
	tests/fuzz/user \
	tests/fuzz/wire

check_PROGRAMS += $(fuzz_programs)
fuzz_common = tests/fuzz/fuzz.h tests/fuzz/main.c
fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) -UNDEBUG
fuzz_ldadd = libvfiomig.la plugins/libbackends.la

tests_fuzz_backend_SOURCES = tests/fuzz/backend.c $(fuzz_common)
tests_fuzz_backend_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_backend_LDADD = $(fuzz_ldadd)

tests_fuzz_channels_SOURCES = \
	tests/fuzz/channels.c \
	tests/fuzz/line.c \
	tests/fuzz/line.h \
	tests/fuzz/recorder.c \
	tests/fuzz/recorder.h \
	tests/fuzz/reference.c \
	tests/fuzz/reference.h \
	tests/fuzz/script.c \
	tests/fuzz/world.c \
	tests/fuzz/world.h \
	tests/hostile/peer.c \
	tests/hostile/peer.h \
	$(fuzz_common)
tests_fuzz_channels_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_channels_LDADD = $(fuzz_ldadd)

tests_fuzz_header_SOURCES = tests/fuzz/header.c $(fuzz_common)
tests_fuzz_header_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_header_LDADD = $(fuzz_ldadd)

tests_fuzz_json_SOURCES = tests/fuzz/json.c $(fuzz_common)
tests_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_json_LDADD = $(fuzz_ldadd)

tests_fuzz_mainstream_SOURCES = \
	tests/fuzz/mainstream.c \
	tools/mainstream.c \
	tools/mainstream.h \
	tools/section.c \
	tools/section.h \
	$(fuzz_common)
tests_fuzz_mainstream_CPPFLAGS = $(fuzz_cppflags)

tests_fuzz_params_SOURCES = tests/fuzz/params.c $(fuzz_common)
tests_fuzz_params_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_params_LDADD = $(fuzz_ldadd)

tests_fuzz_snapshot_SOURCES = \
	tests/fuzz/snapshot.c \
	tests/fuzz/reference.c \
	tests/fuzz/reference.h \
	tests/hostile/peer.c \
	tests/hostile/peer.h \
	$(fuzz_common)
tests_fuzz_snapshot_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_snapshot_LDADD = $(fuzz_ldadd)

tests_fuzz_user_SOURCES = tests/fuzz/user.c $(fuzz_common)
tests_fuzz_user_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_user_LDADD = $(fuzz_ldadd)

# The library does not export its decoder.
tests_fuzz_wire_SOURCES = tests/fuzz/wire.c lib/wire.c lib/wire.h \
	$(fuzz_common)
tests_fuzz_wire_CPPFLAGS = $(fuzz_cppflags)

TESTS += tests/fuzz/corpora_are_replayed.sh
EXTRA_DIST += \
	tests/fuzz/build.sh \
	tests/fuzz/corpora_are_replayed.sh \
	tests/fuzz/corpus \
	tests/fuzz/cover.sh \
	tests/fuzz/fuzz.sh \
	tests/fuzz/oracle_can_fail.sh

# name:sources, for the scripts
fuzz_targets = \
	"backend:$(tests_fuzz_backend_SOURCES)" \
	"channels:$(tests_fuzz_channels_SOURCES)" \
	"header:$(tests_fuzz_header_SOURCES)" \
	"json:$(tests_fuzz_json_SOURCES)" \
	"mainstream:$(tests_fuzz_mainstream_SOURCES)" \
	"params:$(tests_fuzz_params_SOURCES)" \
	"snapshot:$(tests_fuzz_snapshot_SOURCES)" \
	"user:$(tests_fuzz_user_SOURCES)" \
	"wire:$(tests_fuzz_wire_SOURCES)"
fuzz_run = srcdir="$(srcdir)" CLANG="$(CLANG)" CC="$(CC)" \
	FUZZ_ONLY="$(FUZZ_ONLY)"

FUZZ_SECONDS = 60
HELP += "fuzz               libFuzzer, FUZZ_SECONDS=60 for each of FUZZ_ONLY (11 minutes)"
fuzz:
	@$(fuzz_run) $(srcdir)/tests/fuzz/fuzz.sh libfuzzer $(FUZZ_SECONDS) \
	    $(fuzz_targets)
	@$(fuzz_run) $(srcdir)/tests/fuzz/cover.sh $(fuzz_targets)

HELP += "fuzz-afl           the same with AFL++ (10 minutes)"
fuzz-afl:
	@$(fuzz_run) $(srcdir)/tests/fuzz/fuzz.sh afl $(FUZZ_SECONDS) \
	    $(fuzz_targets)

HELP += "check-fuzz         libFuzzer, a few seconds a target (2 minutes)"
check-fuzz:
	@FUZZ_SEED=1 $(fuzz_run) $(srcdir)/tests/fuzz/oracle_can_fail.sh $(fuzz_targets)
	@$(fuzz_run) $(srcdir)/tests/fuzz/fuzz.sh libfuzzer 4 $(fuzz_targets)
CHECK_ALL += check-fuzz
.PHONY: fuzz fuzz-afl check-fuzz

clean-local: clean-fuzz
clean-fuzz:
	rm -rf fuzz
.PHONY: clean-fuzz
