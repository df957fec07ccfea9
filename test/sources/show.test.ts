import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { pathTable, programsOf } from "../../src/report/text/path-text.js";
import { annotated, sourcesText } from "../../src/report/text/source-text.js";
import { loadSources } from "../../src/sources/load.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const sources = loadSources();
/** What was printed after the table, entry by entry. */
function entries(stdout: string): Map<string, string[]> {
  const [, after] = stdout.split("\nSources\n\n");
  const blocks = after!.trimEnd().split("\n\n");
  const named = blocks.map((b) => [b.slice(0, b.indexOf(":")), b.split("\n")] as const);
  expect(new Set(named.map(([name]) => name)).size, "each once").toBe(named.length);
  return new Map(named);
}

describe("testbeds show", async () => {
  const shown = await command("testbeds", "show", "thesis-2014"),
    whole = await command("testbeds", "show", "thesis-2014", "--sources");
  const line = (name: string): string => shown.stdout.split("\n").find((l) => l.startsWith(`${name} `))!;

  test("has the publication beside the id", () => {
    expect([shown.status, shown.stderr]).toEqual([0, ""]);
    expect(line("cpu.syscall")).toMatch(/ 65 +52 … 67 ns +medium +PT002 \[tsunanet 2010\]$/);
    expect(line("vm.exit_heavy")).toMatch(/PT005 \[QEMU commit 22773d60\]$/);
    expect(line("memlink.remap_page")).toMatch(
      /PT016 \(inferred: 5\.0 us\) less .*\(PT012 \[UCX\]\) and .* \(PT015 \[CKI, EuroSys 2025\]\)$/,
    );
    expect(line("cpu.clock")).toMatch(/PT001 \(inferred: Westmere \/ Sandy Bridge class\)$/);
    expect(shown.stdout).not.toContain("Sources");
  });
  test("--sources prints every entry that it cites or rests on", () => {
    expect([whole.status, whole.stderr]).toEqual([0, ""]);
    expect(whole.stdout.startsWith(shown.stdout)).toBe(true);
    const found = entries(whole.stdout);
    for (const id of ["PT001", "PT035", "D020", "D027", "E018", "C035", "F014"])
      expect([...found.keys()]).toContain(id);
    expect(found.get("PT002")).toEqual([
      "PT002: system call: 65 ns",
      "  conditions  52 to 67 ns on three CPUs",
      "  rests on    E018",
      "  basis       recalled from memory, not read again",
    ]);
    expect(found.get("E001")).toEqual([
      "E001: PIO write exit handled in QEMU: 5287 cycles",
      "  conditions  kvm-unit-tests vmexit, CPU not stated, QEMU of the 1.4 time",
      "  published   QEMU commit 22773d60: M. Tsirkin, pci-testdev, QEMU 2013: kvm-unit-tests vmexit",
      "  address     https://github.com/qemu/qemu/commit/22773d6066a7f01a95f78c270edf9dbd2e755ac3",
      "  basis       read at the source",
    ]);
    expect([...found.keys()]).not.toContain("PM002");
  });
  test.each(["modern", "fdr-2014", "edr-2016"])(
    "--sources of %s has a way to each publication",
    async (name) => {
      const found = entries((await command("testbeds", "show", name, "--sources")).stdout);
      expect(found.size).toBeGreaterThan(30);
      for (const [id, lines] of found) {
        const text = lines.join("\n");
        if (/\n {2}published/.test(text)) expect(text, id).toMatch(/\n {2}(address|search for) +\S/);
        else expect(text, id).toMatch(/\n {2}rests on|\n {2}basis +inferred/);
      }
    },
  );
  test("--json is the document alone", async () => {
    const r = await command("testbeds", "show", "modern", "--json", "--sources");
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr).toMatch(/--json shows the document alone; leave out --sources\n$/);
  });
});

describe("paths show", async () => {
  const one = await command("paths", "show", "memlink", "--verb", "reg_mr");

  test("--verb shows one verb's steps, their number first", () => {
    expect([one.status, one.stderr]).toEqual([0, ""]);
    expect(one.stdout).toMatch(
      /^memlink: .*\nmechanisms: .*\n\nsteps of +steps +read +inferred\nreg_mr +18 +17 +1\n\nreg_mr\n/,
    );
    const steps = one.stdout.split("\nreg_mr\n")[1]!.trimEnd().split("\n");
    expect(steps).toHaveLength(18);
    expect(one.stdout).toMatch(
      /vq\.kick .*\(read: prototype 2\.3 step 2 \[virt-ib; qemu fork; QEMU 1\.3\.1\]: a PIO kick/,
    );
    expect(one.stdout).toMatch(
      /link\.ept .*\(inferred: prototype 6\.2 step 11 \[recalled\]: at the next touch/,
    );
    expect(one.stdout).toMatch(/fw\.command .*\(read: prototype 4\.1 step 9 \[Linux 3\.6\]: SW2HW_MPT\)/);
  });
  test("--sources prints the cited steps, their code and figures", async () => {
    const r = await command("paths", "show", "memlink", "--verb", "reg_mr", "--sources");
    expect(r.stdout.startsWith(one.stdout)).toBe(true);
    const found = entries(r.stdout);
    expect([...found.keys()]).toEqual([
      ...["2.3", "2.4", "6.1", "6.2", "4.1"].map((s) => `prototype ${s}`),
      ...["virt-ib", "qemu fork", "QEMU 1.3.1", "Linux 3.6", "PT009", "E015"],
    ]);
    const linking = found.get("prototype 6.2")!;
    expect(linking.slice(0, 3)).toEqual([
      "prototype 6.2: The host's side: linking",
      "  page        docs/prototype.md",
      "  step 2      Region: mmap of 4096·N bytes reserves the alias range. [qemu fork]",
    ]);
    expect(linking.filter((l) => l.startsWith("  step"))).toHaveLength(9); // 2, 4 to 10, 11
    expect(linking.at(-1)).toMatch(/^ {2}code {8}qemu fork hw\/memlink\.c \(memlink_link_address, /);
    expect(found.get("virt-ib")!.at(-1)).toBe("  address     https://github.com/medicalwei/virt-ib");
    expect(found.get("PT009")).toContain("  rests on    E015");
  });
  test("--sources of bounce buffers leads to the two theses", async () => {
    const { stdout } = await command("paths", "show", "virt-ib", "--verb", "poll_cq", "--sources");
    const found = entries(stdout);
    expect(found.get("prototype 15")!.join("\n")).toMatch(/step 2 .*\[inferred\]/);
    expect(found.get("NTHU thesis 2012")!.at(-1)).toMatch(/^ {2}address +https:/);
    expect(found.get("NTHU thesis 2014")!.at(-1)).toMatch(/^ {2}address +https:/);
  });
  test("--table counts all verbs and sums them", () => {
    const path = loadPath("virt-ib"),
      table = pathTable(path, programsOf(path, undefined), sources);
    const rows = /steps of.*\n([\s\S]*?)\n\n/
      .exec(table)![1]!
      .split("\n")
      .map((l) => l.split(/ +/));
    const sums = rows.slice(0, -1).reduce((n, r) => n + Number(r[1]), 0);
    expect(rows).toHaveLength(path.programs.size + 1);
    expect(rows.at(-1)).toEqual(["all", ...rows.at(-1)!.slice(1)]);
    expect(Number(rows.at(-1)![1])).toBe(sums);
    expect(sums).toBe([...path.programs.values()].flat().length);
    for (const r of rows) expect(Number(r[2]) + Number(r[3]), r[0]).toBe(Number(r[1]));
  });
  test("a verb without a program is named beside those that have one", async () => {
    const r = await command("paths", "show", "native", "--verb", "reg_me");
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr).toMatch(/path native has no program for verb "reg_me"; it has post_send, .*reg_mr/);
    expect(r.stderr.trim().split("\n")).toHaveLength(1);
    expect(refused(() => programsOf(loadPath("native"), "toString"))).toMatch(
      /no program for verb "toString"/,
    );
  });
  test("without a table it is still the document", async () => {
    const r = await command("paths", "show", "memlink");
    expect(JSON.parse(r.stdout)).toMatchObject({ schema: "verbscope.path/1", name: "memlink" });
  });
});

describe("documents of the user's", () => {
  const { file } = scratch();
  test("may cite what is not here", () => {
    expect(annotated("PT999, my notes, prototype 99 step 1", sources)).toBe(
      "PT999, my notes, prototype 99 step 1",
    );
    expect(sourcesText(["PT999", "measured by us"], sources)).toBe("Sources: none is cited\n");
  });
  test("are shown with what they cite", async () => {
    const document = file(
      "mine.json",
      JSON.stringify({
        schema: "verbscope.path/1",
        name: "mine",
        extends: "native",
        programs: {
          alloc_pd: [
            { id: "x", layer: "kernel.verbs", cost: "kernel.uverbs", basis: "read", source: "E001, mine" },
          ],
        },
      }),
    );
    const { stdout } = await command("paths", "show", document, "--verb", "alloc_pd", "--sources");
    expect(stdout).toContain("(read: E001 [QEMU commit 22773d60], mine)");
    expect([...entries(stdout).keys()]).toEqual(["E001"]);
  });
});
