import { type Line, quote, type Source } from "../shared/source.js";

/**
 * What perftest prints when its buffers are a GPU's or another accelerator's: the lines of src/*_memory.c
 * of linux-rdma/perftest (CUDA, ROCm, MUSA, MLU, Neuron, OpenCL, SUPA, Habana), and the options that ask for it.
 */
const ACCELERATOR = new RegExp(
  [
    String.raw`\b(?:GPU|accelerator|MUSA|MLU|Neuron|SUPA|OpenCL|CUDA) (?:buffer|device|memory|tests|Ctx)\b`,
    String.raw`\binitializing (?:CUDA|MUSA|MLU|SUPA)\b`,
    String.raw`\bUsing ROCm Device\b`,
    String.raw`\bNEURON_RT_VISIBLE_CORES\b`,
    String.raw`--use_(?:cuda|rocm|hl|neuron|mlu|musa|opencl|supa)\b`,
  ].join("|"),
  "i",
);
/** "Use ROCm memory : OFF" is what versions that could use it print for the host's memory. */
const SWITCH = /^use ([a-z]{1,20}) memory$/,
  SWITCH_LINE = /^\s*Use [A-Za-z]{1,20} memory\s*:/;

/**
 * Drivers whose transport is the processor's work: rxe and siw (drivers/infiniband/sw of torvalds/linux),
 * and those that use rdmavt of the same folder, hfi1 and qib, formerly ipath.
 */
const SOFTWARE = /(?:^|_)(?:rxe|siw)|^(?:hfi1|qib|ipath)_?\d/i;

function refuseAccelerator(source: Source, line: Line, what: string): never {
  return source.refuse(
    line,
    `${what}, but verbscope simulates buffers in the host's memory: ` +
      "measure with them there, without --use_cuda and the like",
  );
}

/** Refuses a line that says that buffers were not in the host's memory. */
export function refuseAcceleratorLine(source: Source, line: Line): void {
  if (ACCELERATOR.test(line.text) && !SWITCH_LINE.test(line.text))
    refuseAccelerator(source, line, "says that the buffers were an accelerator's");
}

/** Refuses members that say that the run was not of an HCA between hosts' memories. */
export function refuseElsewhere(source: Source, line: Line, name: string, key: string, value: string): void {
  const memory = SWITCH.exec(key);
  if (memory !== null && value.toUpperCase() !== "OFF")
    refuseAccelerator(source, line, `${name} is ${quote(value)}`);
  if (key === "device" && SOFTWARE.test(value))
    source.refuse(
      line,
      `the device is ${quote(value)}, whose verbs are the processor's work: ` +
        "its times say nothing of an HCA, measure on hardware",
    );
  if (key === "transport type" && value !== "IB")
    source.refuse(
      line,
      `the transport is ${quote(value)}${value === "IW" ? ", iWARP over TCP" : ""}: ` +
        "verbscope simulates that of InfiniBand and RoCE, measure on one of them",
    );
}
