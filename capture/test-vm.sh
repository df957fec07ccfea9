#!/bin/sh
# Records programs on real devices of the kernel (SoftRoCE) in a virtual machine, imports and replays them.
# Debian's qemu-system-x86, mmdebstrap and genext2fs are needed, and a built verbscope (npm start).
# The machine's disk is made once, 1.2 GB, in VERBSCOPE_VM (~/.cache/verbscope/vm);
# traces and the transcript are left in build/vm. VERBSCOPE_VM_ACCEL=kvm is faster where KVM is at hand.
set -eu
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/.." && pwd)
machine=${VERBSCOPE_VM:-$HOME/.cache/verbscope/vm} accel=${VERBSCOPE_VM_ACCEL:-tcg,thread=multi,tb-size=512}
out=$root/build/vm
packages=linux-image-amd64,kmod,procps,iproute2,rdma-core,ibverbs-providers,ibverbs-utils,perftest
packages=$packages,libibverbs-dev,librdmacm-dev,gcc,make,libc6-dev,libstdc++6,openmpi-bin,libopenmpi-dev

for program in qemu-system-x86_64 mmdebstrap genext2fs; do
  command -v $program > /dev/null || {
    echo "test-vm: $program is missing; on Debian: apt-get install qemu-system-x86 mmdebstrap genext2fs" >&2
    exit 2
  }
done
[ -e "$root/dist/cli/main.js" ] || {
  echo "test-vm: verbscope is not built yet: run npm start first" >&2
  exit 2
}

disk=$machine/root-$({ echo "$packages"; cat "$here/vm/init"; } | sha256sum | cut -c1-12).ext2
if [ ! -e "$disk" ]; then
  echo "making $disk …"
  mkdir -p "$machine"
  rm -f "$machine"/root-*
  # Its kernel and first file system stand beside it: the machine is started without a boot loader.
  mmdebstrap --variant=minbase --format=ext2 --include="$packages" \
    --customize-hook="copy-in $here/vm/init /" \
    --customize-hook="download /vmlinuz $machine/vmlinuz" \
    --customize-hook="download /initrd.img $machine/initrd.img" \
    bookworm "$disk.new" "${VERBSCOPE_VM_MIRROR:-http://deb.debian.org/debian}" 2> "$machine/mmdebstrap.log" || {
    rm -f "$disk.new"
    echo "test-vm: the disk could not be made; $machine/mmdebstrap.log says why" >&2
    exit 2
  }
  mv "$disk.new" "$disk"
fi

rm -rf "$out"
mkdir -p "$out"
cp "$(command -v node)" "$out/node"
cp "$here/vm/runs.sh" "$here/vm/ring.c" "$out/"
echo "starting the machine ($accel); $out/runs.log grows …"
timeout "${VERBSCOPE_VM_SECONDS:-3600}" qemu-system-x86_64 \
  -accel "$accel" -cpu max,la57=off -machine q35 -smp 2 -m 3G -display none -no-reboot \
  -nic none -serial "file:$out/console.log" \
  -kernel "$machine/vmlinuz" -initrd "$machine/initrd.img" \
  -append "root=/dev/vda ro console=ttyS0 init=/init net.ifnames=0 tsc=reliable panic=-1" \
  -drive "file=$disk,format=raw,if=virtio,readonly=on" -device virtio-rng-pci \
  -virtfs "local,path=$root,mount_tag=verbscope,security_model=none,readonly=on" \
  -virtfs "local,path=$out,mount_tag=out,security_model=none" || {
  echo "test-vm: the machine did not end by itself; $out/console.log says how far it came" >&2
  exit 1
}
rm -f "$out/node"
cat "$out/runs.log"
code=$(cat "$out/code" 2> /dev/null || echo 1)
[ "$code" -eq 0 ] && echo "test-vm: passed" || echo "test-vm: FAILED, exit code $code"
exit "$code"
