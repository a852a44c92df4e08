/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * node.c - where a kernel VFIO device's fd comes from
 *
 * Idea: a VMM hands its fd over, and that one is used and never closed.  For
 * programs that have no VMM the two ways of the kernel are walked: a group
 * joined to a container of its own, or the device's own node bound to an
 * iommufd of its own.  No memory is mapped for the device in either, so its
 * DMA goes nowhere.
 */
#include <errno.h>

#include "../say.h"
#include "device.h"
#include "sys.h"
#include "uapi.h"

#define CONTAINER_NODE	"/dev/vfio/vfio"
#define IOMMUFD_NODE	"/dev/iommu"

static int
node_failed(struct vfio_device *device, const char *what, int error)
{
	vfio_node_close(device);
	return say_error(device->host, error, "vfio: device cannot be opened: "
	    "step=\"%s\", errno=%d", what, -error);
}

static int
group_open(struct vfio_device *device)
{
	struct uapi_group_status status = { sizeof status, 0 };
	int error;

	device->container = vfio_sys_open(CONTAINER_NODE);
	if (device->container < 0)
		return node_failed(device, CONTAINER_NODE, device->container);
	error = vfio_sys_ioctl(device->container, UAPI_GET_API_VERSION, NULL);
	if (error != UAPI_API_VERSION)
		return node_failed(device, "api version",
		    error < 0 ? error : -EPROTONOSUPPORT);
	device->group = vfio_sys_open(device->params.group);
	if (device->group < 0)
		return node_failed(device, device->params.group,
		    device->group);
	error = vfio_sys_ioctl(device->group, UAPI_GROUP_GET_STATUS, &status);
	if (error == 0 && !(status.flags & UAPI_GROUP_VIABLE))
		error = -EPERM;
	if (error < 0)
		return node_failed(device, "group is not viable", error);
	error = vfio_sys_ioctl(device->group, UAPI_GROUP_SET_CONTAINER,
	    &device->container);
	if (error < 0)
		return node_failed(device, "join group and container", error);
	error = vfio_sys_ioctl(device->container, UAPI_SET_IOMMU,
	    (void *)(uintptr_t)UAPI_TYPE1v2_IOMMU);
	if (error < 0)
		return node_failed(device, "container's type", error);
	device->fd = vfio_sys_ioctl(device->group, UAPI_GROUP_GET_DEVICE_FD,
	    device->params.name);
	if (device->fd < 0)
		return node_failed(device, device->params.name, device->fd);
	return 0;
}

static int
cdev_open(struct vfio_device *device)
{
	struct uapi_bind_iommufd bind = { sizeof bind, 0, -1, 0 };
	int error;

	device->iommufd = vfio_sys_open(IOMMUFD_NODE);
	if (device->iommufd < 0)
		return node_failed(device, IOMMUFD_NODE, device->iommufd);
	device->fd = vfio_sys_open(device->params.cdev);
	if (device->fd < 0)
		return node_failed(device, device->params.cdev, device->fd);
	bind.iommufd = device->iommufd;
	error = vfio_sys_ioctl(device->fd, UAPI_DEVICE_BIND_IOMMUFD, &bind);
	if (error < 0)
		return node_failed(device, "bind to iommufd", error);
	return 0;
}

int
vfio_node_open(struct vfio_device *device)
{
	device->container = -1;
	device->group = -1;
	device->iommufd = -1;
	device->fd = device->params.fd;
	if (device->params.fd >= 0)
		return 0;
	return device->params.cdev[0] != '\0' ? cdev_open(device) :
	    group_open(device);
}

static void
fd_close(int *fd)
{
	if (*fd >= 0)
		vfio_sys_close(*fd);
	*fd = -1;
}

void
vfio_node_close(struct vfio_device *device)
{
	if (device->params.fd < 0)
		fd_close(&device->fd);
	fd_close(&device->group);
	fd_close(&device->container);
	fd_close(&device->iommufd);
}

int
vfio_node_reopen(struct vfio_device *device)
{
	if (device->params.fd >= 0)
		return -EOPNOTSUPP;
	vfio_node_close(device);
	return vfio_node_open(device);
}
