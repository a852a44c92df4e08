# tests/local.mk - one folder a kind of test; each says what it has in its
# local.mk.  CHECK_ALL: the targets that are run on every change.

CHECK_ALL += check

include $(top_srcdir)/tests/unit/local.mk
include $(top_srcdir)/tests/incoming/local.mk
include $(top_srcdir)/tests/outgoing/local.mk
include $(top_srcdir)/tests/plugins/local.mk
include $(top_srcdir)/tests/abi/local.mk
include $(top_srcdir)/tests/transport/local.mk
include $(top_srcdir)/tests/vfio/local.mk
include $(top_srcdir)/tests/vfio-user/local.mk
include $(top_srcdir)/tests/captures/local.mk
include $(top_srcdir)/tests/tool/local.mk
include $(top_srcdir)/tests/install/local.mk
include $(top_srcdir)/tests/sanitize/local.mk
include $(top_srcdir)/tests/under/local.mk
include $(top_srcdir)/tests/order/local.mk
include $(top_srcdir)/tests/model/local.mk
include $(top_srcdir)/tests/hostile/local.mk
include $(top_srcdir)/tests/embed/local.mk
include $(top_srcdir)/tests/fuzz/local.mk
include $(top_srcdir)/tests/faults/local.mk
include $(top_srcdir)/tests/bench/local.mk
include $(top_srcdir)/tests/vm/local.mk
include $(top_srcdir)/tests/static/local.mk
include $(top_srcdir)/tests/soak/local.mk

HELP += "check              the test suite (a minute)"
HELP += "check-all          all that is run on every change (15 minutes)"
check-all:
	@MAKE="$(MAKE)" $(srcdir)/tests/check-all.sh $(CHECK_ALL)
.PHONY: check-all
EXTRA_DIST += tests/apt.sh tests/check-all.sh tests/suite.h
