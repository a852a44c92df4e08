# tests/under/local.mk - the tests again, each program under an emulator of
# another architecture

EXTRA_DIST += \
	tests/under/arch.sh \
	tests/under/fetch.sh \
	tests/under/qemu.skipped \
	tests/under/under.sh

arch_sh = MAKE="$(MAKE)" $(srcdir)/tests/under/arch.sh
check-arm64:
	@$(arch_sh) arm64 aarch64-linux-gnu qemu-aarch64 $(srcdir)
check-s390x:
	@$(arch_sh) s390x s390x-linux-gnu qemu-s390x $(srcdir)

clean-local: clean-under
clean-under:
	rm -rf under

HELP += "check-arm64        all tests on emulated arm64 (4 minutes)"
HELP += "check-s390x        all tests on emulated s390x, big-endian (4 minutes)"
.PHONY: check-arm64 check-s390x clean-under
