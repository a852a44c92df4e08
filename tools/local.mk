# tools/local.mk - the vfiomig program

bin_PROGRAMS += tools/vfiomig
tools_vfiomig_SOURCES = \
	tools/address.c \
	tools/address.h \
	tools/command.h \
	tools/complain.c \
	tools/complain.h \
	tools/devices.c \
	tools/devices.h \
	tools/options.c \
	tools/options.h \
	tools/vfiomig.c
tools_vfiomig_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tools_vfiomig_LDADD = libvfiomig.la plugins/libbackends.la
