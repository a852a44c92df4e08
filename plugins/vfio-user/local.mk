# plugins/vfio-user/local.mk - devices in another process

vfio_user_sources = \
	plugins/vfio-user/conn.c \
	plugins/vfio-user/conn.h \
	plugins/vfio-user/data.c \
	plugins/vfio-user/device.h \
	plugins/vfio-user/dirty.c \
	plugins/vfio-user/feature.c \
	plugins/vfio-user/json.c \
	plugins/vfio-user/json.h \
	plugins/vfio-user/open.c \
	plugins/vfio-user/params.c \
	plugins/vfio-user/protocol.h \
	plugins/vfio-user/state.c \
	plugins/vfio-user/vfio_user.c

backend_LTLIBRARIES += plugins/vfio-user/vfio-user.la
plugins_vfio_user_vfio_user_la_SOURCES = $(vfio_user_sources)
plugins_vfio_user_vfio_user_la_LDFLAGS = $(backend_ldflags)
plugins_vfio_user_vfio_user_la_LIBADD = plugins/libsupport.la
plugins_libbackends_la_SOURCES += $(vfio_user_sources)
