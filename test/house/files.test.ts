import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkFiles } from "../../src/cli/support/files.js";
import { importLackey } from "../../src/import/memory/lackey.js";
import { writeWhole } from "../../src/trace/container/write-whole.js";
import { writeMemory } from "../../src/trace/memory/memory-write.js";
import { scratch } from "../support/files.js";
import { refused, refusedLater } from "../support/refused.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const { folder } = scratch();
const at = (name: string): string => join(folder, name);
const text = (file: string, content: string): void => writeWhole(file, (sink) => sink(Buffer.from(content)));
const shell = (command: string): ReturnType<typeof spawnSync> =>
  spawnSync("bash", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, V: `${process.execPath} ${MAIN}` },
  });
const leftovers = (): string[] => readdirSync(folder).filter((f) => f.endsWith(".tmp"));

describe("where output goes", () => {
  test("through a link, also one that leads nowhere yet, to the file behind it", () => {
    symlinkSync("behind.txt", at("link.txt"));
    text(at("link.txt"), "one");
    text(at("link.txt"), "two");
    expect(readlinkSync(at("link.txt"))).toBe("behind.txt");
    expect(readFileSync(at("behind.txt"), "utf8")).toBe("two");
  });
  test("through a pipe with a name, a device and standard output, never over them", () => {
    const { stdout, stderr } = shell(
      "mkfifo fifo; (wc -c < fifo) & $V generate rc-pingpong --iters 3 -o fifo; wait; test -p fifo && echo fifo;" +
        "$V generate rc-pingpong --iters 3 -o /dev/null; test -c /dev/null && echo device;" +
        "$V generate rc-pingpong --iters 3 -o - | $V inspect - | head -1",
    );
    expect(stdout, String(stderr)).toMatch(/^\d{4,}\nfifo\ndevice\ntrace +standard input\n$/);
  });
  test("a folder is none", () => {
    mkdirSync(at("folder"));
    expect(refused(() => text(at("folder"), ""))).toMatch(
      /folder: cannot be written \(EISDIR\): it is a folder/,
    );
  });
  test("each refusal of the system has its own advice", () => {
    expect(refused(() => text(at(`${"n".repeat(300)}`), ""))).toMatch(/ENAMETOOLONG\): the name is too long/);
    expect(refused(() => text(at("none/x"), ""))).toMatch(/ENOENT\): its folder is not there; make it first/);
    expect(shell("$V paths list > /dev/full")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^verbscope: standard output: cannot be written \(ENOSPC\): the disk is full; .*\n$/,
      ),
    });
  });
  test("a reader that has gone changes no gate's answer", () => {
    shell("$V replay traces/write-lat-8.arrow --paths native,virt-ib --json > gate.json");
    const { stdout } = shell(
      "$V compare gate.json --base-path native --new-path virt-ib --budget total=1% | true; echo ${PIPESTATUS[0]}",
    );
    expect(stdout).toBe("1\n");
  });
});

describe("files that a command would lose", () => {
  test("an output that is an input, by name, by link, by hard link", () => {
    writeFileSync(at("in"), "");
    symlinkSync("in", at("soft"));
    linkSync(at("in"), at("hard"));
    for (const name of ["in", "soft", "hard"])
      expect(refused(() => checkFiles("merge", [at("in")], [at(name)]))).toMatch(
        /^merge: .* is an input|an input;/,
      );
    expect(refused(() => checkFiles("merge", [at("soft")], [at("hard")]))).toContain("the same file as");
  });
  test("two outputs of one name, also when neither is there", () => {
    expect(refused(() => checkFiles("report", [], [at("x.html"), at("./folder/../x.html")]))).toContain(
      "written twice",
    );
    expect(refused(() => checkFiles("report", [], ["-", "-"]))).toContain("written twice");
  });
  test("standard input twice; a device as often as one likes", () => {
    expect(refused(() => checkFiles("replay", ["-", "-"], []))).toContain("named twice");
    checkFiles("merge", ["/dev/null", "-"], ["/dev/null"]);
  });
  test("nothing is read before", () => {
    const { status, stderr } = shell("echo no trace > t; $V merge t t -o t");
    expect([status, stderr]).toEqual([
      2,
      "verbscope: merge: t is to be written, but it is an input; choose another name for the output\n",
    ]);
    expect(readFileSync(at("t"), "utf8")).toBe("no trace\n");
  });
});

describe("what is left behind", () => {
  const rows = " S 1ffefff2c8,8\n".repeat(1 << 17);
  test.each([
    ["a pipe is read", ["import", "lackey", "-"]],
    ["accesses are generated", ["generate", "gups", "--accesses", "1e12"]],
    ["in loops", ["generate", "stream", "--accesses", "1e12"]],
    ["by chance", ["generate", "zipf", "--accesses", "1e12"]],
    ["along pointers", ["generate", "pointer-chase", "--accesses", "1e12"]],
    ["at a stride", ["generate", "stride", "--accesses", "1e12"]],
    ["in chunks", ["generate", "chunks", "--accesses", "1e12"]],
  ])("nothing by TERM and INT while %s", async (_, words) => {
    for (const [signal, code] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const) {
      const child = spawn(process.execPath, [MAIN, ...words, "-o", "cut.arrow"], { cwd: folder });
      child.stdin.on("error", () => undefined); // the rows that it never takes
      child.stdin.write(rows);
      while (leftovers().length === 0) await new Promise((r) => setTimeout(r, 5));
      child.kill(signal);
      expect(await new Promise((r) => child.on("exit", r))).toBe(code);
      expect([leftovers(), existsSync(at("cut.arrow"))]).toEqual([[], false]);
    }
  });
  test("what a killed process left is swept by the next one", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(at(`.swept.txt.${pid}.tmp`), "half");
    writeFileSync(at(`.swept.txt.${process.ppid}.tmp`), "of one that runs");
    text(at("swept.txt"), "whole");
    expect(leftovers()).toEqual([`.swept.txt.${process.ppid}.tmp`]);
  });
  test("no open file by imports that are refused or see enough", async () => {
    writeFileSync(at("rows.lackey"), rows);
    writeFileSync(at("none.lackey"), "{\n".repeat(1 << 19));
    const open = (): number => readdirSync("/proc/self/fd").length,
      before = open();
    for (let i = 0; i < 5; i++) {
      await writeMemory(at("rows.arrow"), importLackey(at("rows.lackey"), { limit: 3 }));
      await refusedLater(writeMemory(at("rows.arrow"), importLackey(at("none.lackey"))));
    }
    expect(open()).toBe(before);
  });
});

test("names from files reach a terminal as text", () => {
  const { stdout } = shell(
    "printf 'L,1000,8,1\\n' > $'\\e[2Jx.csv'; $V import memory-csv $'\\e[2Jx.csv' -o $'\\e[2Jx.arrow' 2>&1;" +
      "$V inspect $'\\e[2Jx.arrow'; $V inspect $'\\e[2Jx.arrow' --json; $V replay $'\\e[2Jx.arrow' 2>&1",
  );
  expect(stdout).toContain("·[2Jx.arrow");
  expect(stdout).not.toContain("\u001b");
});
