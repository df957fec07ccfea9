import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { ExitsFormat, ReadExits } from "../shared/format.js";
import { likelyEvents } from "./likely.js";
import type { KernelEvent } from "./line.js";
import { Pairing } from "./pairing.js";
import { type Past, readKernelEvents } from "./read.js";

/**
 * kvm_exit and kvm_entry of arch/x86/kvm/trace.h, and what the plugin of perf and trace-cmd makes of kvm_exit
 * (plugin_kvm.c of libtraceevent). Older kernels name the vCPU only in entries; a failed entry has a flag behind its
 * reason.
 */
const RIP = /rip (?:0x)?[0-9a-f]{1,16}(?: .*)?/.source,
  EXIT = new RegExp(
    `^(?:vcpu (\\d{1,9}) )?reason (\\S[\\w ]{0,40}?(?:\\(\\d{1,20}\\))?)(?: FAILED_VMENTRY)? ${RIP}$`,
  ),
  ENTRY = new RegExp(`^vcpu (\\d{1,9})(?:,? ${RIP})?$`);
const LOOKS = /\bkvm_(?:exit|entry): /;
/** An exit of an ARM guest. */
const ARM = /^(?:TRAP|IRQ|EL1_SERROR|HYP_GONE|IL)\b.*\bPC: 0x/;
const isOwn = ({ group, name }: KernelEvent): boolean =>
  (name === "kvm_exit" || name === "kvm_entry") && (group === undefined || group === "kvm");

/**
 * Exits of virtual CPUs and how long the host took for them, from kvm_exit and kvm_entry tracepoints as perf script,
 * trace-cmd report or tracefs print them.
 * @throws UserError for a recording without an exit, and for exits of an ARM guest
 */
export async function importKvmExits(path: string): Promise<ReadExits> {
  const pairing = new Pairing();
  const past = await readKernelEvents(path, {
    takes: isOwn,
    looks: LOOKS,
    take: ({ name, text, time_ns, tid }, line) => {
      const found = (name === "kvm_exit" ? EXIT : ENTRY).exec(text);
      if (found === null) {
        if (ARM.test(text))
          throw new UserError(
            `${path}: line ${line}: is an exit of an ARM guest, whose reasons are others: record on x86`,
          );
        return false;
      }
      if (name === "kvm_entry") return pairing.entry(time_ns, tid, Number(found[1]));
      pairing.exit(time_ns, tid, found[1] === undefined ? undefined : Number(found[1]), found[2]!);
      return true;
    },
    missing: () => pairing.missing(),
  });
  const { exits } = pairing;
  if (exits.rows === 0)
    throw new UserError(
      `${path}: has no whole kvm_exit event` +
        (past.damaged > 0 ? `, and damaged ones from ${past.firstDamaged} on` : "") +
        ": record with perf record -a -e kvm:kvm_exit -e kvm:kvm_entry while the guest runs",
    );
  return {
    exits,
    metadata: {
      source: { format: "kvm-exits", files: [basename(path)] },
      clock: "ns",
      fields: {
        t: "recorded",
        vcpu: pairing.vcpus,
        tid: "recorded",
        reason: "recorded",
        duration_ps: "inferred",
      },
      notes: [
        "a duration is from an exit's tracepoint to that of its thread's next entry: " +
          "the processor's own part of an exit is not in it, the tracepoints' cost is",
        resolution(past),
        ...pairing.notes(),
        ...past.notes(),
        ...(past.back > 0 ? [`events dated before the one above: ${past.back}`] : []),
      ],
      emulated: false,
      nodes: [{ name: basename(path) }],
    },
  };
}

function resolution({ coarse, fine }: Past): string {
  if (!coarse)
    return "times are printed to 1 ns: durations are as exact as the recorder's clock, which is not printed";
  return (
    `${fine ? "some times are" : "times are"} printed to 1 us, by which a duration may be off: ` +
    "perf script --ns and trace-cmd report -t print ns"
  );
}

export const kvmExits: ExitsFormat = {
  kind: "exits",
  name: "kvm-exits",
  says: "kvm_exit and kvm_entry tracepoints of x86, as perf script, trace-cmd report or tracefs print them",
  example: ["kvm.txt -o exits.arrow", "then: verbscope inspect exits.arrow"],
  sniff: likelyEvents(isOwn),
  read: importKvmExits,
};
