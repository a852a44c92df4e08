# tools/local.mk - the vfiomig program

bin_PROGRAMS += tools/vfiomig
tools_vfiomig_SOURCES = \
	lib/wire.c \
	lib/wire.h \
	tools/address.c \
	tools/address.h \
	tools/command.h \
	tools/complain.c \
	tools/complain.h \
	tools/demo.c \
	tools/destination.c \
	tools/destination.h \
	tools/devices.c \
	tools/devices.h \
	tools/follow.c \
	tools/follow.h \
	tools/handover.c \
	tools/handover.h \
	tools/json.c \
	tools/json.h \
	tools/migration.c \
	tools/migration.h \
	tools/network.c \
	tools/network.h \
	tools/options.c \
	tools/options.h \
	tools/pace.c \
	tools/pace.h \
	tools/probe.c \
	tools/progress.c \
	tools/progress.h \
	tools/receive.c \
	tools/report.c \
	tools/report.h \
	tools/send.c \
	tools/snapshot.c \
	tools/source.c \
	tools/source.h \
	tools/units.c \
	tools/units.h \
	tools/vfiomig.c
tools_vfiomig_CPPFLAGS = $(lib_cppflags) -I$(top_srcdir)
tools_vfiomig_LDADD = libvfiomig.la plugins/libbackends.la

# QEMU's main stream, recorded channels, traces and pictures.
tools_vfiomig_SOURCES += \
	tools/chrome.c \
	tools/chrome.h \
	tools/digest.c \
	tools/digest.h \
	tools/events.c \
	tools/events.h \
	tools/inspect.c \
	tools/mainstream.c \
	tools/mainstream.h \
	tools/map.c \
	tools/map.h \
	tools/random.h \
	tools/recording.c \
	tools/recording.h \
	tools/replay.c \
	tools/section.c \
	tools/section.h \
	tools/sha256.c \
	tools/sha256.h \
	tools/spans.c \
	tools/spans.h \
	tools/svg.c \
	tools/svg.h \
	tools/timeline.c \
	tools/timeline.h \
	tools/tracing.c \
	tools/tracing.h
