# lib/local.mk - the library

lib_LTLIBRARIES += libvfiomig.la

lib_sources = \
	lib/admission.c \
	lib/admission.h \
	lib/backend.c \
	lib/channel.c \
	lib/device.c \
	lib/dirty.c \
	lib/drain.c \
	lib/failure.c \
	lib/fill.c \
	lib/idle.c \
	lib/incoming.c \
	lib/internal.h \
	lib/migration.c \
	lib/outgoing.c \
	lib/packet.c \
	lib/parked.c \
	lib/pool.c \
	lib/pool.h \
	lib/queue.c \
	lib/queue.h \
	lib/reader.c \
	lib/recovery.c \
	lib/ring.c \
	lib/ring.h \
	lib/stats.c \
	lib/verdict.c \
	lib/version.c \
	lib/waiter.c \
	lib/waiter.h \
	lib/wire.c \
	lib/wire.h \
	lib/writer.c

lib_cppflags = $(AM_CPPFLAGS) -DVFIOMIG_BACKENDDIR='"$(backenddir)"'

libvfiomig_la_SOURCES = $(lib_sources)
libvfiomig_la_CPPFLAGS = $(lib_cppflags)
libvfiomig_la_LDFLAGS = -version-info $(LIBVERSION) -no-undefined \
	-Wl,-z,nodelete -Wl,-z,defs \
	-Wl,--version-script=$(top_srcdir)/lib/libvfiomig.map
EXTRA_libvfiomig_la_DEPENDENCIES = lib/libvfiomig.map
EXTRA_DIST += lib/libvfiomig.map
