include $(top_srcdir)/tests/vm/local.mk
include $(top_srcdir)/tests/plugins.mk
include $(top_srcdir)/tests/vfio/local.mk
include $(top_srcdir)/tests/outgoing/local.mk
include $(top_srcdir)/tests/install/local.mk
