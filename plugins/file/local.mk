# plugins/file/local.mk - a device that is a snapshot

file_sources = \
	plugins/file/file.c \
	plugins/file/lent.c \
	plugins/file/lent.h \
	plugins/file/sink.c \
	plugins/file/sink.h \
	plugins/file/source.c \
	plugins/file/source.h

backend_LTLIBRARIES += plugins/file/file.la
plugins_file_file_la_SOURCES = $(file_sources)
plugins_file_file_la_LDFLAGS = $(backend_ldflags)
plugins_file_file_la_LIBADD = plugins/libsupport.la
plugins_libbackends_la_SOURCES += $(file_sources)
