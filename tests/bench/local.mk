# tests/bench/local.mk - ours beside QEMU's algorithm and the limit

check_PROGRAMS += tests/bench/bench tests/bench/ring_cost

tests_bench_bench_SOURCES = \
	lib/ring.c \
	lib/wire.c \
	tests/bench/basics.c \
	tests/bench/bench.c \
	tests/bench/bench.h \
	tests/bench/chart.c \
	tests/bench/chart.h \
	tests/bench/counts.c \
	tests/bench/counts.h \
	tests/bench/device.c \
	tests/bench/device.h \
	tests/bench/feed.c \
	tests/bench/feed.h \
	tests/bench/figures.c \
	tests/bench/figures.h \
	tests/bench/growth.c \
	tests/bench/loading.c \
	tests/bench/moving.c \
	tests/bench/peer.c \
	tests/bench/receive_l.c \
	tests/bench/receive_ours.c \
	tests/bench/receive_q.c \
	tests/bench/rings.c \
	tests/bench/rings.h \
	tests/bench/rings_ours.c \
	tests/bench/run.c \
	tests/bench/sections.h \
	tests/bench/send_l.c \
	tests/bench/send_ours.c \
	tests/bench/send_q.c \
	tests/bench/sink.c \
	tests/bench/sink.h \
	tests/bench/tcp.c \
	tests/bench/tcp.h \
	tests/bench/trial.c \
	tests/bench/trial.h
tests_bench_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bench_LDADD = libvfiomig.la plugins/libbackends.la -lm

# Rings of others, for the ring alone, when they are installed.
bench_rings = tests/bench/rings_ck.c tests/bench/rings_dpdk.c
if HAVE_CK
tests_bench_bench_SOURCES += tests/bench/rings_ck.c
tests_bench_bench_CPPFLAGS += -DHAVE_CK
endif
if HAVE_DPDK
tests_bench_bench_SOURCES += tests/bench/rings_dpdk.c
tests_bench_bench_CPPFLAGS += -DHAVE_DPDK $(DPDK_CFLAGS)
tests_bench_bench_LDADD += -lrte_reorder -lrte_ring -lrte_mbuf -lrte_eal
endif

tests_bench_ring_cost_SOURCES = \
	lib/ring.c \
	tests/bench/basics.c \
	tests/bench/bench.h \
	tests/bench/ring_cost.c \
	tests/bench/rings.h \
	tests/bench/rings_ours.c
tests_bench_ring_cost_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)

bench_tests = \
	tests/bench/bench_says_sane_json.sh \
	tests/bench/ring_costs_what_is_noted.sh
TESTS += $(bench_tests)
EXTRA_DIST += $(bench_tests) $(bench_rings) tests/bench/ring-cost.txt

# BENCH=quick for a smoke run; SECTIONS= for some of it.
BENCH = full
SECTIONS =
bench: tests/bench/bench
	tests/bench/bench $(BENCH_FLAGS_$(BENCH)) -o tests/bench $(SECTIONS)
BENCH_FLAGS_full =
BENCH_FLAGS_quick = -q

# Put what the last run found into the manual page.
bench-page: tests/bench/figures.mdoc
	page=$(srcdir)/man/vfiomig-performance.7 && \
	sed -e '/^\.\\" begin figures$$/r tests/bench/figures.mdoc' \
	    -e '/^\.\\" begin figures$$/,/^\.\\" end figures$$/{/^\.\\" /!d}' \
	    $$page >tests/bench/page && mv tests/bench/page $$page
bench_made = figures.mdoc results.json growth-channels.svg growth-devices.svg \
	growth-packets.svg
clean-local: clean-bench
clean-bench:
	cd tests/bench 2>/dev/null && rm -f $(bench_made) || true
.PHONY: bench bench-page clean-bench
HELP += "bench              figures beside QEMU's algorithm and the limit (3 min)"
HELP += "bench-page         put what it found into the manual (seconds)"
