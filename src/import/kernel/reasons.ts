import { EXIT_REASONS } from "../../abi/exits.js";

const IDS = new Map(EXIT_REASONS.map((word, id) => [word, id]));
/** Words of older kernels, and those of trace-cmd's and perf's plugin for AMD, by the kernel's own. */
const ALSO: ReadonlyMap<string, string> = new Map([
  ["PENDING_INTERRUPT", "INTERRUPT_WINDOW"],
  ["EXIT_INTR", "interrupt"],
  ["EXIT_IOIO", "io"],
  ["EXIT_VMMCALL", "hypercall"],
  ["EXIT_ERR", "invalid_guest_state"],
  ["EXIT_IDTR_READ", "read_idtr"],
  ["EXIT_GDTR_READ", "read_gdtr"],
  ["EXIT_LDTR_READ", "read_ldtr"],
  ["EXIT_TR_READ", "read_rt"],
  ["EXIT_IDTR_WRITE", "write_idtr"],
  ["EXIT_GDTR_WRITE", "write_gdtr"],
  ["EXIT_LDTR_WRITE", "write_ldtr"],
  ["EXIT_TR_WRITE", "write_rt"],
]);

/** The index in EXIT_REASONS of a reason as it is printed; that of `other` is 0. */
export function reasonId(printed: string): number {
  const word = ALSO.get(printed) ?? (printed.startsWith("EXIT_") ? printed.slice(5).toLowerCase() : printed),
    register = /^(read|write)_([cd]r)\d{1,2}$/.exec(word);
  if (register !== null) return IDS.get(`${register[1]}_${register[2]}`)!;
  if (/^(?:[A-Z]{2} excp|excp_base)$/.test(word)) return IDS.get("excp")!;
  if (/^vmgexit_/.test(word)) return IDS.get("vmgexit")!;
  return IDS.get(word) ?? 0;
}
