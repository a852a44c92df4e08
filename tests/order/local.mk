# tests/order/local.mk - memory orders: each is needed, and each has its label

TESTS += tests/order/atomics_are_labelled.sh

EXTRA_DIST += \
	tests/order/atomics_are_labelled.py \
	tests/order/atomics_are_labelled.sh \
	tests/order/check.sh \
	tests/order/leaves.c \
	tests/order/litmus.c \
	tests/order/litmus.h \
	tests/order/whole.c

check-orders: include/vfiomig/version.h
	@CC="$(CC)" SRCDIR=$(srcdir) BUILDDIR=. \
	    $(srcdir)/tests/order/check.sh; rc=$$?; \
	    test $$rc = 77 || exit $$rc
CHECK_ALL += check-orders
HELP += "check-orders       each memory order relaxed, and TSan sees it (a minute)"
.PHONY: check-orders
