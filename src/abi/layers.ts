/**
 * The 32 layers that a picosecond can be charged to. Names are stable: users script against them.
 * The index is the slot in every ledger (32 slots of u64 = 256 bytes).
 */
export const LAYERS = [
  "app.think",
  "lib.post",
  "lib.poll",
  "kernel.syscall",
  "kernel.verbs",
  "kernel.pin",
  "kernel.firmware",
  "guest.driver",
  "guest.pin",
  "guest.lock",
  "vm.exit",
  "vm.irq",
  "vm.ept-fault",
  "vmm.dispatch",
  "vmm.syscall",
  "copy.bounce",
  "memlink.remap",
  "memlink.copy",
  "hca.doorbell",
  "hca.wqe-fetch",
  "hca.context",
  "hca.translate",
  "hca.process",
  "hca.complete",
  "dma.iommu",
  "dma.payload",
  "wire.serialize",
  "wire.fly",
  "mem.data",
  "mem.tlb",
  "walk.guest",
  "walk.host",
] as const;
export type Layer = (typeof LAYERS)[number];
export const LAYER_SLOTS = 32;

/** The group that a layer is printed under, by its first word. */
export const LAYER_GROUPS: Record<string, readonly Layer[]> = {
  app: ["app.think"],
  library: ["lib.post", "lib.poll"],
  kernel: ["kernel.syscall", "kernel.verbs", "kernel.pin", "kernel.firmware"],
  guest: ["guest.driver", "guest.pin", "guest.lock"],
  exit: ["vm.exit", "vm.irq", "vm.ept-fault"],
  vmm: ["vmm.dispatch", "vmm.syscall"],
  copy: ["copy.bounce"],
  memlink: ["memlink.remap", "memlink.copy"],
  device: [
    "hca.doorbell",
    "hca.wqe-fetch",
    "hca.context",
    "hca.translate",
    "hca.process",
    "hca.complete",
    "dma.iommu",
    "dma.payload",
  ],
  wire: ["wire.serialize", "wire.fly"],
  memory: ["mem.data", "mem.tlb", "walk.guest", "walk.host"],
};
