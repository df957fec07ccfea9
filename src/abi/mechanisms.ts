/** Mechanisms: the switches of a path. First value is the default. */
export const MECHANISMS = {
  machine: { values: ["host", "guest"], doc: "where the application runs" },
  verbs: {
    values: ["guest", "forwarded"],
    doc: "who executes verbs: the application's own library, or the host on its behalf",
  },
  control: {
    values: ["kernel", "virtio"],
    doc: "how control verbs reach the driver: a system call, or a request to QEMU",
  },
  doorbell: {
    values: ["mapped", "trapped"],
    doc: "device page mapped into the application, or a request to QEMU for each store",
  },
  memory: {
    values: ["direct", "bounce", "memlink"],
    doc: "how registered memory becomes contiguous for the host",
  },
  kick: { values: ["pio", "ioeventfd"], doc: "how a request reaches QEMU" },
  irq: { values: ["none", "intx", "msix"], doc: "how QEMU reports a finished request" },
  guest_lock: { values: ["off", "on"], doc: "the guest driver's global spinlock around each request" },
  link_madvise: {
    values: ["off", "on"],
    doc: "memlink calls madvise for each linked page (since 2014-05-27)",
  },
  bf_memtype: { values: ["wc", "uc"], doc: "memory type of the BlueFlame page as the caller sees it" },
  iommu: { values: ["off", "on"], doc: "device addresses translated by the IOMMU" },
  mtt_policy: { values: ["4k", "optimal"], doc: "MTT entry size" },
  guest_leaf: { values: ["4k", "2m", "1g"], doc: "page size of the process's page table" },
  khugepaged: {
    values: ["never", "delay"],
    doc: "whether a split block becomes a large page again once nothing in it is linked",
  },
  host_leaf: {
    values: ["4k", "2m", "1g"],
    doc: "page size of the nested page table where nothing is linked",
  },
} as const satisfies Record<string, { values: readonly string[]; doc: string }>;
export type Mechanism = keyof typeof MECHANISMS;
/** The mechanism of this name, where there is one. */
export const mechanismOf = (name: string): { readonly values: readonly string[] } | undefined =>
  Object.hasOwn(MECHANISMS, name) ? MECHANISMS[name as Mechanism] : undefined;
