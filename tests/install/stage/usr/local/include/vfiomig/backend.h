/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.h - what a libvfiomig backend provides; see vfiomig-backend(3)
 *
 *	#define VFIOMIG_BACKEND_API 1
 *	#include <vfiomig/backend.h>
 *
 * Contract of this header: a backend built against it keeps loading into
 * every later libvfiomig of the same major version.  Fields are only ever
 * added at the end of struct vfiomig_backend; its size, stamped by
 * VFIOMIG_BACKEND(), tells the library which of them the backend has.
 *
 * Every function returns 0, a count, or a negative errno; errno is not looked
 * at.  A backend starts no thread, changes no signal handler, prints nothing:
 * it runs inside somebody's hypervisor.
 *
 * A device passes through its functions like this:
 *
 *	open -- query -- get_state
 *	                 |
 *	  loading        |   saving
 *	  set_state(RESUMING)   [set_state(PRE_COPY), read ..., pending]
 *	  write ...             set_state(PRE_COPY_P2P or RUNNING_P2P)
 *	  [config_load]         set_state(STOP_COPY), read ... until 0
 *	  set_state(STOP)       [config_save]
 *	                 |      set_state(STOP)
 *	  set_state(RUNNING_P2P), set_state(RUNNING)
 *	                 |
 *	  on failure: get_state, set_state(STOP or RUNNING), reset
 *	                 |
 *	                close
 */
#ifndef VFIOMIG_BACKEND_H
#define VFIOMIG_BACKEND_H

#ifndef VFIOMIG_BACKEND_API
#error "define VFIOMIG_BACKEND_API to 1 before including <vfiomig/backend.h>"
#elif VFIOMIG_BACKEND_API != 1
#error "this header knows VFIOMIG_BACKEND_API 1 only"
#endif

#include <vfiomig/vfiomig.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How much a backend bears at once; the library gives no more.  cancel is
 * outside of this: it may come beside anything.
 */
enum vfiomig_threads {
	VFIOMIG_THREADS_ONE_DEVICE = 1,	/* one call at a time, process-wide */
	VFIOMIG_THREADS_PER_DEVICE = 2,	/* one call at a time per device */
	VFIOMIG_THREADS_ANY        = 3	/* any call at any time */
};

/* The library, as a device sees it.  Valid from open to close. */
struct vfiomig_host {
	size_t size;		/* of this struct, set by the library */
	/* Say a finished line in the migration's log. */
	void (*log)(const struct vfiomig_host *host,
	    enum vfiomig_log_level level, const char *line);
	/* Nonzero once the migration has failed or was cancelled. */
	int (*cancelled)(const struct vfiomig_host *host);
};

/* What a device can do (query). */
enum {
	VFIOMIG_CAN_STOP_COPY = 1 << 0,	/* it migrates at all */
	VFIOMIG_CAN_P2P       = 1 << 1,	/* it has the P2P states */
	VFIOMIG_CAN_PRE_COPY  = 1 << 2,	/* it has the PRE_COPY states */
	VFIOMIG_CAN_DIRTY     = 1 << 16	/* it keeps a record of its writes */
};

struct vfiomig_backend {
	size_t size;		/* set by VFIOMIG_BACKEND(); not by hand */
	uint32_t api;		/* likewise */
	enum vfiomig_threads threads;
	const char *name;	/* what vfiomig_device_config.backend says */
	const char *description;	/* one line for people; may be NULL */

	/* ---- required ---- */

	/*
	 * Open a device as @params say (the backend's own grammar, usually
	 * "key=value,key=value"; never NULL).  On failure say why with
	 * host->log and leave *@device alone.  @incoming: nonzero on the
	 * destination.
	 */
	int (*open)(const struct vfiomig_host *host, const char *params,
	    int incoming, void **device);

	/* Leave the device as it is and forget it. */
	void (*close)(void *device);

	/* *@can: VFIOMIG_CAN_* bits.  -EOPNOTSUPP: it cannot migrate. */
	int (*query)(void *device, uint32_t *can);

	/* *@state: enum vfiomig_state, as the device says now. */
	int (*get_state)(void *device, uint32_t *state);

	/*
	 * Move to @state, by way of others as the kernel does.  -EINVAL: no
	 * such way; nothing was done.  After another error the state may be
	 * any on the way: the library asks with get_state.
	 */
	int (*set_state)(void *device, uint32_t state);

	/* Saving: bytes read; 0 at the end in STOP_COPY, "nothing now" in
	 * PRE_COPY.  -EINTR: nothing was read, and it is called again. */
	ssize_t (*read)(void *device, void *data, size_t size);

	/* Loading: bytes taken, short is fine, 0 is a failure.  -EINTR:
	 * nothing was taken, and it is called again.  After any other error
	 * the load is over. */
	ssize_t (*write)(void *device, const void *data, size_t size);

	/* ---- optional ---- */

	/* As write, of several pieces, at most 64 and 1 MiB together.
	 * Without it small packets are written one by one. */
	ssize_t (*writev)(void *device, const struct iovec *iov, int count);

	/* Put the device into RUNNING, blank.  Its PCI state is lost. */
	int (*reset)(void *device);

	/* The migration was cancelled: make a blocked read or write return
	 * soon.  Any thread, beside any other call but open and close. */
	void (*cancel)(void *device);

	/* The config state, where the VMM has no callback for it. */
	int (*config_load)(void *device, const void *data, size_t size);
	ssize_t (*config_save)(void *device, void *data, size_t size);

	/* Fill in initial, dirty, stop_copy and reinit; the rest is zero. */
	int (*pending)(void *device, struct vfiomig_pending *pending);

	/* As vfiomig_dirty_start() and its two companions. */
	int (*dirty_start)(void *device, const struct vfiomig_range *ranges,
	    uint32_t count, uint64_t *page_size);
	int (*dirty_report)(void *device, uint64_t iova, uint64_t length,
	    uint64_t page_size, uint64_t *bitmap);
	int (*dirty_stop)(void *device);

	/* ---- 0.1 ends here; later fields may be absent in older backends ---- */
};

/*
 * Stamps the struct and exports it: as vfiomig_backend_v1() in a shared
 * object, or, with VFIOMIG_BACKEND_STATIC defined, as
 * vfiomig_backend_v1_<variable>(), for vfiomig_backend_register().
 */
#ifdef VFIOMIG_BACKEND_STATIC
#define VFIOMIG_BACKEND_ENTRY(b) vfiomig_backend_v1_##b
#else
#define VFIOMIG_BACKEND_ENTRY(b) vfiomig_backend_v1
#endif

#define VFIOMIG_BACKEND(b)						\
	__attribute__((visibility("default")))				\
	const struct vfiomig_backend *VFIOMIG_BACKEND_ENTRY(b)(void);	\
	const struct vfiomig_backend *					\
	VFIOMIG_BACKEND_ENTRY(b)(void)					\
	{								\
		(b).size = sizeof(b);					\
		(b).api = VFIOMIG_BACKEND_API;				\
		return &(b);						\
	}

#ifdef __cplusplus
}
#endif
#endif
