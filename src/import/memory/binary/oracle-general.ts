import { UserError } from "../../../errors.js";
import { KIND } from "../../../trace/memory/memory-rows.js";
import { OBJECT_LOST, Objects } from "../objects.js";
import { recordFormat, sniffRecords } from "../record-format.js";

/**
 * A request (libCacheSim, traceReader/customizedReader/oracle/oracleGeneralBin.h): time u32 in seconds,
 * object u64, bytes u32, next access i64 as the number of a later request, -1 or 2^63-1 for none.
 */
const BYTES = 24,
  ID = 4,
  SIZE = 12,
  NEXT = 16;

/** Whether the next access of the object of request `n` (from 1) is a later request, or none. */
function comesLater(view: DataView, at: number, n: number): boolean {
  const low = view.getUint32(at + NEXT, true),
    high = view.getUint32(at + NEXT + 4, true);
  if (low === 0xffffffff && (high === 0xffffffff || high === 0x7fffffff)) return true;
  return high < MOST_REQUESTS_HIGH && high * 2 ** 32 + low >= n;
}
/** High half of the number of a request: no trace has 2^40. */
const MOST_REQUESTS_HIGH = 1 << 8;

export const oracleGeneral = recordFormat({
  name: "oracle-general",
  says: "a cache trace of libCacheSim in oracleGeneral, records of 24 bytes; each object gets pages",
  example: ["w106.oracleGeneral.zst -o w106.arrow", "requests to a block store"],
  bytes: BYTES,
  columns: ["vaddr", "size", "kind"],
  origins: { vaddr: "inferred", size: "recorded", kind: "assumed" },
  lost: OBJECT_LOST,
  sniff: (head) => {
    let n = 0,
      before = 0;
    return sniffRecords(BYTES, 0.9, (view, at) => {
      const time = view.getUint32(at, true),
        size = view.getUint32(at + SIZE, true),
        ordered = time >= before;
      before = time;
      return ordered && size > 0 && size < 2 ** 31 && comesLater(view, at, ++n);
    })(head);
  },
  reader: (path, accesses) => {
    const objects = new Objects();
    let first = -1,
      last = 0;
    return {
      record: (view, at, n) => {
        if (!comesLater(view, at, n))
          throw new UserError(
            `${path}: record ${n}: its next access is no later request: ` +
              "give an oracleGeneral trace of libCacheSim, unsampled, or write it again",
          );
        last = view.getUint32(at, true);
        if (first < 0) first = last;
        if (
          !objects.place(
            view.getUint32(at + ID, true),
            view.getUint32(at + ID + 4, true),
            view.getUint32(at + SIZE, true),
          )
        )
          return false;
        return accesses.take(n, objects.low, objects.high, objects.size, KIND.load, 0);
      },
      notes: () => [
        ...objects.notes(),
        `times are whole seconds, of ${last - first} s in all, and left out: they order nothing`,
      ],
    };
  },
});
