# pkgconfig/local.mk - what a consumer's build needs to know, and packages

pkgconfig_DATA = pkgconfig/libvfiomig.pc

# The static library's objects see each other by names that are nobody else's
# business, `fail' and `say' among them.  What is installed is one object in
# which only the map's names are left.
install-exec-hook: install-static-library
install-static-library:
	@a="$(DESTDIR)$(libdir)/libvfiomig.a"; \
	if test -f "$$a"; then \
		tmp=`mktemp -d` && \
		$(LD) -r --whole-archive "$$a" -o $$tmp/libvfiomig.o && \
		$(OBJCOPY) --localize-hidden $$tmp/libvfiomig.o && \
		rm -f "$$a" && $(AR) cr "$$a" $$tmp/libvfiomig.o && \
		$(RANLIB) "$$a" && chmod 644 "$$a"; r=$$?; \
		rm -rf $$tmp; exit $$r; \
	fi
.PHONY: install-static-library

# Debian packages, in deb/ of the build folder, made from the tarball as a
# distribution would make them.
deb: dist
	@$(srcdir)/pkgconfig/make-deb.sh libvfiomig-$(VERSION).tar.xz deb
check-deb: dist
	@$(srcdir)/pkgconfig/make-deb.sh libvfiomig-$(VERSION).tar.xz deb; \
	    r=$$?; test $$r = 77 && exit 0; test $$r = 0 || exit $$r; \
	    srcdir=$(srcdir) \
	    $(srcdir)/tests/install/packages_hold_all_that_a_vmm_needs.sh deb
.PHONY: deb check-deb
HELP += "deb                Debian packages, in deb/ (a minute)"
HELP += "check-deb          lintian accepts them and a VMM builds from them (a minute)"
CHECK_ALL += check-deb
clean-local: clean-deb
clean-deb:
	rm -rf deb
.PHONY: clean-deb

EXTRA_DIST += \
	pkgconfig/debian/changelog \
	pkgconfig/debian/control \
	pkgconfig/debian/copyright \
	pkgconfig/debian/libvfiomig-dev.install \
	pkgconfig/debian/libvfiomig0.install \
	pkgconfig/debian/rules \
	pkgconfig/debian/source/format \
	pkgconfig/debian/vfiomig-tools.install \
	pkgconfig/make-deb.sh
