# tests/vm/local.mk - the tests that need a real kernel: make check-vm

vm_tests = \
	guest_has_devices \
	guest_has_big_devices

# Static, because the guest's libraries are not this machine's.
vm_programs =

EXTRA_PROGRAMS += $(vm_programs)
EXTRA_DIST += \
	tests/vm/boot.sh \
	tests/vm/check.sh \
	tests/vm/fetch.sh \
	tests/vm/guest \
	tests/vm/modules.sh \
	tests/vm/mtty-big.sed

check-vm: $(vm_programs)
	@VM_PROGRAMS="$(vm_programs)" \
	    $(srcdir)/tests/vm/check.sh tests/vm $(VM_TESTS); rc=$$?; \
	    if test $$rc = 77; then echo "check-vm: skipped"; else exit $$rc; fi
VM_TESTS = $(vm_tests)
HELP += "check-vm           tests in a guest with a real kernel and QEMU"
.PHONY: check-vm
clean-local: clean-vm
clean-vm:
	rm -rf tests/vm/work
.PHONY: clean-vm
