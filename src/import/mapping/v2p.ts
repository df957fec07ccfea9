import { UserError } from "../../errors.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";
import type { MappingFormat } from "../shared/format.js";
import { likeLines } from "../shared/likeness.js";
import { eachLine, quote } from "../shared/lines.js";
import { type ReadMapping, readMapping } from "./read-mapping.js";

const TEXT = new TextDecoder();
const LEAVES: ReadonlyMap<bigint, MappingRow["leaf"]> = new Map([
  [4096n, "4k"],
  [1n << 21n, "2m"],
  [1n << 30n, "1g"],
]);
const KEY =
  /^\s*(page_size|page_count|bytes_mapped|virtual_address|physical_address)\s*:\s*(\d{1,20}|0[xX][0-9a-fA-F]{1,16})\s*$/;
const GROUP = /^\s*(address_mapping_group|address_mapping)\s*[:{]?\s*\{?\s*$/;

/**
 * The page map that comes with DynamoRIO's and Google's workload traces, v2p.textproto: groups of one
 * `page_size`, in them `address_mapping { virtual_address: … physical_address: … }`, a key a line; numbers
 * are decimal or 0x and hexadecimal digits (DynamoRIO, clients/drcachesim/reader/v2p_reader.cpp).
 */
export async function importV2p(path: string): Promise<ReadMapping> {
  const rows: MappingRow[] = [],
    lines: number[] = [];
  let size: bigint | undefined,
    vaddr: bigint | undefined,
    cut = false;
  await eachLine(path, (bytes, from, to, line, whole) => {
    const text = TEXT.decode(bytes.subarray(from, to)).replace(/#.*$/, "");
    if (!whole && !/^\s*\}?\s*$/.test(text)) {
      cut = true;
      return false;
    }
    const refuse = (why: string): never => {
      throw new UserError(`${path}: line ${line}: ${why}: correct the line or record the map again`);
    };
    const [, key, value] = KEY.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      if (text.trim() !== "" && text.trim() !== "}" && !GROUP.test(text))
        refuse(`is ${quote(bytes, from, to)}, but must be a key of v2p.textproto and a number`);
      return false;
    }
    const number = BigInt(value);
    if (key === "page_size") {
      if (!LEAVES.has(number)) refuse(`page_size is ${value}, but must be 4 KiB, 2 MiB or 1 GiB in bytes`);
      size = number;
    } else if (key === "virtual_address") {
      if (vaddr !== undefined) refuse("a second virtual_address comes before a physical_address");
      vaddr = number;
    } else if (key === "physical_address") {
      if (vaddr === undefined) return refuse("a physical_address has no virtual_address before it");
      if (size === undefined) return refuse("a page comes before page_size");
      if (vaddr % size !== 0n || number % size !== 0n)
        refuse(`virtual and physical address must be multiples of page_size, ${size}`);
      rows.push({ vaddr, bytes: size, leaf: LEAVES.get(size)!, frame: number >> 12n, domain: "process" });
      lines.push(line);
      vaddr = undefined;
    }
    return false;
  });
  if (rows.length === 0) throw new UserError(`${path}: has no page: give a v2p.textproto with addresses`);
  return readMapping(path, "v2p", rows, (i) => `line ${lines[i]!}`, {
    notes: [
      "the mapping is taken as it is in the file: it does not change while the trace runs",
      "the program ran on a host, not in a guest (assumed): domain is process",
      ...(vaddr === undefined && !cut
        ? []
        : ["the last page has no end and was dropped: the map was cut off"]),
    ],
    fields: { domain: "assumed" },
  });
}

export const v2p: MappingFormat = {
  kind: "mapping",
  name: "v2p",
  says: "the page map of DynamoRIO's and Google's workload traces, v2p.textproto",
  example: ["aux/v2p.textproto -o pages.arrow", "for replay --mapping"],
  sniff: (head) =>
    0.95 *
    likeLines(head, (bytes, from, to) => {
      const text = TEXT.decode(bytes.subarray(from, Math.min(to, from + 200)));
      if (KEY.test(text)) return "access";
      return GROUP.test(text) || /^\s*(\}|#.*)?\s*$/.test(text) ? "other" : "foreign";
    }),
  read: importV2p,
};
