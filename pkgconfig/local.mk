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
