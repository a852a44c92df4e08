# man/local.mk - the manual, the examples, make html and make help

dist_man_MANS += \
	man/vfiomig-backend.3 \
	man/vfiomig-hacking.7 \
	man/vfiomig-performance.7 \
	man/vfiomig-release-notes-0.1.7 \
	man/vfiomig-security.7 \
	man/vfiomig-threads.7 \
	man/vfiomig-vfio.7 \
	man/vfiomig-wire.7 \
	man/vfiomig.1 \
	man/vfiomig.7 \
	man/vfiomig_backend_register.3 \
	man/vfiomig_buffer_drain.3 \
	man/vfiomig_buffer_fill.3 \
	man/vfiomig_channel_open.3 \
	man/vfiomig_device_add.3 \
	man/vfiomig_dirty_start.3 \
	man/vfiomig_new.3 \
	man/vfiomig_packet_submit.3 \
	man/vfiomig_stats.3 \
	man/vfiomig_version.3

examplesdir = $(docdir)/examples
dist_examples_DATA = \
	man/examples/epoll.c \
	man/examples/helper.c \
	man/examples/pool.c \
	man/examples/vmm.py \
	man/examples/vmm.rs

# A page for each other name under NAME of a page of section 3, so that
# `man vfiomig_cancel' works: "vfiomig_cancel.3 vfiomig_new.3" and so on.
man_links = for page in $(srcdir)/man/*.3; do \
	awk -v page=`basename $$page` '/^\.Sh NAME/ { on = 1; next } \
	    /^\.Sh/ { exit } \
	    on && /^\.Nm/ && $$2 ".3" != page { print $$2 ".3", page }' \
	    $$page; done

install-data-local: install-man-links
install-man-links:
	@$(MKDIR_P) "$(DESTDIR)$(man3dir)"
	@$(man_links) | while read -r link page; do \
		echo ".so man3/$$page" >"$(DESTDIR)$(man3dir)/$$link"; \
	done
uninstall-local: uninstall-man-links
uninstall-man-links:
	@$(man_links) | while read -r link page; do \
		rm -f "$(DESTDIR)$(man3dir)/$$link"; \
	done
.PHONY: install-man-links uninstall-man-links

HELP += "html               the manual as HTML, in html/ (1 s)"
html-local:
	@test -n "$(MANDOC)" || \
	    { echo "make html: mandoc was not found" >&2; exit 1; }
	@$(MKDIR_P) html
	@for page in $(dist_man_MANS); do \
		name=`basename $$page`; \
		$(MANDOC) -T html -O man=%N.%S.html,style=mandoc.css,toc \
		    $(srcdir)/$$page >html/$$name.html || exit 1; \
	done
	@cp $(srcdir)/man/mandoc.css html/
	@$(man_links) | while read -r link page; do \
		cp html/$$page.html html/$$link.html; \
	done
	@cp html/vfiomig.7.html html/index.html
	@echo "see html/index.html"
EXTRA_DIST += man/mandoc.css

help:
	@printf '%s\n' "make... what it does (how long it takes)" "" $(HELP) | \
	    awk '{ name = $$1; $$1 = ""; printf "%-18s%s\n", name, $$0 }'
.PHONY: help

clean-local: clean-html
clean-html:
	rm -rf html
.PHONY: clean-html
