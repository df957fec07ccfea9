import { UserError } from "../../../errors.js";
import { KIND } from "../../../trace/memory/memory-rows.js";
import { PROSPERO_LOST } from "../prospero.js";
import { recordFormat, sniffRecords } from "../record-format.js";

const LOWER = 32,
  R = 114,
  W = 119;
/** Record: cycle u64, op char, address u64, bytes u32, packed and little-endian (prospero/prosbinaryreader.cc). */
const BYTES = 21,
  OP = 8,
  ADDRESS = 9,
  LENGTH = 17;
/** Larger accesses have no instruction. */
const MOST_BYTES = 4096;

export const prosperoBinary = recordFormat({
  name: "prospero-binary",
  says: "a binary trace of SST Prospero, also the compressed one",
  example: ["sstprospero-0-0-bin.trace -o run.arrow", "what SST's Prospero reads as binary"],
  bytes: BYTES,
  columns: ["vaddr", "size", "kind"],
  origins: {},
  lost: PROSPERO_LOST,
  sniff: sniffRecords(BYTES, 0.95, (view, at) => {
    const op = view.getUint8(at + OP) | LOWER,
      length = view.getUint32(at + LENGTH, true);
    return (op === R || op === W) && length > 0 && length <= MOST_BYTES;
  }),
  reader: (path, accesses) => ({
    record: (view, at, n) => {
      const op = view.getUint8(at + OP) | LOWER;
      if (op !== R && op !== W)
        throw new UserError(
          `${path}: record ${n}: its kind is byte ${view.getUint8(at + OP)}, but must be R or W: ` +
            "give a binary trace of Prospero, or write it again",
        );
      return accesses.take(
        n,
        view.getUint32(at + ADDRESS, true),
        view.getUint32(at + ADDRESS + 4, true),
        view.getUint32(at + LENGTH, true),
        op === R ? KIND.load : KIND.store,
        0,
      );
    },
  }),
});
