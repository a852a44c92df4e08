/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vfiomig.h - move the state of VFIO devices between two hosts; see vfiomig(7)
 *
 * Contract of this header: a program built against it keeps working, without
 * being rebuilt, with every later libvfiomig of the same major version.
 * Handles are opaque.  A struct that the caller fills starts with its size in
 * bytes; a field beyond that size counts as zero.  Unknown flag bits are
 * refused with -EINVAL, so they can be given a meaning later.
 *
 * Every call that returns int or ssize_t returns a negative errno on failure.
 * Who is to blame is in the code:
 *
 *	the peer	-EBADMSG	what came is not a packet
 *			-EPROTO		a packet, but not one that may come now:
 *					repeated, beyond the config state, a second
 *					config state, of a device nobody announced
 *			-EMSGSIZE	a packet longer than the largest allowed
 *			-EPIPE		the stream ended too soon
 *			-ENOBUFS	the order of the packets cannot be undone
 *					inside the budget (detected deadlock)
 *			-ETIMEDOUT	the peer said nothing for the stall timeout
 *	the caller	-EINVAL		an argument that can never be right
 *			-EBUSY		a call that cannot be made now
 *			-ECANCELED	vfiomig_cancel() was called
 *	the system, the device, the backend, the caller's callback
 *			anything else, passed on as it came; but -EAGAIN,
 *			-ENODATA and -ENOTSUP, which mean something else
 *			here, become -EIO (the words have the number)
 *
 * The first failure of a migration wins.  It is kept, in words too
 * (vfiomig_failure()), it ends every blocked call, and every later call on
 * the migration returns its code.
 *
 * Threads.  The library starts none.  Calls on different channels and on
 * different devices may be made at the same time, from any threads.
 * vfiomig_cancel(), vfiomig_failure() and the stats calls may be made beside
 * everything else but vfiomig_free().  No callback is made with a lock held.
 * The full table is in vfiomig-threads(7).
 */
#ifndef VFIOMIG_H
#define VFIOMIG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <vfiomig/stats.h>
#include <vfiomig/trace.h>
#include <vfiomig/version.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vfiomig;			/* all devices and channels of one VM's move */
struct vfiomig_device;		/* one VFIO device's state stream */
struct vfiomig_channel;		/* one connection packets travel on */
struct vfiomig_backend;		/* see <vfiomig/backend.h> */

/* ---- version ------------------------------------------------------------ */

/* The version of the library that is running, e.g. "0.1.0". */
const char *vfiomig_version(void);

/* Nonzero when the running library is @major.@minor.@micro or newer. */
int vfiomig_version_at_least(unsigned int major, unsigned int minor,
    unsigned int micro);

/* ---- migration ---------------------------------------------------------- */

enum vfiomig_direction {
	VFIOMIG_INCOMING = 1,	/* this host is the destination */
	VFIOMIG_OUTGOING = 2	/* this host is the source */
};

struct vfiomig_config {
	size_t size;			/* sizeof(struct vfiomig_config) */
	uint32_t flags;			/* 0 */
	/*
	 * Channels to expect, 1 to 256, required.  When that many have come
	 * and ended, what is missing will never come (-EPIPE).
	 */
	uint32_t channels;
	/*
	 * Bytes of memory for payload, for all devices together; 0: 64 MiB.
	 * Never exceeded.  Each device has one packet_max of it set aside.
	 * Less than 2^23 packet_max.
	 */
	uint64_t budget;
	/*
	 * Bytes of device data in the largest packet; 0: 1 MiB (QEMU's).
	 * Incoming: a longer one is refused.  Outgoing: how much is read at
	 * a time.  At most 256 MiB; its memory is a multiple of 128 KiB.
	 */
	uint32_t packet_max;
	/*
	 * Packets of one device that may be ahead of the one it waits for;
	 * 0: 1024.  Rounded up to a power of two from 4 to 65536.
	 */
	uint32_t window;
	/*
	 * Milliseconds without a byte on any channel, while a drain is
	 * starved or a channel cannot write, after which the migration fails
	 * with -ETIMEDOUT; 0: wait for ever.  The time when all channels are
	 * parked does not count.  Blocking forms only.
	 */
	uint32_t stall_timeout;
	/*
	 * Bytes of a target page, for the length of RAM packets on the
	 * channels: 4096 (0 means that), 16384 or 65536; any power of two
	 * from 1024 to 65536.
	 */
	uint32_t page_size;
	/*
	 * The VM's uuid, 16 bytes, copied.  Incoming: compared with each
	 * channel's hello, or NULL for no comparing.  Outgoing: sent, NULL
	 * sends zeros.
	 */
	const uint8_t *uuid;
	/* Called with a finished line, no newline; any thread, no lock held. */
	void (*log)(void *opaque, enum vfiomig_log_level level,
	    const char *line);
	/* Called for each trace event; any thread, no lock held; be quick. */
	void (*trace)(void *opaque, const struct vfiomig_trace *event);
	/*
	 * Incoming: called by vfiomig_channel_run() for each RAM or SYNC
	 * packet.  @header: its @header_size bytes as on the wire; @payload
	 * bytes follow on the channel and can be had with
	 * vfiomig_channel_read(); what is left unread is skipped.  A negative
	 * return fails the migration with that code.  NULL: all are skipped.
	 */
	int (*ram)(void *opaque, struct vfiomig_channel *channel,
	    const void *header, size_t header_size, uint32_t payload);
	void *opaque;			/* for the three above */
};

/*
 * Make a migration.  Allocates, maps and touches the budget's memory: do it
 * before the guest stops.  @config is not needed afterwards.
 *
 * 0          *@migration is the caller's, until vfiomig_free()
 * -EINVAL    a field is out of its range; the budget, too, is when it is
 *            below packet_max
 * -ENOMEM    no memory
 * -EMFILE and others of eventfd(2) and mmap(2)
 */
int vfiomig_new(struct vfiomig **migration, enum vfiomig_direction direction,
    const struct vfiomig_config *config);

/*
 * Free a migration with all its devices and channels; NULL is fine.  No other
 * call may be running.  A migration that failed and was not recovered is
 * recovered first (vfiomig_recover()).  The caller's fds stay open.
 */
void vfiomig_free(struct vfiomig *migration);

/*
 * Fail the migration with -ECANCELED.  Any thread, async-signal-unsafe.
 * Does not block; every blocked call returns, those inside a device's write()
 * or read() as soon as the device lets go.
 */
void vfiomig_cancel(struct vfiomig *migration);

/*
 * The first failure: its negative errno, and in @text (NUL-terminated, cut to
 * @size; may be NULL when @size is 0) words that name device, channel and
 * packet.  0, and an empty text, when nothing failed.  Never blocks for long.
 */
int vfiomig_failure(struct vfiomig *migration, char *text, size_t size);

/*
 * After a failure, when no other call runs any more: put every device where
 * it is safe.  Outgoing: back to RUNNING, its state untouched.  Incoming: to
 * STOP, by way of a reset where data was loaded in part, never to RUNNING.
 * What became of each device is in its stats (state, was_reset).  After a
 * vfiomig_resume() that returned 0 the devices are the guest's and are left
 * alone, whatever fails then.
 *
 * 0          every device is where it should be
 * -EBUSY     the migration did not fail, or another call still runs
 * others     the first device that could not be brought there
 */
int vfiomig_recover(struct vfiomig *migration);

/* ---- devices ------------------------------------------------------------ */

enum {
	/* The config state waits for vfiomig_config_release(). */
	VFIOMIG_DEVICE_HOLD_CONFIG = 1 << 0,
	/* drain and fill say -EAGAIN where they would wait. */
	VFIOMIG_DEVICE_NONBLOCK    = 1 << 1
};

struct vfiomig_device_config {
	size_t size;			/* sizeof(struct vfiomig_device_config) */
	uint32_t flags;			/* VFIOMIG_DEVICE_* */
	uint32_t instance_id;		/* with idstr, the name on the wire */
	const char *idstr;		/* 1 to 255 bytes; copied */
	const char *backend;		/* a registered backend's name */
	const char *params;		/* for the backend's open; NULL: "" */
	/*
	 * Incoming: the config state has come, after all data was loaded.
	 * Called from the thread that drains this device, so several
	 * devices' run at the same time.  A negative return fails the
	 * migration with that code.  NULL: the backend's own config_load,
	 * and where it has none the config state is dropped.
	 */
	int (*config_load)(void *opaque, const void *data, size_t size);
	/*
	 * Outgoing: write the config state into @data, @size bytes of room,
	 * and return its length.  Called from the thread that fills, after
	 * all data was read.  NULL: the backend's config_save, and where it
	 * has none an empty config state is sent.
	 */
	ssize_t (*config_save)(void *opaque, void *data, size_t size);
	void *opaque;			/* for the two above */
};

/*
 * Add a device and open it with its backend.  Before the first channel is
 * opened; one thread at a time.
 *
 * 0            *@device is the migration's, freed with it
 * -EINVAL      a field is out of its range
 * -EEXIST      idstr and instance_id are taken
 * -ENOENT      no backend of that name
 * -ENOBUFS     the budget has no packet_max left to set aside for it
 * -EOPNOTSUPP  the device cannot migrate, or there is more than one and not
 *              all have P2P
 * -EBUSY       channels are open already
 * -ENOMEM      no memory
 * others       from the backend's open, or the migration's failure
 */
int vfiomig_device_add(struct vfiomig *migration,
    const struct vfiomig_device_config *config,
    struct vfiomig_device **device);

/* The device of that name, or NULL.  Any thread, never blocks. */
struct vfiomig_device *vfiomig_device_find(struct vfiomig *migration,
    const char *idstr, uint32_t instance_id);

/*
 * For VFIOMIG_DEVICE_NONBLOCK: an eventfd that is readable when a drain or
 * fill that said -EAGAIN should be called again.  The library's; poll it, do
 * not read or close it.  -EINVAL without the flag.
 */
int vfiomig_device_event_fd(struct vfiomig_device *device);

/* ---- channels ----------------------------------------------------------- */

enum {
	/* submit, reserve, take and run say -EAGAIN where they would wait. */
	VFIOMIG_CHANNEL_NONBLOCK = 1 << 0
};

struct vfiomig_channel_config {
	size_t size;			/* sizeof(struct vfiomig_channel_config) */
	uint32_t flags;			/* VFIOMIG_CHANNEL_* */
	/*
	 * For vfiomig_channel_run(): a connected socket, a pipe or a file;
	 * -1 when the caller carries the packets itself.  Stays the
	 * caller's: never closed, its flags never changed.
	 */
	int fd;
	/* Outgoing: the hello's id, 0 to 255, unique.  Incoming: not used. */
	uint32_t id;
	/*
	 * For vfiomig_channel_run() in place of fd (TLS, RDMA, vsock ...):
	 * like readv(2) and writev(2), but with a negative errno as the
	 * error; 0 from readv is the end.  -EAGAIN is for nonblocking
	 * channels only.  Must return soon after vfiomig_cancel().
	 */
	ssize_t (*readv)(void *opaque, const struct iovec *iov, int count);
	ssize_t (*writev)(void *opaque, const struct iovec *iov, int count);
	void *opaque;
};

/*
 * Open a channel.  Any thread.
 *
 * 0          *@channel is the migration's, freed with it
 * -EINVAL    a field is out of its range
 * -EBUSY     all expected channels are open, or there is no device yet, or
 *            more than 64 main streams came (see vfiomig_channel_run)
 * -ENOMEM    no memory
 * -EBADF     fd is none
 * -EMFILE and others of eventfd(2), for nonblocking channels
 * or the migration's failure
 */
int vfiomig_channel_open(struct vfiomig *migration,
    const struct vfiomig_channel_config *config,
    struct vfiomig_channel **channel);

/*
 * This channel has ended: nothing more will come on it, or be sent.  An
 * outstanding reservation is abandoned.  The handle stays valid for stats
 * until vfiomig_free().  Not beside other calls on this channel.
 *
 * 0, or the migration's failure
 */
int vfiomig_channel_close(struct vfiomig_channel *channel);

/*
 * For VFIOMIG_CHANNEL_NONBLOCK: as vfiomig_device_event_fd(), for the
 * channel's submit, reserve, take and run.
 */
int vfiomig_channel_event_fd(struct vfiomig_channel *channel);

/*
 * Let the channel read (incoming) or write (outgoing) its fd until it ends:
 * hello, framing, routing of device packets by idstr and instance_id.
 * One thread a channel.  Blocks; a nonblocking channel says -EAGAIN when its
 * fd is not ready or it is parked (poll both fds), and goes on where it was.
 *
 * 0           the channel has ended: a clean end of file between packets
 *             (incoming), all devices sent (outgoing)
 * -EAGAIN     see above
 * -EINVAL     the channel has neither fd nor functions
 * -EBUSY      it is closed, or a packet is reserved or taken
 * -ENOTSUP    this is a main stream (begins with "QEVM"), not a channel: no
 *             failure of the migration; the four bytes were read, no more;
 *             the channel does not count as one of those expected
 * -EBADMSG -EPROTO -EMSGSIZE -EPIPE -ENOBUFS -ETIMEDOUT -ECANCELED
 *             as said at the top
 * others      from the fd
 */
int vfiomig_channel_run(struct vfiomig_channel *channel);

/*
 * Inside the ram callback only: read exactly @size bytes of the packet's
 * payload.
 *
 * 0           all were read
 * -EINVAL     more than is left of the payload, or not inside the callback
 * -EPIPE and others as vfiomig_channel_run(), -EAGAIN excepted: it waits
 */
int vfiomig_channel_read(struct vfiomig_channel *channel, void *data,
    size_t size);

/* ---- incoming ----------------------------------------------------------- */

/* Bytes of the header in front of a packet's data: version, idx, flags. */
#define VFIOMIG_PACKET_HEADER 12

/*
 * Hand in one packet, header and data as on the wire: @size bytes, copied.
 * Any order, one thread a channel.  Waits for room (parked).
 *
 * 0          it is queued
 * -EAGAIN    nonblocking: no room now; nothing was kept, try again when the
 *            channel's eventfd says so
 * -EINVAL    @device is of another migration
 * -EBUSY     the channel is closed, or has a packet reserved
 * -EBADMSG -EPROTO -EMSGSIZE -ENOBUFS -ECANCELED ...  as said at the top
 */
int vfiomig_packet_submit(struct vfiomig_channel *channel,
    struct vfiomig_device *device, const void *packet, size_t size);

/*
 * Make room for one packet: @header is its VFIOMIG_PACKET_HEADER bytes, @size
 * the bytes of data that follow them.  *@data is where to receive those, and
 * belongs to the caller until commit or abandon.  One at a time a channel.
 * Waits, and fails, as vfiomig_packet_submit().
 */
int vfiomig_packet_reserve(struct vfiomig_channel *channel,
    struct vfiomig_device *device, const void *header, size_t size,
    void **data);

/*
 * The reserved packet is whole: queue it.  The room is no longer the
 * caller's, whatever this returns.
 *
 * 0          it is queued
 * -EINVAL    none is reserved
 * -EPROTO    it came before: another channel has brought it in between
 * or the migration's failure
 */
int vfiomig_packet_commit(struct vfiomig_channel *channel);

/* Give the reserved room back; the packet counts as not come. */
int vfiomig_packet_abandon(struct vfiomig_channel *channel);

/*
 * Load data that came on the VMM's main stream before the switchover (QEMU's
 * load_state), in order, ahead of idx 0.  One thread a device, before its
 * drain.  Blocks while the device takes it.
 *
 * 0          loaded
 * -EBUSY     packets were loaded already
 * -EINVAL    the migration is outgoing, or @data is NULL
 * others     from the backend, or the migration's failure
 */
int vfiomig_state_load(struct vfiomig_device *device, const void *data,
    size_t size);

/*
 * Load the device: packets in order as they come, the config state last, then
 * RESUMING -> STOP.  One thread a device.  Blocks until all is done; a
 * nonblocking device says -EAGAIN when the next packet is not there.
 *
 * 0           the device is complete
 * -EAGAIN     nonblocking: poll the device's eventfd
 * -EINVAL     the migration is outgoing
 * -EBUSY      another thread drains this device
 * -EPIPE      all channels have ended and a packet is missing
 * -ENOBUFS -ETIMEDOUT -ECANCELED ...   as said at the top
 * others      from the backend or the config callback
 */
int vfiomig_buffer_drain(struct vfiomig_device *device);

/* Let a held config state be loaded (VFIOMIG_DEVICE_HOLD_CONFIG).  Any
 * thread, any time, once or often. */
int vfiomig_config_release(struct vfiomig_device *device);

/*
 * The number of leading bytes of the device's stream that are its initial
 * data, as the source's VMM told: stats say initial_loaded when that many are
 * in the device (QEMU's switchover-ack).  Any thread, any time.
 */
int vfiomig_initial_set(struct vfiomig_device *device, uint64_t bytes);

/*
 * Every device to RUNNING, all to RUNNING_P2P first where they have it.
 * Incoming: after every drain returned 0.  Blocks for the transitions.
 *
 * 0          they run
 * -EBUSY     a device is not complete (named in the log); nothing was done
 * others     from the backend, or the migration's failure
 */
int vfiomig_resume(struct vfiomig *migration);

/* ---- outgoing ----------------------------------------------------------- */

/*
 * Every device that has it to PRE_COPY, the others stay RUNNING.  One thread,
 * before vfiomig_quiesce().
 *
 * 0
 * -EINVAL    the migration is incoming
 * -EBUSY     vfiomig_quiesce() was called
 * others     from the backend (the migration fails)
 */
int vfiomig_precopy(struct vfiomig *migration);

/* What a device still has to send, in bytes; estimates of the device. */
struct vfiomig_pending {
	size_t size;		/* sizeof(struct vfiomig_pending) */
	uint64_t initial;	/* better sent before the guest stops */
	uint64_t dirty;		/* changed since, could be sent now */
	uint64_t stop_copy;	/* to send when the guest stands still */
	uint32_t reinit;	/* nonzero: new initial data was put in line */
};

/*
 * Ask the device what is pending.  Not beside other calls on this device; may
 * start work in the device, so do not call it in a tight loop.  What a device
 * does not know is 0.
 *
 * 0
 * -EINVAL    the struct is too small
 * -EBUSY     another call runs on this device
 * others     from the backend
 */
int vfiomig_pending(struct vfiomig_device *device,
    struct vfiomig_pending *pending);

/*
 * Read pre-copy data for the VMM's main stream (what QEMU does), up to @size
 * bytes.  One thread a device, between vfiomig_precopy() and
 * vfiomig_quiesce().
 *
 * >0         bytes read
 * 0          nothing now, or the device has no PRE_COPY
 * -EBUSY     not in the pre-copy phase
 * others     from the backend, or the migration's failure
 */
ssize_t vfiomig_state_save(struct vfiomig_device *device, void *data,
    size_t size);

/*
 * Read pre-copy data into packets of the channels: the same stream's first
 * packets.  Reads until @limit bytes or nothing is there now.  One thread a
 * device, between vfiomig_precopy() and vfiomig_quiesce(); waits for memory
 * as vfiomig_buffer_fill().
 *
 * >0         bytes put in line
 * 0, and errors, as vfiomig_state_save(); -EAGAIN on a nonblocking device
 */
ssize_t vfiomig_buffer_prefill(struct vfiomig_device *device, size_t limit);

/*
 * The guest's CPUs stand still: bring every device to its P2P state, so that
 * none starts DMA when the first is stopped.  One thread, once, before the
 * first vfiomig_buffer_fill().  With one device only, nothing to wait for.
 *
 * 0
 * -EINVAL    the migration is incoming
 * -EBUSY     it was called before
 * others     from the backend (the migration fails)
 */
int vfiomig_quiesce(struct vfiomig *migration);

/*
 * Save the device: STOP_COPY, all data into packets, the config state last,
 * then STOP.  One thread a device.  Waits for memory, which is freed as
 * channels send; returns when all is in line, not yet on the wire.
 *
 * 0           all of it is in line
 * -EAGAIN     nonblocking: poll the device's eventfd
 * -EINVAL     the migration is incoming
 * -EBUSY      another thread fills, or vfiomig_quiesce() was not called
 * -EMSGSIZE   the config state is longer than packet_max
 * others      from the backend or the callback, or the migration's failure
 */
int vfiomig_buffer_fill(struct vfiomig_device *device);

/* One packet to send, for VMMs with their own transport. */
struct vfiomig_packet {
	size_t size;			/* sizeof(struct vfiomig_packet) */
	struct vfiomig_device *device;
	uint32_t idx;
	uint32_t flags;			/* bit 0: the config state */
	/*
	 * Three pieces, in the order of the wire: QEMU's packet and
	 * device-state headers (276 bytes), the packet header (12), the data.
	 * The last two are what vfiomig_packet_submit() takes.
	 */
	struct iovec iov[3];
};

/*
 * Take the next packet to send on this channel.  It is the library's memory,
 * lent until vfiomig_packet_release().  One at a time a channel.
 *
 * 0           *@packet is filled
 * -EAGAIN     nonblocking: none now
 * -ENODATA    everything of every device was taken: this channel is done
 * -EBUSY      one is taken already, or the channel is closed
 * -EINVAL     the migration is incoming
 * or the migration's failure
 */
int vfiomig_packet_take(struct vfiomig_channel *channel,
    struct vfiomig_packet *packet);

/* The taken packet was sent: its memory may be used again.  -EINVAL: none. */
int vfiomig_packet_release(struct vfiomig_channel *channel);

/* ---- dirty tracking ----------------------------------------------------- */

struct vfiomig_range {
	uint64_t iova;
	uint64_t length;		/* bytes, a multiple of the page size */
};

/*
 * Start, read and clear, and stop the device's record of the memory it
 * writes.  @page_size: bytes a bit stands for, asked and, after start, what
 * the device gives.  @bitmap: bit n is page n counted from @iova, in 64-bit
 * words of host order; bits are only ever set, so zero it before.  After an
 * error of report everything must be taken as dirty.
 *
 * 0, -EOPNOTSUPP when the device cannot, -EINVAL, -EBUSY beside another call
 * of the device's when its backend does not bear that, or from the backend
 */
int vfiomig_dirty_start(struct vfiomig_device *device,
    const struct vfiomig_range *ranges, uint32_t count, uint64_t *page_size);
int vfiomig_dirty_report(struct vfiomig_device *device, uint64_t iova,
    uint64_t length, uint64_t page_size, uint64_t *bitmap);
int vfiomig_dirty_stop(struct vfiomig_device *device);

/* ---- backends ----------------------------------------------------------- */

/*
 * Register a backend that is built into the program, for all migrations of
 * the process.  Copied; any thread.  Registering the same one again is fine.
 *
 * 0                 it can be named in vfiomig_device_config
 * -EINVAL           a required function or the name is missing
 * -EPROTONOSUPPORT  its api is not one this library knows
 * -EEXIST           another backend has the name
 * -ENOMEM           no memory
 */
int vfiomig_backend_register(const struct vfiomig_backend *backend);

/*
 * Load a backend from a shared object: an absolute path, or a bare name that
 * is looked for in the backend folder only (pkg-config --variable=backenddir
 * libvfiomig).  Stays loaded.  Calls dlopen(3): do it before a sandbox
 * closes.  As vfiomig_backend_register(), and
 *
 * -ENOENT           no such file
 * -ELIBBAD          it cannot be loaded, or is no backend; @text says why
 *
 * @text: NUL-terminated words on failure, cut to @size; may be NULL.
 */
int vfiomig_backend_load(const char *name, char *text, size_t size);

/*
 * What a registered backend has: name, api, size, threads, and each function
 * present, in lines of name=value, NUL-terminated, cut to @size.
 *
 * The length it would have had, or -ENOENT
 */
int vfiomig_backend_describe(const char *name, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
