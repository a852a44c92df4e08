/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * params.c - what the vfio backend is asked for
 *
 *	fd=N			the device, opened by the VMM; never closed
 *	group=PATH,device=NAME	or: the device NAME of the group at PATH
 *	cdev=PATH		or: the device's own node
 *	reset=1			start from a reset, whatever state it is in
 *	precopy=0 p2p=0		act as if the device did not have it
 *	stopcopy=1		for a sandbox that knows VFIO_DEVICE_FEATURE and
 *				VFIO_DEVICE_RESET only: no pre-copy, no iommufd
 *	info2=0 datasize=0	do not ask the kernel for it
 *	dirty=device|iommu|off	where dirty pages are had from; default:
 *				the device's log, else iommufd if given
 *	iommufd=N,hwpt=ID	the VMM's iommufd and its page table object
 *	check=FORMAT		check headers in a stream that is not trusted:
 *				mlx5, virtio, hisi, xe, mtty; auto (or 1) to
 *				guess, letting unknown ones through; off
 *	cap=BYTES		what such a header may ask for; default 1G
 *	hold=BYTES		a state up to that long is written in one
 *				piece; default 256, at most 4096, 0: never
 */
#include <errno.h>
#include <string.h>

#include "../params.h"
#include "../say.h"
#include "device.h"

#define HOLD_DEFAULT	256
#define CAP_DEFAULT	(UINT64_C(1) << 30)

static const char *
param_check(void *target, const char *value)
{
	int format = header_format_find(value);

	if (format < 0)
		return "mlx5, virtio, hisi, xe, mtty, auto or off";
	*(enum header_format *)target = (enum header_format)format;
	return NULL;
}

struct dirty_choice {
	int chosen;
	enum vfio_dirty dirty;
};

static const char *
param_dirty(void *target, const char *value)
{
	struct dirty_choice *choice = target;

	choice->chosen = 1;
	if (strcmp(value, "off") == 0)
		choice->dirty = VFIO_DIRTY_OFF;
	else if (strcmp(value, "device") == 0)
		choice->dirty = VFIO_DIRTY_DEVICE;
	else if (strcmp(value, "iommu") == 0)
		choice->dirty = VFIO_DIRTY_IOMMU;
	else
		return "device, iommu or off";
	return NULL;
}

/* NULL, or what does not go together. */
static const char *
params_clash(const struct vfio_params *p, const struct dirty_choice *dirty)
{
	int ways = (p->fd >= 0) + (p->group[0] != '\0') + (p->cdev[0] != '\0');

	if (ways != 1)
		return "one of fd, group and cdev is needed";
	if ((p->group[0] != '\0') != (p->name[0] != '\0'))
		return "group and device go together";
	if ((p->iommufd >= 0) != (p->hwpt != UINT64_MAX))
		return "iommufd and hwpt go together";
	if (dirty->chosen && dirty->dirty == VFIO_DIRTY_IOMMU &&
	    p->iommufd < 0)
		return "dirty=iommu needs iommufd";
	if (p->stopcopy && p->iommufd >= 0)
		return "stopcopy makes no calls on an iommufd";
	if (p->hwpt != UINT64_MAX && p->hwpt > UINT32_MAX)
		return "hwpt has 32 bits";
	if (p->hold > VFIO_HOLD_MAX)
		return "hold is 4096 at most";
	return NULL;
}

int
vfio_params_read(const struct vfiomig_host *host, const char *text,
    struct vfio_params *p)
{
	struct dirty_choice dirty = { 0, VFIO_DIRTY_DEVICE };
	struct param_text group = { p->group, sizeof p->group };
	struct param_text name = { p->name, sizeof p->name };
	struct param_text cdev = { p->cdev, sizeof p->cdev };
	const struct param table[] = {
		{ "fd", param_fd, &p->fd },
		{ "group", param_text, &group },
		{ "device", param_text, &name },
		{ "cdev", param_text, &cdev },
		{ "reset", param_flag, &p->reset },
		{ "precopy", param_flag, &p->precopy },
		{ "p2p", param_flag, &p->p2p },
		{ "stopcopy", param_flag, &p->stopcopy },
		{ "info2", param_flag, &p->infov2 },
		{ "datasize", param_flag, &p->data_size },
		{ "dirty", param_dirty, &dirty },
		{ "iommufd", param_fd, &p->iommufd },
		{ "hwpt", param_number, &p->hwpt },
		{ "check", param_check, &p->check },
		{ "cap", param_number, &p->cap },
		{ "hold", param_number, &p->hold },
	};
	const char *clash;
	char why[256];

	memset(p, 0, sizeof *p);
	p->fd = p->iommufd = -1;
	p->precopy = p->p2p = p->infov2 = p->data_size = 1;
	p->hwpt = UINT64_MAX;
	p->hold = HOLD_DEFAULT;
	p->cap = CAP_DEFAULT;
	p->check = HEADER_NONE;
	if (params_parse(text, table, sizeof table / sizeof *table, why,
	    sizeof why) < 0)
		return say_error(host, -EINVAL, "vfio: %s", why);
	p->dirty = dirty.dirty;
	if (p->stopcopy)
		p->precopy = 0;
	clash = params_clash(p, &dirty);
	if (clash != NULL)
		return say_error(host, -EINVAL, "vfio: parameters do not go "
		    "together: why=\"%s\"", clash);
	return 0;
}
