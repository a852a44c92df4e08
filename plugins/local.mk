# plugins/local.mk - the backends; each is a module, and most are built into
# the tool and the tests too

backend_LTLIBRARIES =
noinst_LTLIBRARIES += plugins/libbackends.la
plugins_libbackends_la_SOURCES =
plugins_libbackends_la_CPPFLAGS = $(AM_CPPFLAGS) -DVFIOMIG_BACKEND_STATIC
backend_ldflags = -module -avoid-version -shared
