/**
 * Exits whose handling stands for values of a testbed: names as KVM's
 * tracepoints give them, Intel's in capitals, AMD's in small letters.
 */
export interface ExitValues {
  readonly values: readonly string[];
  readonly note: string;
}
const KICK: ExitValues = {
    values: ["vm.exit_heavy", "vmm.dispatch"],
    note: "holds where the guest's port accesses are kicks that QEMU serves, not an ioeventfd",
  },
  FAULT: ExitValues = {
    values: ["vm.ept_violation"],
    note: "holds where the faults found their pages in memory",
  };
export const EXIT_VALUES: ReadonlyMap<string, ExitValues> = new Map([
  ["IO_INSTRUCTION", KICK],
  ["EPT_VIOLATION", FAULT],
  ["io", KICK],
  ["npf", FAULT],
]);
