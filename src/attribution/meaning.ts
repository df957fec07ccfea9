import type { Mechanism } from "../abi/mechanisms.js";

/**
 * Settings that no real machine has together. They can be computed, and
 * an attribution needs them as points between two paths.
 */
const CONTRADICTIONS: readonly (readonly [Partial<Record<Mechanism, readonly string[]>>, string])[] = [
  [{ machine: ["host"], control: ["virtio"] }, "machine=host with control=virtio"],
  [{ machine: ["host"], doorbell: ["trapped"] }, "machine=host with doorbell=trapped"],
  [{ machine: ["host"], memory: ["bounce", "memlink"] }, "machine=host with memory=bounce or memlink"],
  [{ machine: ["host"], verbs: ["forwarded"] }, "machine=host with verbs=forwarded"],
  [{ machine: ["guest"], control: ["kernel"], memory: ["memlink"] }, "memory=memlink without control=virtio"],
  [
    { machine: ["guest"], control: ["kernel"], doorbell: ["trapped"] },
    "doorbell=trapped without control=virtio",
  ],
  [
    { machine: ["guest"], control: ["kernel"], verbs: ["forwarded"] },
    "verbs=forwarded without control=virtio",
  ],
];

/** What these mechanisms contradict, in words; nothing for a path that can be built. */
export function contradictions(mechanisms: Readonly<Record<string, string>>): string[] {
  return CONTRADICTIONS.filter(([settings]) =>
    Object.entries(settings).every(([m, values]) => values.includes(mechanisms[m]!)),
  ).map(([, words]) => words);
}
