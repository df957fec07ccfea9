import { UserError } from "../../errors.js";
import type { Bytes } from "../shared/bytes.js";

/** A range of a process's addresses, and what smaps knows of its pages. */
export interface Area {
  start: bigint;
  end: bigint;
  /** Of the range's own pages: 4 KiB, or those of hugetlbfs; undefined in maps, which does not say. */
  pageBytes: number | undefined;
  /** In transparent large pages of 2 MiB. */
  hugeBytes: number;
}
export interface Maps {
  areas: Area[];
  /** It has sizes of pages: it is smaps, not maps. */
  sizes: boolean;
  /** It ends without the byte of 0 behind it. */
  cut: boolean;
}

/** So much text is a hundred thousand ranges, more than Linux allows a process (vm.max_map_count, 65530). */
const MOST_BYTES = 2 ** 27;
const LINE =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) [r-][w-][x-][ps] [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+(?:\s.*)?$/;
const KEY = /^([A-Za-z_]+):\s*(?:(\d{1,12}) kB|.*)$/;
/** Transparent large pages of anonymous memory, shared memory and files (fs/proc/task_mmu.c of Linux). */
const HUGE: ReadonlySet<string> = new Set(["AnonHugePages", "ShmemPmdMapped", "FilePmdMapped"]);
const PAGE_BYTES: ReadonlySet<number> = new Set([2 ** 12, 2 ** 21, 2 ** 30]);
/** pagemap has no entries of the kernel's half, where [vsyscall] is. */
const KERNEL = 1n << 63n;

export const isMapsLine = (line: string): boolean => LINE.test(line);

/** The ranges of /proc/PID/maps or smaps, up to the byte of 0 that ends it here. */
export async function readMaps(path: string, bytes: Bytes): Promise<Maps> {
  const { bytes: head, found } = await bytes.until(0, MOST_BYTES);
  if (!found && head.length >= MOST_BYTES)
    throw new UserError(`${path}: has no byte of 0 behind its ranges: write smaps, the byte, then pagemap`);
  const lines = new TextDecoder().decode(head).split("\n");
  if (!found) lines.pop(); // it may be half a line
  const areas: Area[] = [];
  let sizes = false;
  lines.forEach((line, i) => {
    const refuse = (why: string): never => {
      throw new UserError(`${path}: line ${i + 1}: ${why}: write the file again`);
    };
    if (line === "") return;
    const range = LINE.exec(line);
    if (range !== null) {
      const start = BigInt(`0x${range[1]!}`),
        end = BigInt(`0x${range[2]!}`);
      if (start >= end || start % 4096n !== 0n || end % 4096n !== 0n)
        refuse(`the range ${range[1]!}-${range[2]!} is not one of whole pages`);
      areas.push({ start, end, pageBytes: undefined, hugeBytes: 0 });
      return;
    }
    const [, key, kib] = KEY.exec(line) ?? [],
      area = areas.at(-1);
    if (key === undefined || area === undefined)
      return refuse(`is ${JSON.stringify(line.slice(0, 60))}, which is no line of smaps or maps`);
    if (kib === undefined) return;
    if (HUGE.has(key)) area.hugeBytes += Number(kib) * 1024;
    if (key !== "KernelPageSize") return;
    sizes = true;
    area.pageBytes = Number(kib) * 1024;
    if (!PAGE_BYTES.has(area.pageBytes))
      refuse(`pages of ${kib} KiB are not modelled, which has 4 KiB, 2 MiB and 1 GiB`);
  });
  return { areas: areas.filter((a) => a.start < KERNEL), sizes, cut: !found };
}
