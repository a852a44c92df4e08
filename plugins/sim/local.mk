# plugins/sim/local.mk - a device made of software

sim_sources = \
	plugins/sim/config.c \
	plugins/sim/content.c \
	plugins/sim/content.h \
	plugins/sim/device.h \
	plugins/sim/dirty.c \
	plugins/sim/machine.c \
	plugins/sim/options.c \
	plugins/sim/pace.c \
	plugins/sim/sim.c \
	plugins/sim/sim.h \
	plugins/sim/stream.c \
	plugins/sim/watch.c

backend_LTLIBRARIES += plugins/sim/sim.la
plugins_sim_sim_la_SOURCES = $(sim_sources)
plugins_sim_sim_la_LDFLAGS = $(backend_ldflags)
plugins_sim_sim_la_LIBADD = plugins/libsupport.la
plugins_libbackends_la_SOURCES += $(sim_sources)
