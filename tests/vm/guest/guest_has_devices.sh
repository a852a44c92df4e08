# SPDX-License-Identifier: BSD-3-Clause
# The guest boots a distribution's kernel and makes VFIO devices that migrate.
. /work/guest/functions

uuid=$(uart_new 1)
test -c "/dev/vfio/$(basename "$(readlink "/sys/bus/mdev/devices/$uuid/iommu_group")")" ||
    die "no group node"
ok "a sample device has a VFIO group: $(uart_params "$uuid")"

qemu-system-x86_64 --version | grep -q 'version 1[0-9]\.' ||
    die "no QEMU 10 inside the guest"
ok "$(qemu-system-x86_64 --version | head -n 1) runs inside the guest"
