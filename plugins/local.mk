# plugins/local.mk - the backends; each is a module, and most are built into
# the tool and the tests too

backend_LTLIBRARIES =
noinst_LTLIBRARIES += plugins/libbackends.la plugins/libsupport.la
plugins_libbackends_la_SOURCES = plugins/builtin.h
plugins_libbackends_la_CPPFLAGS = $(AM_CPPFLAGS) -DVFIOMIG_BACKEND_STATIC
plugins_libbackends_la_LIBADD = plugins/libsupport.la
backend_ldflags = -module -avoid-version -shared -Wl,-z,defs

# What backends share; each module has its own, hidden.
plugins_libsupport_la_SOURCES = \
	plugins/params.c \
	plugins/params.h \
	plugins/say.c \
	plugins/say.h \
	plugins/states.c \
	plugins/states.h

include $(top_srcdir)/plugins/null/local.mk
include $(top_srcdir)/plugins/file/local.mk
include $(top_srcdir)/plugins/sim/local.mk
include $(top_srcdir)/plugins/vfio/local.mk
include $(top_srcdir)/plugins/vfio-user/local.mk
