/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * data.c - a kernel VFIO device's state, read and written
 *
 * Idea: the file is a byte stream, so pieces may be cut as we like; they are
 * cut at 1 MiB, because nothing can make a driver leave a write() early and a
 * cancelled migration waits that long.  The first bytes of a load are held
 * back until there are enough of them or the load ends, because old drivers
 * of small devices want their state in one write.
 *
 * Any error of a write ends the load for good: drivers count bytes as taken
 * that they refused, and some then start on what they have.
 */
#include <errno.h>
#include <string.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "feature.h"
#include "sys.h"
#include "uapi.h"

void
vfio_data_start(struct vfio_device *device)
{
	device->held = 0;
	device->hold_limit = (uint32_t)device->params.hold;
	header_walk_init(&device->walk, device->params.check,
	    device->params.cap);
}

void
vfio_cancel(void *opaque)
{
	struct vfio_device *device = opaque;

	atomic_store_explicit(&device->cancelled, 1, memory_order_relaxed);
}

static int
cancelled(struct vfio_device *device)
{
	return atomic_load_explicit(&device->cancelled, memory_order_relaxed);
}

ssize_t
vfio_read(void *opaque, void *data, size_t size)
{
	struct vfio_device *device = opaque;
	ssize_t n;

	if (device->data_fd < 0 || !states_saving(device->state))
		return -ENODEV;
	if (cancelled(device))
		return -ECANCELED;
	if (size > VFIO_CHUNK_MAX)
		size = VFIO_CHUNK_MAX;
	n = vfio_sys_read(device->data_fd, data, size);
	if (n == -ENOMSG && device->state != VFIOMIG_STATE_STOP_COPY)
		return 0;
	if (n == -EINTR)
		return say_error(device->host, -EIO, "vfio: read was "
		    "interrupted: nobody knows what it lost");
	return n;
}

/* The load is over.  Words for the errors drivers use in ways of their own. */
static ssize_t
write_failed(struct vfio_device *device, ssize_t error)
{
	const char *why = "the device failed";

	device->tainted = 1;
	device->held = 0;
	if (error == -EFAULT)
		why = "the device refuses the stream's header";
	else if (error == -EINVAL)
		why = "the stream does not fit the device";
	else if (error == -ENOMEM)
		why = "too long a stream, or no memory";
	else if (error == -ENODEV)
		why = "the session has ended";
	else if (error == -EOPNOTSUPP)
		why = "the stream is newer than this host";
	else if (error == -EINTR)
		why = "interrupted, nobody knows what was taken";
	else if (error == 0)
		why = "it took nothing";
	say(device->host, VFIOMIG_LOG_ERROR, "vfio: load failed: errno=%d, "
	    "why=\"%s\"", (int)-error, why);
	return error == -EINTR || error == 0 ? -EIO : error;
}

/* Check @size bytes as if they were written; the walk moves on with *@walk. */
static int
pieces_check(struct vfio_device *device, struct header_walk *walk,
    const struct iovec *iov, int count, size_t size)
{
	const char *why = NULL;
	size_t n;
	int i;

	*walk = device->walk;
	for (i = 0; i < count && size > 0; i++) {
		n = iov[i].iov_len < size ? iov[i].iov_len : size;
		size -= n;
		if (header_walk_feed(walk, iov[i].iov_base, n, &why) < 0) {
			device->tainted = 1;
			return say_error(device->host, -EBADMSG, "vfio: "
			    "stream refused: format=%s, header=%u, why=\"%s\"",
			    header_format_name(walk->format), walk->headers,
			    why);
		}
	}
	return 0;
}

/* Write at most a chunk, checked.  Bytes taken, or the load is over. */
static ssize_t
pieces_write(struct vfio_device *device, const struct iovec *iov, int count)
{
	struct header_walk walk, short_walk;
	size_t size = 0;
	ssize_t n;
	int i;

	for (i = 0; i < count; i++)
		size += iov[i].iov_len;
	n = pieces_check(device, &walk, iov, count, size);
	if (n < 0)
		return n;
	n = count == 1 ?
	    vfio_sys_write(device->data_fd, iov->iov_base, iov->iov_len) :
	    vfio_sys_writev(device->data_fd, iov, count);
	if (n <= 0)
		return write_failed(device, n);
	if ((size_t)n < size) {
		pieces_check(device, &short_walk, iov, count, (size_t)n);
		walk = short_walk;
	}
	device->walk = walk;
	return n;
}

int
vfio_data_flush(struct vfio_device *device)
{
	struct iovec iov;
	uint32_t done;
	ssize_t n;

	for (done = 0; done < device->held; done += (uint32_t)n) {
		iov.iov_base = device->hold + done;
		iov.iov_len = device->held - done;
		n = pieces_write(device, &iov, 1);
		if (n < 0)
			return (int)n;
	}
	device->held = 0;
	device->hold_limit = 0;
	return 0;
}

/* Keep @size bytes for later while they fit; else 0, and nothing is held. */
static ssize_t
hold(struct vfio_device *device, const void *data, size_t size)
{
	int error;

	if (device->hold_limit == 0)
		return 0;
	if (size <= device->hold_limit - device->held) {
		memcpy(device->hold + device->held, data, size);
		device->held += (uint32_t)size;
		return (ssize_t)size;
	}
	error = vfio_data_flush(device);
	return error;
}

static int
write_allowed(struct vfio_device *device)
{
	if (device->data_fd < 0 || !states_loading(device->state))
		return -ENODEV;
	if (device->tainted)
		return -EIO;
	return cancelled(device) ? -ECANCELED : 0;
}

ssize_t
vfio_write(void *opaque, const void *data, size_t size)
{
	struct vfio_device *device = opaque;
	struct iovec iov = { (void *)(uintptr_t)data, size };
	ssize_t n;

	n = write_allowed(device);
	if (n == 0 && size > 0)
		n = hold(device, data, size);
	if (n != 0 || size == 0)
		return n;
	if (iov.iov_len > VFIO_CHUNK_MAX)
		iov.iov_len = VFIO_CHUNK_MAX;
	return pieces_write(device, &iov, 1);
}

ssize_t
vfio_writev(void *opaque, const struct iovec *iov, int count)
{
	struct vfio_device *device = opaque;
	ssize_t n, total = 0;
	int i;

	n = write_allowed(device);
	if (n < 0)
		return n;
	for (i = 0; i < count; i++) {
		n = hold(device, iov[i].iov_base, iov[i].iov_len);
		if (n < 0)
			return n;
		if (n == 0 && iov[i].iov_len > 0)
			break;
		total += n;
	}
	return total > 0 ? total : pieces_write(device, iov, count);
}

int
vfio_pending(void *opaque, struct vfiomig_pending *pending)
{
	struct vfio_device *device = opaque;
	struct uapi_precopy_info info = { sizeof info, 0, 0, 0 };
	uint64_t size = 0;
	int error;

	if (device->have_data_size) {
		error = feature_call(device->fd, UAPI_FEATURE_GET,
		    UAPI_FEATURE_MIG_DATA_SIZE, &size, sizeof size);
		if (error < 0 && !feature_absent(error))
			return error;
		pending->stop_copy = error < 0 ? 0 : size;
	}
	if (device->data_fd < 0 || (device->state != VFIOMIG_STATE_PRE_COPY &&
	    device->state != VFIOMIG_STATE_PRE_COPY_P2P))
		return 0;
	error = vfio_sys_ioctl(device->data_fd, UAPI_MIG_GET_PRECOPY_INFO,
	    &info);
	if (error < 0)
		return feature_absent(error) ? 0 : error;
	pending->initial = info.initial_bytes;
	pending->dirty = info.dirty_bytes;
	pending->reinit = device->have_infov2 &&
	    (info.flags & UAPI_PRECOPY_INFO_REINIT) != 0;
	return 0;
}
