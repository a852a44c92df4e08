/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * internal.h - the library's inside, file by file
 *
 *   incoming            outgoing
 *
 *   reader.c            writer.c          fd <-> packets, one channel
 *      |                   |
 *   incoming.c          outgoing.c        packets <-> rings; who waits for whom
 *   parked.c verdict.c  idle.c
 *      |                   |
 *   drain.c             fill.c            rings <-> one device
 *       \                 /
 *        device.c backend.c               what a device is, and its functions
 *
 *   wire.c ring.c queue.c pool.c waiter.c admission.c are leaves: they know
 *   nothing of the files above, each has a header of its own.
 *   migration.c recovery.c failure.c stats.c dirty.c version.c serve both
 *   directions; packet.c is for callers with a transport of their own.
 *
 * Locks: failure.lock (a failure's words) and a ONE_DEVICE backend's lock;
 * neither is held over a callback of the caller's, neither inside the other.
 * No other lock exists.
 *
 * Ordering (C11), of the words that more than one file touches
 *
 *   T, T1 -> T2   table: an entry of device[], channel[] or a chain is whole
 *              before  who finds it uses it.  T is a read-modify-write on both sides of a
 *              failure, so a channel that opens sees the failure or is woken
 *              by it
 *   F1 -> F2   failure: its words are written  before  who sees its code
 *              reads them
 *   D2 -> D1   role: one driver's use of a device's plain fields and of its
 *              backend  before  the next one's
 *   C1 -> C2   complete: the last backend call of the drain or fill  before
 *              the calls of who sees it (vfiomig_resume)
 *   H1 -> H2   released: what the caller did before the release  before  the
 *              config callback
 *   S2 -> S1   aside_used: the last use of the block set aside  before  the
 *              next one
 *   X          relaxed: counters, hints and first looks, which decide nothing
 *              that a labelled access after them does not check
 */
#ifndef VFIOMIG_INTERNAL_H
#define VFIOMIG_INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>
#include <vfiomig/vfiomig.h>

#include "admission.h"
#include "pool.h"
#include "queue.h"
#include "ring.h"
#include "waiter.h"
#include "wire.h"

#define API __attribute__((visibility("default")))

#ifndef TABLE_T			/* the mutation test overrides these */
#define TABLE_T memory_order_acq_rel
#endif
#ifndef TABLE_T1
#define TABLE_T1 memory_order_release
#endif
#ifndef TABLE_T2
#define TABLE_T2 memory_order_acquire
#endif
#ifndef FAILURE_F1
#define FAILURE_F1 memory_order_release
#endif
#ifndef FAILURE_F2
#define FAILURE_F2 memory_order_acquire
#endif
#ifndef DEVICE_D1
#define DEVICE_D1 memory_order_acquire
#endif
#ifndef DEVICE_D2
#define DEVICE_D2 memory_order_release
#endif
#ifndef COMPLETE_C1
#define COMPLETE_C1 memory_order_release
#endif
#ifndef COMPLETE_C2
#define COMPLETE_C2 memory_order_acquire
#endif
#ifndef HELD_H1
#define HELD_H1 memory_order_release
#endif
#ifndef HELD_H2
#define HELD_H2 memory_order_acquire
#endif
#ifndef ASIDE_S1
#define ASIDE_S1 memory_order_acquire
#endif
#ifndef ASIDE_S2
#define ASIDE_S2 memory_order_release
#endif
#define relaxed memory_order_relaxed	/* X */

enum {
	CHANNELS_MAX	= 256,		/* that may be expected */
	CHANNELS_EVER	= CHANNELS_MAX + 64,	/* and main streams */
	DEVICES_MAX	= 4096,
	FAILURE_TEXT	= 512,
	LOAD_BATCH	= 64,		/* packets in one writev */
	BUCKETS		= 512		/* chains of devices by name */
};
#define LOAD_BYTES	(1u << 20)	/* and bytes, when more than one */

/* A counter that one or more threads add to and anybody reads. */
typedef _Atomic uint64_t counter;

static inline void
count(counter *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, relaxed);
}

/* The same where only one thread ever writes: no locked instruction. */
static inline void
count_own(counter *c, uint64_t n)
{
	atomic_store_explicit(c, atomic_load_explicit(c, relaxed) + n,
	    relaxed);
}

/* A high-water mark that several threads may raise. */
static inline void
count_most(counter *c, uint64_t n)
{
	uint64_t most = atomic_load_explicit(c, relaxed);

	while (n > most && !atomic_compare_exchange_weak_explicit(c, &most, n,
	    relaxed, relaxed))
		;
}

static inline uint64_t
counted(counter *c)
{
	return atomic_load_explicit(c, relaxed);
}

static inline size_t
iov_size(const struct iovec *iov, int n)
{
	size_t size = 0;

	while (n-- > 0)
		size += iov[n].iov_len;
	return size;
}

/* ---- failure.c: the first failure, in words ---- */

struct failure {
	_Atomic int code;	/* 0, or the first failure's negative errno */
	pthread_mutex_t lock;	/* text, while it is written */
	char text[FAILURE_TEXT];
	int fd;			/* eventfd, readable for ever after a failure */
};

int failure_init(struct failure *failure);
void failure_destroy(struct failure *failure);

/*
 * Fail the migration, unless it has: words, log, trace, wake everybody,
 * cancel what the devices do.  Returns the first failure's code.
 */
int fail(struct vfiomig *mig, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* 0, or the migration's failure; the order pairs with the words' release. */
static inline int failed(struct vfiomig *mig);

/* Say a line to the caller's log callback. */
void say(struct vfiomig *mig, enum vfiomig_log_level level,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- backend.c: the registry ---- */

struct backend {
	struct vfiomig_backend ops;	/* absent functions are NULL */
	pthread_mutex_t lock;		/* for ONE_DEVICE */
	struct backend *older;
	char name[];
};

struct backend *backend_find(const char *name);

/* ---- device.c: one device ---- */

/* Who makes calls on a device now. */
enum role { ROLE_NONE = 0, ROLE_LOAD, ROLE_SAVE, ROLE_OTHER };

/*
 * What the peer's packets have said of a device's end, in one word: the
 * config packet's idx + 1 and the highest data packet's (0: not seen).
 */
#define ENDS(config, highest)	((uint64_t)(config) << 32 | (highest))
#define ENDS_CONFIG(word)	((uint32_t)((word) >> 32))
#define ENDS_HIGHEST(word)	((uint32_t)(word))

struct vfiomig_device {
	struct vfiomig *mig;
	struct vfiomig_device *chain;	/* the next of its bucket */
	struct backend *backend;
	void *handle;			/* the backend's */
	struct vfiomig_host host;
	int number;			/* in order of adding */
	uint32_t flags;
	uint32_t instance_id;
	char idstr[WIRE_IDSTR];
	uint32_t can;			/* VFIOMIG_CAN_* */
	int (*config_load)(void *, const void *, size_t);
	ssize_t (*config_save)(void *, void *, size_t);
	void *opaque;

	struct ring *ring;
	struct waiter waiter;		/* the drain's or the fill's */
	uint32_t aside;			/* block for the awaited packet (R1) */
	_Atomic uint32_t aside_used;
	_Atomic uint64_t ends;		/* see ENDS */
	_Atomic uint32_t role;		/* enum role */
	_Atomic uint32_t state;		/* enum vfiomig_state, as last known */
	_Atomic uint32_t complete;
	_Atomic uint32_t was_reset;

	/* the drain's own (under its role) */
	bool starving;			/* armed and taken off admission */
	bool holding;			/* waits for the config's release */
	bool loading;			/* bytes have gone to the device */
	struct waiter held;
	_Atomic uint32_t released;
	uint64_t since;			/* ns: when the wait began */

	/* outgoing */
	struct queue *queue;
	_Atomic uint32_t holds;		/* units of the pool, without aside */
	_Atomic uint32_t stopped_at;	/* outgoing: and when the fill stopped */
	struct {
		bool has;		/* a block, with size bytes in it */
		uint32_t block;
		uint32_t size;
		uint32_t idx;		/* of the next packet */
	} fill;				/* under its role */

	_Alignas(64) counter packets;	/* come, or put in line; and */
	counter bytes;			/* their data */
	counter queued;			/* bytes come and not loaded */
	counter queued_max;
	counter depth_max;
	_Alignas(64) counter packets_done;
	counter bytes_done;
	counter state_bytes;
	counter config_bytes;
	counter initial;		/* bytes + 1, from the caller */
	counter starved;
	counter starved_ns;
	counter backend_ns;
	counter config_ns;
};

void device_free(struct vfiomig_device *dev);

/* Is that its name? */
bool device_is(const struct vfiomig_device *dev, const char *idstr,
    uint32_t instance_id);

/* Take the device for @role, if nobody has it; give it back. */
bool device_enter(struct vfiomig_device *dev, enum role role);
void device_leave(struct vfiomig_device *dev);

/* The backend's functions, with the locking that it declares.  Each failure
 * but read's and write's is put into words by the caller. */
int device_set_state(struct vfiomig_device *dev, uint32_t state);
int device_get_state(struct vfiomig_device *dev, uint32_t *state);
int device_reset(struct vfiomig_device *dev);
void device_lock(struct vfiomig_device *dev);
void device_unlock(struct vfiomig_device *dev);

/* Name of a state, for messages. */
const char *state_name(uint32_t state);

/* ---- channel.c: one channel ---- */

/* What a parked channel wants, in one word for its wakers. */
#define WANTS(device, units, idx) \
	((uint64_t)(device) << 40 | (uint64_t)(units) << 32 | (idx))
#define WANTS_DEVICE(word)	((uint32_t)((word) >> 40 & 0xffff))
#define WANTS_UNITS(word)	((uint32_t)((word) >> 32 & 0xff))
#define WANTS_IDX(word)		((uint32_t)(word))
#define WANTS_GREEDY		(UINT64_C(1) << 63)	/* it has tried that */

/* Is one of those expected, was one, never was one. */
enum { CHANNEL_OPEN, CHANNEL_ENDED, CHANNEL_MAIN };

enum channel_kind { KIND_NONE, KIND_SOCKET, KIND_FILE, KIND_OTHER, KIND_CALLER };

struct vfiomig_channel {
	struct vfiomig *mig;
	int number;			/* in order of opening */
	int fd;
	enum channel_kind kind;
	bool nonblock;
	bool closed;
	bool runs;			/* the library reads or writes its fd */
	_Atomic uint32_t ended;		/* CHANNEL_* */
	_Atomic int32_t id;
	ssize_t (*readv)(void *, const struct iovec *, int);
	ssize_t (*writev)(void *, const struct iovec *, int);
	void *opaque;

	struct waiter waiter;
	_Atomic uint64_t wants;		/* see WANTS; while it is parked */
	bool parked;			/* the owner's: armed and counted */
	bool looking;			/* the owner's, outgoing: see idle.c */
	uint64_t since;

	/* the one packet reserved (incoming) or taken (outgoing) */
	struct vfiomig_device *device;	/* NULL: none */
	struct entry entry;
	uint8_t head[WIRE_FULL];	/* outgoing: its headers */
	uint32_t round;			/* outgoing: the device to look at first */
	uint64_t carries;		/* outgoing: taken, and counted in line */

	struct reader *reader;
	struct writer *writer;

	_Alignas(64) counter packets;
	counter bytes;
	counter wire_bytes;
	counter skipped;
	counter parks;
	counter parked_ns;
	counter calls;
};

void channel_free(struct vfiomig_channel *ch);
/* Mark it ended, once, and draw the conclusions. */
int channel_end(struct vfiomig_channel *ch);

/*
 * Read or write some bytes of the fd.  >0 bytes, 0 end of file, -EAGAIN
 * (nonblocking channels), the migration's failure, or the fd's error.
 */
ssize_t channel_read(struct vfiomig_channel *ch, const struct iovec *iov,
    int n);
ssize_t channel_write(struct vfiomig_channel *ch, const struct iovec *iov,
    int n);
/* Take @done bytes off the front of an iovec; the pieces left. */
int iov_skip(struct iovec **iov, int n, size_t done);
/* Wait until there is something to read, on a nonblocking channel too; or for
 * a millisecond, if only the caller's function knows.  0 or the failure. */
int channel_wait(struct vfiomig_channel *ch);

/* ---- reader.c, writer.c: a channel that owns its fd ---- */

/* Make what the other calls need, in channel_open: 0 or -ENOMEM. */
int reader_open(struct vfiomig_channel *ch);
int writer_open(struct vfiomig_channel *ch);

int reader_run(struct vfiomig_channel *ch);
int reader_pull(struct vfiomig_channel *ch, void *data, size_t size);
void reader_free(struct reader *reader);
int writer_run(struct vfiomig_channel *ch);
void writer_free(struct writer *writer);
/* The channel is closed: packets it has taken are not sent. */
void writer_abandon(struct vfiomig_channel *ch);

/* ---- incoming.c: from channels into rings ---- */

int incoming_reserve(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state, size_t size, void **data);
int incoming_commit(struct vfiomig_channel *ch);
void incoming_abandon(struct vfiomig_channel *ch);
/* A channel that said -EAGAIN goes on, or ends: take it off the parked. */
void incoming_resume(struct vfiomig_channel *ch);
/* Put a buffer's memory back; true: see pool_give. */
bool buffer_give(struct vfiomig_device *dev, uint32_t block);

/* What a ring knows of a packet: the block with its data, or POOL_NONE, and
 * whether it is the config packet. */
#define HANDLE(block, config) \
	((block) | ((config) ? (uint32_t)1 << POOL_NAME : 0))
#define HANDLE_BLOCK(handle)	((handle) & (((uint32_t)1 << POOL_NAME) - 1))
#define HANDLE_CONFIG(handle)	((handle) >> POOL_NAME != 0)

/* ---- parked.c: channels that wait for room ---- */

/*
 * May a packet of @units have memory?  There must be room for it and for all
 * that its device needs before it, with @more units left over.
 */
bool parked_room(struct vfiomig_device *dev, uint64_t idx, uint32_t units,
    uint32_t more);
/* The next parked channel from number *@k on, which goes on; NULL: none. */
struct vfiomig_channel *parked_next(struct vfiomig *mig, uint32_t *k);
/* How far from its device's load is what @ch is parked with?  UINT64_MAX: it
 * may not go on now. */
uint64_t parked_distance(struct vfiomig *mig, struct vfiomig_channel *ch,
    uint32_t more);
/* Wake @ch, unless somebody else does.  The caller is counted (A2). */
void parked_let_on(struct vfiomig *mig, struct vfiomig_channel *ch);
/* Wake the parked channels that may go on; @all: with no margin, because the
 * caller is about to wait. */
void parked_wake(struct vfiomig *mig, bool all);

/* ---- verdict.c: when nobody is left to run ---- */

/* Draw the conclusion of a step of the caller's: it may let others on, or fail
 * the migration. */
void verdict_draw(struct vfiomig *mig, enum verdict verdict);

/* ---- outgoing.c: from devices to channels ---- */

/* The fill: a block to read into, if there is one; it stops for want of one;
 * put it in line; or give it back. */
bool outgoing_block(struct vfiomig_device *dev, uint32_t *block);
void outgoing_stop(struct vfiomig_device *dev);
void outgoing_put(struct vfiomig_device *dev, const struct entry *entry);
void outgoing_give(struct vfiomig_device *dev, uint32_t block);
/* Give back what @size bytes in it do not need; the block's new name. */
uint32_t outgoing_shrink(struct vfiomig_device *dev, uint32_t block,
    uint32_t size);

/* The channel: ch->device, entry and head are the next packet.  0, -EAGAIN
 * (it is idle), -ENODATA (all was taken), or the failure.  After it the channel
 * is looking, so idle_away is to be called in its time; idle_go after 0. */
int outgoing_take(struct vfiomig_channel *ch);
/* Another one, if it is there now, in place of what the channel has, which
 * the caller keeps.  False: it has what it had. */
bool outgoing_more(struct vfiomig_channel *ch);
void outgoing_release(struct vfiomig_channel *ch);
/* A channel is closed: with a packet taken, the migration fails. */
void outgoing_abandon(struct vfiomig_channel *ch);
/* A channel has ended: was it the last, with packets still to send? */
int outgoing_ended(struct vfiomig *mig);

/* ---- idle.c: channels with nothing to send ---- */

void idle_init(struct vfiomig *mig);
/* A packet of @size bytes was put in line: is a channel to be woken? */
void idle_put(struct vfiomig *mig, uint32_t size);
/* The channel has taken such a packet; and, it has taken all that it carries
 * this time: they are not in line any more. */
void idle_taken(struct vfiomig_channel *ch, uint32_t size);
void idle_go(struct vfiomig_channel *ch);
/* Nothing will be put any more: wake all. */
void idle_end_all(struct vfiomig *mig);
/* The channel will look at the lines before it is anything else (nothing, if
 * that was so); or who knows when, so another may have to. */
void idle_look(struct vfiomig_channel *ch);
void idle_away(struct vfiomig_channel *ch);
/* A looking channel is idle, and is to look a last time before it waits; and
 * it is looking again, woken or not. */
void idle_begin(struct vfiomig_channel *ch);
void idle_end(struct vfiomig_channel *ch);

/* ---- migration.c ---- */

struct vfiomig {
	enum vfiomig_direction direction;
	uint32_t channels_expected;
	uint32_t packet_max;
	uint32_t window;
	uint32_t stall_timeout;
	uint32_t page_size;
	bool has_uuid;
	bool quiesced;
	bool precopy;
	bool recovered;
	bool resumed;			/* the devices are the guest's again */
	uint8_t uuid[16];
	void (*log)(void *, enum vfiomig_log_level, const char *);
	void (*trace)(void *, const struct vfiomig_trace *);
	int (*ram)(void *, struct vfiomig_channel *, const void *, size_t,
	    uint32_t);
	void *opaque;

	struct failure failure;
	struct pool *pool;
	struct admission admission;

	/* arrays of fixed size; an entry is whole once the count says so */
	struct vfiomig_device **device;
	uint32_t devices_max;		/* there is memory for no more */
	_Atomic uint32_t devices;
	_Atomic(struct vfiomig_device *) bucket[BUCKETS];	/* by name */
	_Atomic(struct vfiomig_channel *) channel[CHANNELS_EVER];
	_Atomic uint32_t channels;			/* entries ever made */
	_Atomic uint32_t opened;			/* of those expected */
	_Atomic uint32_t greedy;	/* incoming: see parked.c */
	_Atomic uint64_t idle;		/* outgoing: see idle.c */
	_Atomic uint32_t filled;	/* devices whose fill is done */
	_Atomic uint32_t emptied;	/* devices whose last packet was taken */
	_Atomic uint32_t ended;		/* channels that ended before that */
	_Atomic uint32_t ids[CHANNELS_MAX / 32];	/* hellos seen */
};

static inline int
failed(struct vfiomig *mig)
{
	return atomic_load_explicit(&mig->failure.code, FAILURE_F2);
}

/* The owner of @waiter goes on: what woke it is over, but not a failure, of
 * which every look at its eventfd is to tell. */
static inline void
wait_over(struct vfiomig *mig, struct waiter *waiter)
{
	waiter_quiet(waiter);
	if (waiter->fd >= 0 && failed(mig) != 0)
		waiter_signal(waiter);
}

uint64_t now_ns(void);

/* Give a trace event to the caller; @ch and @dev may be NULL. */
void trace_event(struct vfiomig *mig, enum vfiomig_trace_type type,
    const struct vfiomig_channel *ch, const struct vfiomig_device *dev,
    uint32_t idx, uint64_t value);

static inline void
trace(struct vfiomig *mig, enum vfiomig_trace_type type,
    const struct vfiomig_channel *ch, const struct vfiomig_device *dev,
    uint32_t idx, uint64_t value)
{
	if (mig->trace != NULL)
		trace_event(mig, type, ch, dev, idx, value);
}

/* Bytes that have moved on all channels, to tell a stall. */
uint64_t migration_progress(struct vfiomig *mig);

/*
 * Sleep in @waiter, in pieces of the stall timeout, until woken or failed; a
 * whole piece without a byte fails with -ETIMEDOUT, unless no channel reads
 * because all are parked.  0 or the failure.
 */
int migration_sleep(struct vfiomig *mig, struct waiter *waiter,
    const char *who);

#endif
