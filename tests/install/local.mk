# tests/install/local.mk - what a user of the installed library sees

install_tests = \
	tests/install/bindings_match_the_header.sh \
	tests/install/examples_load_a_device.sh \
	tests/install/headers_compile_alone.sh \
	tests/install/library_keeps_its_symbols.sh \
	tests/install/manual_vmm_loads_a_device.sh \
	tests/install/readme_program_compiles.sh

TESTS += $(install_tests) tests/check-man
EXTRA_DIST += $(install_tests) \
	tests/check-man \
	tests/man-errors.awk \
	tests/install/allowed_symbols \
	tests/install/install.sh \
	tests/install/packages_hold_all_that_a_vmm_needs.sh \
	tests/install/python-to-c.py \
	tests/install/rust-to-c.awk

# One installation for all of them, anew whenever something it holds is.
check_DATA += tests/install/stage.stamp
tests/install/stage.stamp: $(lib_LTLIBRARIES) $(backend_LTLIBRARIES) \
    $(vfiomiginclude_HEADERS) $(pkgconfig_DATA) lib/libvfiomig.map
	$(AM_V_GEN)rm -rf tests/install/stage
	$(AM_V_at)$(MKDIR_P) tests/install
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) -s install \
	    DESTDIR="$(abs_builddir)/tests/install/stage" \
	    >tests/install/stage.log 2>&1 || \
	    { cat tests/install/stage.log; exit 1; }
	$(AM_V_at)touch $@

clean-local: clean-stage
clean-stage:
	rm -rf tests/install/stage tests/install/stage.log \
	    tests/install/stage.stamp
.PHONY: clean-stage
