import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { Earliest } from "../../src/import/pcap/events/earliest.js";
import { Events, type Limits } from "../../src/import/pcap/events/events.js";
import { BYTES, HIGH, IMM, LOW, OPCODE, RKEY, SIDE, STEP } from "../../src/import/pcap/events/record.js";
import { Clock, secondsAnd, ticksOf } from "../../src/import/pcap/packets/clock.js";
import { Keys } from "../../src/import/pcap/packets/keys.js";
import { importPcap } from "../../src/import/pcap/pcap.js";
import { Unanswered } from "../../src/import/pcap/unanswered.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { scratch } from "../support/files.js";
import { Random } from "../support/random/rng.js";
import { refused, refusedLater } from "../support/refused.js";

const { folder, file } = scratch();
const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

describe("events are read in order, wherever they are meanwhile", () => {
  const FIELDS = [SIDE, STEP, OPCODE, BYTES, IMM, RKEY, LOW, HIGH];
  type Event = readonly number[];
  const PORTS = 5;
  /** Nearly in order, with many of one time; now and then one of long ago. */
  function drawn(random: Random): Event[] {
    let now = 0;
    return Array.from({ length: 2000 }, (_, step) => {
      now += random.int(0, 2);
      const t = random.chance(0.01) ? random.int(-5, now) : now - random.int(0, 9);
      const u32 = (): number => random.int(0, 0xffffffff);
      return [random.int(0, PORTS - 1), t, random.int(0, 6), step, u32(), u32(), u32(), u32(), u32(), u32()];
    });
  }
  const sorted = (events: readonly Event[]): Event[] =>
    [...events].sort((a, b) => a[1]! - b[1]! || a[2]! - b[2]! || a[3]! - b[3]!);
  function read(events: Events, port: number): Event[] {
    const out: Event[] = [];
    for (const s = events.of(port); !s.done; s.next())
      out.push([port, s.t, ...FIELDS.map((f) => s.words[s.at + f]!)]);
    return out;
  }
  function filled(limits: Limits | undefined, from: readonly Event[]): Events {
    const events = new Events(limits);
    for (const [p, t, side, step, opcode, bytes, imm, rkey, low, high] of from as [
      ...Parameters<Events["add"]>,
    ][])
      events.add(p, t, side, step, opcode, bytes, imm, rkey, low, high);
    events.end();
    return events;
  }

  test.each<[string, Limits | undefined]>([
    ["in memory, at once", undefined],
    ["in memory, in portions", { waiting: 70, store_bytes: 1 << 20 }],
    ["in a file", { waiting: 70, store_bytes: 20_000 }],
    ["in a file, in one portion", { waiting: 10_000, store_bytes: 0 }],
  ])("%s", (_, limits) => {
    process.env.TMPDIR = join(folder, "meanwhile");
    mkdirSync(process.env.TMPDIR, { recursive: true });
    for (let seed = 0; seed < 2; seed++) {
      const all = drawn(new Random(seed)),
        events = filled(limits, all);
      // Nothing of it has a name, so nothing is left behind.
      expect(readdirSync(process.env.TMPDIR)).toEqual([]);
      expect(events.last_ns).toBe(Math.max(...all.map((e) => e[1]!)));
      for (let port = 0; port <= PORTS; port++) {
        const expected = sorted(all.filter((e) => e[0] === port));
        expect(read(events, port)).toEqual(expected);
        expect(read(events, port)).toEqual(expected);
      }
      events.close();
    }
  });
  test("a folder that takes no file is named", () => {
    process.env.TMPDIR = join(folder, "not-there");
    expect(refused(() => filled({ waiting: 10, store_bytes: 0 }, drawn(new Random(1))))).toMatch(
      /^.*not-there: cannot hold .*ENOENT.*TMPDIR$/,
    );
  });
});

test("keys are numbered as they first come", () => {
  const keys = new Keys(),
    numbers = new Map<string, number>(),
    random = new Random(3);
  for (let i = 0; i < 2000; i++) {
    const key = Array.from({ length: 5 }, () => random.int(0, 4) * 0x33333333) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const name = key.join();
    expect(keys.find(...key)).toBe(numbers.get(name) ?? -1);
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    expect(keys.add(...key)).toBe(numbers.get(name));
    expect([...keys.key(numbers.get(name)!)]).toEqual(key);
  }
  expect(keys.count).toBe(numbers.size);
});

test("the earliest of several, of equal ones the first", () => {
  const random = new Random(4),
    items = Array.from({ length: 9 }, (_, number) => ({ number, time: random.int(0, 3), left: 20 })),
    order = new Earliest(items);
  for (let item = order.first; item; item = order.first) {
    const left = items.filter((i) => i.left > 0);
    expect(item).toBe(left.sort((a, b) => a.time - b.time || a.number - b.number)[0]);
    item.time += random.int(0, 2);
    if (--item.left === 0) order.ended();
    else order.moved();
  }
  expect(items.every((i) => i.left === 0)).toBe(true);
});

test("messages without an answer stay in order", () => {
  const waiting = new Unanswered(),
    plain: number[][] = [],
    random = new Random(5);
  for (let i = 0; i < 2000; i++) {
    if (random.chance(0.6)) {
      const message = [
        random.int(0, 0xffffff),
        random.int(1, 9),
        random.int(0, 0xffffffff),
        random.int(0, 12),
      ];
      waiting.push(...(message as [number, number, number, number]));
      plain.push(message);
    } else if (plain.length > 0) {
      waiting.shift();
      plain.shift();
    }
    expect(waiting.length).toBe(plain.length);
    const at = random.int(0, Math.max(0, plain.length - 1));
    if (plain.length > 0)
      expect([waiting.psn(at), waiting.psns(at), waiting.bytes(at), waiting.opcode(at)]).toEqual(plain[at]);
    const psn = random.int(0, 0xffffff);
    expect(waiting.has(psn)).toBe(plain.some(([first, psns]) => ((psn - first!) & 0xffffff) < psns!));
  }
});

describe("times are those of the file, from the first", () => {
  const units = {
    microseconds: secondsAnd(false),
    nanoseconds: secondsAnd(true),
    "10^-6": ticksOf(1_000_000n),
    "10^-9": ticksOf(1_000_000_000n),
    "2^-20": ticksOf(1n << 20n),
    "10^-12": ticksOf(10n ** 12n),
    seconds: ticksOf(1n),
  };
  test.each(Object.entries(units))("%s", (name, unit) => {
    const clock = new Clock(),
      random = new Random(6);
    clock.unit = unit;
    const split = !/seconds$/.test(name) || name === "seconds",
      first = 1_700_000_000_000_000_000n;
    for (let i = 0; i < 300; i++) {
      const t = first + BigInt(random.int(-1e14, 1e14)),
        ticks = name === "seconds" ? t / 10n ** 9n : name === "10^-12" ? (t * 1000n) % 2n ** 64n : undefined,
        per_s = name === "2^-20" ? 1n << 20n : name === "10^-6" ? 10n ** 6n : 10n ** 9n,
        whole = ticks ?? (t * per_s) / 10n ** 9n;
      clock.high = Number(split ? whole >> 32n : t / 10n ** 9n);
      clock.low = Number(
        split ? whole & 0xffffffffn : (t % 10n ** 9n) / (name === "microseconds" ? 1000n : 1n),
      );
      const now = clock.now_ns();
      expect(BigInt(now)).toBe(clock.exact_ns() - clock.origin_ns!);
      if (i === 0) expect(now).toBe(0);
    }
  });
});

describe("a capture as rows", () => {
  const FIXTURES = join(import.meta.dirname, "fixtures/pcap");
  test.each(readdirSync(FIXTURES).filter((f) => f.endsWith(".gz")))(
    "%s: batches of 190 rows have the same ones",
    async (name) => {
      const [small, usual] = await Promise.all(
        [190, undefined].map(async (batchRows) => {
          const { builder, metadata } = await importPcap(join(FIXTURES, name), batchRows);
          return [...readRows(openSource(bytesSource(name, encodeVerbs(builder, metadata))))].map((row) => ({
            ...row,
          }));
        }),
      );
      expect(small).toEqual(usual);
    },
  );

  /** Of the capture of a ping-pong, the first SEND; its BTH is at 42 behind a header of 16. */
  const GLOBAL = 24,
    HEADER = 16,
    LENGTH = HEADER + 38,
    BTH = HEADER + 42;
  const content = gunzipSync(readFileSync(join(FIXTURES, "rc-pingpong-events.pcap.gz")));
  function packets(change: (packet: Buffer, i: number) => void, n: number, repeated = false): Buffer {
    const out = [content.subarray(0, GLOBAL)];
    for (let at = GLOBAL, i = 0; i < n; i++) {
      const next = at + HEADER + content.readUInt32LE(at + 8),
        packet = Buffer.from(content.subarray(at, next));
      change(packet, i);
      out.push(packet);
      if (!repeated) at = next;
    }
    return Buffer.concat(out);
  }
  test("a message without an end is refused, not wrapped at 4 GiB", async () => {
    const SEND_FIRST = 0,
      SEND_MIDDLE = 1,
      SEND_LAST = 2,
      n = 65_800;
    const long = packets(
      (p, i) => {
        p[BTH] = i === 0 ? SEND_FIRST : i === n - 1 ? SEND_LAST : SEND_MIDDLE;
        p.writeUIntBE(i, BTH + 9, 3);
        p.writeUInt16BE(0xffff, LENGTH);
      },
      n,
      true,
    );
    expect(await refusedLater(importPcap(file("long.pcap", long)))).toMatch(
      /long\.pcap: a message of 43\d{8} bytes is longer than any/,
    );
  });
  test("a QP that begins with UC is done when it has sent, whatever answers it", async () => {
    const UC = 1 << 5,
      done = async (first: number): Promise<number> => {
        const path = file(
            "uc.pcap",
            packets((p, i) => (p[BTH]! |= i < 2 ? first : 0), 60),
          ),
          { builder, metadata } = await importPcap(path),
          rows = [...readRows(openSource(bytesSource(path, encodeVerbs(builder, metadata))))].map((r) => ({
            ...r,
          }));
        const posts = rows.filter((r) => r.verb === "post_send"),
          sent = rows.filter((r) => r.verb === "poll_cq" && r.opcode === "SEND");
        return posts.filter((p) => sent.some((s) => s.node === p.node && s.wr_id === p.wr_id && s.t === p.t))
          .length;
      };
    expect(await done(0)).toBe(0);
    expect(await done(UC)).toBeGreaterThan(0);
  });
});
