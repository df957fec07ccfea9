import type { Layer } from "./layers.js";

/**
 * Shared things on the CPU side, one of each per node: a step that holds one
 * serves in order of arrival. Waiting for it is charged to `waits`.
 */
export const CPU_RESOURCES: Record<string, { waits: Layer; doc: string }> = {
  "guest.lock": { waits: "guest.lock", doc: "the guest driver's global spinlock" },
  "vmm.bql": { waits: "vmm.dispatch", doc: "QEMU's global mutex" },
  "vmm.main": { waits: "vmm.dispatch", doc: "QEMU's main loop thread" },
  "kernel.cmd": { waits: "kernel.firmware", doc: "the host driver's firmware command channel" },
};
export const CPU_RESOURCE_NAMES = Object.keys(CPU_RESOURCES);

/** FIFO resources of the device, one of each per node. */
export const DEVICE_RESOURCES = ["pcie.down", "pcie.up", "hca.tx", "hca.rx", "link"] as const;
