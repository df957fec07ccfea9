import { likeLines } from "./shared/likeness.js";

/** Recordings that are known and not read, and why. */
interface NotRead {
  readonly what: string;
  readonly why: string;
  is(head: Uint8Array): boolean;
}

/** Most of the lines are like this. */
const lines =
  (pattern: RegExp, share = 0.9) =>
  (head: Uint8Array): boolean =>
    likeLines(head, (bytes, from, to) =>
      pattern.test(String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 300))))
        ? "access"
        : "foreign",
    ) >= share;

export const NOT_READ: readonly NotRead[] = [
  {
    // perf-script's lines of memory samples: comm, pid, [cpu], time, events of mem-loads or mem-stores, address.
    what: "samples of perf mem, as perf script prints them",
    why:
      "one access in thousands is no sequence that can be replayed; record all of them, " +
      "with valgrind --tool=lackey or drmemtrace",
    is: lines(
      /^\s*\S.*\s(?:cpu\/)?(?:mem-(?:loads|stores)|ldlat-(?:loads|stores)|ibs_op)\S*:.*\s[0-9a-f]{4,}/,
    ),
  },
  {
    what: "a DRAM address-vector trace of Ramulator 2 (R or W, then numbers between commas)",
    why:
      "channel, rank, bank, row and column are no address without the organisation of the memory; " +
      "give the load/store trace that it was made from",
    is: lines(/^[RW] \d+(,\d+)+$/),
  },
  {
    what: "raw data of drmemtrace (offline_entry_t)",
    why: "it must go through raw2trace first, which drrun -t drmemtrace -indir DIR -tool basic_counts does",
    is: isRawDrmemtrace,
  },
  {
    // strace -f -ttt: pid, time of day in seconds, a call with its result; -T adds its time.
    what: "output of strace",
    why:
      "it shows system calls, and posts and polls are none; record the verbs themselves: " +
      "verbscope capture -- PROGRAM",
    is: lines(/^(?:\d+ +)?(?:\d+\.\d+ |\d\d:\d\d:\d\d(?:\.\d+)? )?\w+\(.*(?:= .*|<unfinished \.\.\.>)$/),
  },
  {
    what: "the table that a program of perftest prints",
    why:
      "it holds figures and no calls; fit a testbed to them: verbscope calibrate, " +
      "or record the program: verbscope capture -- ib_write_bw …",
    is: (head) => {
      const text = new TextDecoder().decode(head.subarray(0, 1 << 14));
      return (
        /^ *#bytes +#iterations /m.test(text) ||
        /^ +(?:RDMA_\w+|Send|Atomic\w*|Raw Ethernet) .*Test$/m.test(text)
      );
    },
  },
  {
    what: "a perf.data file",
    why:
      "samples are no sequence that can be replayed; record all accesses, " +
      "with valgrind --tool=lackey or drmemtrace",
    is: (head) => String.fromCharCode(...head.subarray(0, 8)) === "PERFILE2",
  },
];

/**
 * The first entry of a raw thread file is a header: type 6 (extended) in bits 61 to 63, sub-type 4 in bits
 * 56 to 60, version 2 to 10 in bits 48 to 55 (offline_entry_t in DynamoRIO's trace_entry.h); the next are
 * the thread (type 2) and the process (type 3).
 */
function isRawDrmemtrace(head: Uint8Array): boolean {
  if (head.length < 24) return false;
  const type = (i: number): number => head[8 * i + 7]! >> 5;
  const version = head[6]!;
  return (
    type(0) === 6 && (head[7]! & 31) === 4 && version >= 2 && version <= 10 && type(1) >= 2 && type(1) <= 6
  );
}
