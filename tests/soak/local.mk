# tests/soak/local.mk - many migrations, under every scheduler we can think of

EXTRA_DIST += \
	tests/soak/check.h \
	tests/soak/check.sh \
	tests/soak/oracle.c \
	tests/soak/oracle.h \
	tests/soak/soak.c

SOAK_SECONDS = 3600
YIELD_SEEDS = 2000
soak_run = CC="$(CC)" SRCDIR=$(srcdir) BUILDDIR=. \
	$(srcdir)/tests/soak/check.sh
check-yield: include/vfiomig/version.h
	@$(soak_run) yield $(YIELD_SEEDS)
	@$(soak_run) mutants $(YIELD_SEEDS)
soak: include/vfiomig/version.h
	@$(soak_run) soak $(SOAK_SECONDS)
HELP += "check-yield        YIELD_SEEDS=2000 seeded delays, and 8 mistakes (5 minutes)"
HELP += "soak               migrations for SOAK_SECONDS=3600 (an hour)"
.PHONY: check-yield soak
