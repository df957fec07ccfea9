import { expect, test } from "vitest";
import { drmemtrace } from "../../src/import/memory/binary/drmemtrace.js";
import { dineroDin } from "../../src/import/memory/text/dinero.js";
import { scratch } from "../support/files.js";
import { collected } from "../support/memory/memory.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
// `collected` hands over a batch for every 100 accesses.
const READS = "0 1000\n".repeat(101);

test("without instructions there is no column gap", async () => {
  const { rows, metadata } = await collected(dineroDin.read(file("data.din", READS), {}));
  expect(rows[0]).toEqual({ vaddr: 0x1000n, size: 4, kind: 0 });
  expect(Object.keys(metadata.fields)).not.toContain("gap");
  const { rows: records } = await collected(
    drmemtrace.read(file("data.memtrace", entries([22, 0], [0, 8])), {}),
  );
  expect(records).toEqual([{ vaddr: 0x1000n, size: 8, kind: 0, tid: 0x1000, pc: 0n }]);
});

test("instructions that come late are refused, since gaps before them are not known", async () => {
  const late = file("late.din", `${READS}2 400\n`);
  expect(await refusedLater(collected(dineroDin.read(late, {})))).toBe(
    `${late}: its first instruction comes after more than a record batch of data accesses, whose ` +
      "instructions are missing: give a recording with all of them, or with none",
  );
  const many = Array.from({ length: 101 }, () => [0, 8] as const);
  const records = file("late.memtrace", entries([22, 0], ...many, [10, 4]));
  expect(await refusedLater(collected(drmemtrace.read(records, {})))).toMatch(
    /first instruction comes after/,
  );
  const soon = file("soon.din", `${"0 1000\n".repeat(50)}2 400\n0 1008\n`);
  expect((await collected(dineroDin.read(soon, {}))).rows.at(-1)!.gap).toBe(1);
});

/** trace_entry_t with the address 0x1000. */
function entries(...list: (readonly [type: number, size: number])[]): Uint8Array {
  const bytes = new Uint8Array(12 * list.length),
    view = new DataView(bytes.buffer);
  list.forEach(([type, size], i) => {
    view.setUint16(12 * i, type, true);
    view.setUint16(12 * i + 2, size, true);
    view.setBigUint64(12 * i + 4, 0x1000n, true);
  });
  return bytes;
}
