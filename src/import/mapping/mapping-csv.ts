import { DOMAINS, LEAVES, MAPPING_COLUMNS } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";
import type { MappingFormat } from "../shared/format.js";
import { firstLine } from "../shared/likeness.js";
import { eachLine } from "../shared/lines.js";
import { type ReadMapping, readMapping } from "./read-mapping.js";

const HEADER = MAPPING_COLUMNS.map((c) => c.name).join(",");
const TEXT = new TextDecoder();

/**
 * A page map as text: the header `vaddr,bytes,leaf,frame,domain`, then
 * one range a line; numbers are decimal or start with 0x.
 */
export async function importMappingCsv(path: string): Promise<ReadMapping> {
  const rows: MappingRow[] = [];
  await eachLine(path, (bytes, from, to, line) => {
    const text = TEXT.decode(bytes.subarray(from, to));
    if (line === 1) {
      if (text !== HEADER)
        throw new UserError(`${path}: line 1: is ${JSON.stringify(text.slice(0, 60))}: it must be ${HEADER}`);
      return false;
    }
    const fields = text.split(",");
    const refuse = (column: string, value: unknown, want: string): never => {
      throw new UserError(
        `${path}: line ${line}: column ${column} is ${JSON.stringify(value ?? "")}: give ${want}`,
      );
    };
    if (fields.length !== MAPPING_COLUMNS.length)
      throw new UserError(
        `${path}: line ${line}: has ${fields.length} columns: give ${MAPPING_COLUMNS.length}, ${HEADER}`,
      );
    const number = (column: string, i: number): bigint => {
      const value = fields[i]!,
        big = /^(\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(value) ? BigInt(value) : -1n;
      return big >= 0n && big < 1n << 64n
        ? big
        : refuse(column, value, "a number of 64 bits, decimal or 0x and hexadecimal digits");
    };
    const word = <T extends string>(column: string, i: number, words: readonly T[]): T =>
      words.find((w) => w === fields[i]) ?? refuse(column, fields[i], words.join(", "));
    rows.push({
      vaddr: number("vaddr", 0),
      bytes: number("bytes", 1),
      leaf: word("leaf", 2, LEAVES),
      frame: number("frame", 3),
      domain: word("domain", 4, DOMAINS),
    });
    return false;
  });
  if (rows.length === 0) throw new UserError(`${path}: line 2: there is no range: give at least one`);
  return readMapping(path, "mapping-csv", rows, (i) => `line ${i + 2}`, {
    notes: ["the mapping is taken as it is in the file: it does not change while the trace runs"],
  });
}

export const mappingCsv: MappingFormat = {
  kind: "mapping",
  name: "mapping-csv",
  says: "a page map, lines of vaddr,bytes,leaf,frame,domain",
  example: ["pages.csv -o pages.arrow", "for replay --mapping"],
  sniff: (head) => (firstLine(head) === HEADER ? 1 : 0),
  read: importMappingCsv,
};
