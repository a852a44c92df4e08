# plugins/null/local.mk - a device that eats everything

null_sources = plugins/null/null.c

backend_LTLIBRARIES += plugins/null/null.la
plugins_null_null_la_SOURCES = $(null_sources)
plugins_null_null_la_LDFLAGS = $(backend_ldflags)
plugins_null_null_la_LIBADD = plugins/libsupport.la
plugins_libbackends_la_SOURCES += $(null_sources)
