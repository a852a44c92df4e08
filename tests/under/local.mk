# tests/under/local.mk - the tests again, each program under an emulator of
# another architecture, or under valgrind

EXTRA_DIST += \
	tests/under/arch.sh \
	tests/under/fetch.sh \
	tests/under/happens.h \
	tests/under/helgrind.skipped \
	tests/under/memcheck.skipped \
	tests/under/qemu.skipped \
	tests/under/under.sh \
	tests/under/valgrind.sh

arch_sh = MAKE="$(MAKE)" $(srcdir)/tests/under/arch.sh
check-arm64:
	@$(arch_sh) arm64 aarch64-linux-gnu qemu-aarch64 $(srcdir)
check-s390x:
	@$(arch_sh) s390x s390x-linux-gnu qemu-s390x $(srcdir)

valgrind_sh = MAKE="$(MAKE)" $(srcdir)/tests/under/valgrind.sh
check-valgrind:
	@rc=0; for tool in memcheck helgrind; do \
		$(valgrind_sh) $$tool $(srcdir) || rc=1; \
	done; exit $$rc
check-memcheck:
	@$(valgrind_sh) memcheck $(srcdir)
check-helgrind:
	@$(valgrind_sh) helgrind $(srcdir)

clean-local: clean-under
clean-under:
	rm -rf under

HELP += "check-arm64        all tests on emulated arm64 (4 minutes)"
HELP += "check-s390x        all tests on emulated s390x, big-endian (4 minutes)"
HELP += "check-valgrind     all tests under memcheck, and under helgrind (an hour)"
HELP += "check-memcheck     the first half of it (half an hour)"
HELP += "check-helgrind     the second half (a quarter of an hour)"
.PHONY: check-arm64 check-s390x check-valgrind check-memcheck check-helgrind \
	clean-under
