include $(top_srcdir)/tests/vm/local.mk
