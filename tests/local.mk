include $(top_srcdir)/tests/vm/local.mk
include $(top_srcdir)/tests/plugins.mk
