# SPDX-License-Identifier: BSD-3-Clause
#
# mtty-big.sed - give the kernel's sample UART several megabytes of state
#
# Applied with sed to the sample driver when the guest's modules are built.
# A device with two ports has, behind the ports' registers, MTTY_EXTRA bytes
# more: random from its creation, saved and loaded with the rest, so that
# each device differs and what arrived can be compared.  A device with one
# port stays as it was.

/^#define MAX_MTTYS/a\
#include <linux/random.h>\
#include <linux/vmalloc.h>\
#define EXTRA(m) ((m)->nr_ports == 2 ? MTTY_EXTRA : 0)

# What is on the stream, and where a device keeps it.
/^	struct serial_port ports\[2\];/a\
	u8 extra[MTTY_EXTRA];
/^	struct serial_port s\[2\];/a\
	u8 *extra;

# A file's buffer is too long for the slab.
s/kzalloc(sizeof(\*migf)/kvzalloc(sizeof(*migf)/
s/kfree(migf)/kvfree(migf)/

/^	mdev_state->irq_index = -1;/a\
	mdev_state->extra = vmalloc(MTTY_EXTRA);\
	if (!mdev_state->extra) {\
		ret = -ENOMEM;\
		goto err_nr_ports;\
	}\
	get_random_bytes(mdev_state->extra, MTTY_EXTRA);
s/^	kfree(mdev_state->vconfig);/&\
	vfree(mdev_state->extra);/

s/^	return offsetof(struct mtty_data, ports) +$/	return EXTRA(mdev_state) + offsetof(struct mtty_data, ports) +/

# Save: behind the loop over the ports.
/"%s filled to %zu\\n", __func__, migf->filled_size);/a\
	if (EXTRA(mdev_state)) {\
		memcpy(migf->data.extra, mdev_state->extra, MTTY_EXTRA);\
		migf->filled_size += MTTY_EXTRA;\
	}

# Load: in front of the loop over the ports.
/magic and version already tested by resume write fn/,/^	return 0;/{
	/^	for (i = 0; i < mdev_state->nr_ports; i++)/i\
	if (EXTRA(mdev_state))\
		memcpy(mdev_state->extra, migf->data.extra, MTTY_EXTRA);
}
