#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# boot.sh CACHE WORK NAME - boot the guest and run WORK/guest/NAME.sh in it
#
# WORK is the folder the guest sees as /work.  "# module: mtty-big" in the test
# script loads that driver in place of mtty, "# wall: N" gives it N seconds
# of its own in place of 60.  The guest's output ends in WORK/NAME.log, how many
# seconds it took in WORK/NAME.took.
#
# Exit: the script's own exit code, or 99 when the guest did not come to its
# end (kernel oops, hang, no boot).
set -eu

cache=$1 work=$2 name=$3
root=$cache/root
script=$work/guest/$name.sh
module=$(sed -n 's/^# module: //p' "$script")
wall=$(sed -n 's/^# wall: //p' "$script")
wall=${wall:-60}

begin=$(date +%s)
rm -f "$work/$name.rc"
timeout -k 5 $((wall + 30)) \
    "$root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu" \
    "$root/usr/bin/qemu-system-x86_64" \
    -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" \
    -accel tcg,thread=multi -cpu max -smp 2 -m 1G -M q35 \
    -nodefaults -no-user-config -no-reboot -display none -monitor none \
    -kernel "$cache/kernel/vmlinuz" -initrd "$work/initramfs.cpio" \
    -append "console=hvc0 quiet panic=-1 oops=panic test=$name \
module=${module:-mtty} wall=$wall" \
    -device virtio-serial-pci -chardev "file,id=out,path=$work/$name.log" \
    -device virtconsole,chardev=out \
    -virtfs "local,path=$root,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
    -virtfs "local,path=$work,mount_tag=work,security_model=none,multidevs=remap" \
    >"$work/$name.qemu" 2>&1 &
guest=$!
trap 'kill $guest; exit 99' INT TERM
wait $guest || true
echo $(($(date +%s) - begin)) >"$work/$name.took"
test -f "$work/$name.rc" || exit 99
exit "$(cat "$work/$name.rc")"
