# tests/vm/local.mk - the tests that need a real kernel: make check-vm

vm_tests = \
	states_are_moved_and_loaded \
	qemu_migrates_through_the_library \
	big_devices_migrate_through_the_library

# Static, because the guest's libraries are not this machine's.
vm_programs = \
	tests/vm/arcs \
	tests/vm/bad_streams \
	tests/vm/chunks \
	tests/vm/confined \
	tests/vm/receive \
	tests/vm/registers \
	tests/vm/relay \
	tests/vm/vfiomig

EXTRA_PROGRAMS += $(vm_programs)
EXTRA_LTLIBRARIES += tests/vm/libcard.la
tests_vm_libcard_la_SOURCES = \
	tests/vm/card.c \
	tests/vm/card.h \
	tests/vm/intake.c \
	tests/vm/intake.h \
	tests/vm/outlet.c \
	tests/vm/outlet.h \
	tests/vm/ram.c \
	tests/vm/ram.h \
	tests/vm/report.h \
	tests/vm/sandbox.c \
	tests/vm/sandbox.h \
	tests/vm/store.c \
	tests/vm/store.h \
	tests/vm/uart.c \
	tests/vm/uart.h

vm_ldadd = tests/vm/libcard.la plugins/libbackends.la libvfiomig.la
vm_ldflags = -all-static
tests_vm_arcs_LDADD = $(vm_ldadd)
tests_vm_arcs_LDFLAGS = $(vm_ldflags)
tests_vm_bad_streams_LDADD = $(vm_ldadd)
tests_vm_bad_streams_LDFLAGS = $(vm_ldflags)
tests_vm_chunks_LDADD = $(vm_ldadd)
tests_vm_chunks_LDFLAGS = $(vm_ldflags)
tests_vm_confined_LDADD = $(vm_ldadd)
tests_vm_confined_LDFLAGS = $(vm_ldflags)
tests_vm_receive_LDADD = $(vm_ldadd)
tests_vm_receive_LDFLAGS = $(vm_ldflags)
tests_vm_registers_LDADD = $(vm_ldadd)
tests_vm_registers_LDFLAGS = $(vm_ldflags)
tests_vm_relay_LDADD = $(vm_ldadd)
tests_vm_relay_LDFLAGS = $(vm_ldflags)

# The program itself, once more, and the library for it as it is installed:
# with no names but the map's, because each of the two has its own inside.
tests_vm_vfiomig_SOURCES =
tests_vm_vfiomig_LDADD = $(tools_vfiomig_OBJECTS) \
	plugins/libbackends.la tests/vm/libvfiomig.o
tests_vm_vfiomig_LDFLAGS = $(vm_ldflags)

EXTRA_DIST += \
	tests/vm/boot.sh \
	tests/vm/check.sh \
	tests/vm/fetch.sh \
	tests/vm/guest \
	tests/vm/image.sh \
	tests/vm/modules.sh \
	tests/vm/mtty-big.sed

tests/vm/libvfiomig.o: libvfiomig.la
	$(AM_V_GEN)$(LD) -r --whole-archive .libs/libvfiomig.a -o $@ && \
	    $(OBJCOPY) --localize-hidden $@
CLEANFILES += tests/vm/libvfiomig.o

# What the library may call once it has started, as its manual promises.
tests/vm/syscalls: man/vfiomig-threads.7
	$(AM_V_GEN)$(MKDIR_P) tests/vm && \
	    sed -n '/begin system calls: \(library\|vfio\)$$/,/end system calls/s/^\.It Xr \([a-z0-9_]*\) 2$$/\1/p' \
	    $(srcdir)/man/vfiomig-threads.7 | sort -u >$@
CLEANFILES += tests/vm/syscalls

check-vm: $(vm_programs) tests/vm/syscalls
	@VM_PROGRAMS="$(vm_programs) tests/vm/syscalls" \
	    $(srcdir)/tests/vm/check.sh tests/vm $(VM_TESTS); rc=$$?; \
	    test $$rc = 77 || exit $$rc
VM_TESTS = $(vm_tests)
HELP += "check-vm           tests in a guest with a real kernel and QEMU (4 minutes)"
CHECK_ALL += check-vm
clean-local: clean-vm
clean-vm:
	rm -rf tests/vm/work
	$(LIBTOOL) --mode=clean rm -f $(vm_programs) tests/vm/libcard.la
.PHONY: check-vm clean-vm
