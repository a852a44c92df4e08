# plugins/vfio/local.mk - VFIO devices of the kernel

# All but the system calls, in whose place the tests have a kernel of theirs.
vfio_sources = \
	plugins/vfio/data.c \
	plugins/vfio/device.h \
	plugins/vfio/dirty.c \
	plugins/vfio/feature.c \
	plugins/vfio/feature.h \
	plugins/vfio/header.c \
	plugins/vfio/header.h \
	plugins/vfio/node.c \
	plugins/vfio/open.c \
	plugins/vfio/params.c \
	plugins/vfio/state.c \
	plugins/vfio/sys.h \
	plugins/vfio/uapi.h \
	plugins/vfio/vfio.c

backend_LTLIBRARIES += plugins/vfio/vfio.la
plugins_vfio_vfio_la_SOURCES = $(vfio_sources) plugins/vfio/sys.c
plugins_vfio_vfio_la_LDFLAGS = $(backend_ldflags)
plugins_vfio_vfio_la_LIBADD = plugins/libsupport.la
plugins_libbackends_la_SOURCES += $(vfio_sources) plugins/vfio/sys.c
