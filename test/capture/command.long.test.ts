import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { openTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { expectScript } from "./expected.js";
import { BUILT, make } from "./stub.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)),
  CLI = join(ROOT, "dist/cli/main.js");
const { folder } = scratch();
beforeAll(() => void make("tests"));

/** What is left in the folder for temporary files, which each run gets anew. */
let runs = 0;
function capture(args: string[], env: NodeJS.ProcessEnv = process.env, cli = CLI) {
  const tmp = join(folder, `tmp-${runs++}`);
  mkdirSync(tmp);
  const r = spawnSync(process.execPath, [cli, "capture", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, TMPDIR: tmp },
  });
  return { ...r, left: readdirSync(tmp) };
}

describe("verbscope capture", () => {
  test("runs the program, writes its trace and leaves nothing else", () => {
    const r = capture(["-o", "script.arrow", "--", join(BUILT, "script")]);
    expect(r.status, r.stderr).toBe(3);
    expect(r.left).toEqual([]);
    const trace = openTrace(join(folder, "script.arrow"));
    expectScript([...readRows(trace)], r.stdout);
    trace.close();
    expect(r.stderr).toContain("script ended with exit code 3\n");
    expect(r.stderr).toMatch(/^trace +script\.arrow$/m);
    expect(r.stderr).toMatch(/^next: verbscope replay script\.arrow --paths native,virt-ib$/m);
  });
  test("gives the program its words as they are", () => {
    const r = capture(["--", "printf", "%s|", "-o", "007", "1e3", "a b"]);
    expect(r.stdout).toBe("-o|007|1e3|a b|");
  });
  test("joins the processes of one run, and keeps their files when asked", () => {
    const r = capture(["-o", "fork.arrow", "--keep", "kept", "--", join(BUILT, "leave"), "fork"]);
    expect(r.status, r.stderr).toBe(0);
    expect(readdirSync(join(folder, "kept"))).toHaveLength(2);
    const trace = openTrace(join(folder, "fork.arrow"));
    expect(trace.metadata.nodes).toHaveLength(2);
    trace.close();
  });
  test("passes a signal on, and makes a trace of what there was", async () => {
    const child = spawn(
      process.execPath,
      [CLI, "capture", "-o", "signal.arrow", "--keep", "signal", "--", join(BUILT, "leave"), "wait"],
      {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    await new Promise((heard) => child.stdout.once("data", heard)); // it says that it waits
    child.kill("SIGTERM");
    expect(await new Promise((done) => child.on("exit", done))).toBe(128 + 15);
    expect(existsSync(join(folder, "signal.arrow"))).toBe(true);
  });
  test("prints the environment for launchers, and how the files are joined", () => {
    // A narrow terminal, too: what a shell is to read is not broken into lines.
    const r = capture(["--print-env", "-o", "job.arrow", "--keep", "job"], { ...process.env, COLUMNS: "60" });
    expect(r.status, r.stderr).toBe(0);
    const job = join(folder, "job");
    writeFileSync(join(folder, "env.sh"), r.stdout);
    const ran = spawnSync(
      "sh",
      [
        "-c",
        `. ./env.sh; OMPI_COMM_WORLD_RANK=1 "$0" _exit; OMPI_COMM_WORLD_RANK=0 "$0" _exit`,
        join(BUILT, "leave"),
      ],
      {
        cwd: folder,
      },
    );
    expect(ran.status).toBe(5);
    expect(
      readdirSync(job)
        .map((f) => f.split(".")[1])
        .sort(),
    ).toEqual(["rank0", "rank1"]);
    const join_ = /# then: +verbscope (.*)\n/.exec(r.stdout)![1]!;
    const joined = spawnSync("sh", ["-c", `${process.execPath} ${CLI} ${join_}`], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(joined.status, joined.stderr).toBe(0);
    const trace = openTrace(join(folder, "job.arrow"));
    expect(trace.metadata.nodes.map((n) => n.name)).toEqual(["rank0", "rank1"]);
    trace.close();
  });
});

describe("what cannot be done is one sentence", () => {
  test("no program, one that is not there, one that uses no device", () => {
    expect(capture([])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^verbscope: capture: no program is named: .*\n$/),
    });
    expect(capture(["--", "./no such program"])).toMatchObject({
      status: 2,
      left: [],
      stderr: expect.stringMatching(
        /^verbscope: capture: \.\/no such program cannot be started \(ENOENT\): .*\n$/,
      ),
    });
    expect(capture(["--", "true"])).toMatchObject({
      status: 2,
      left: [],
      stderr: expect.stringMatching(/true ended with exit code 0\nverbscope: capture: true opened no device/),
    });
  });
  describe("when the recorder cannot be built", () => {
    /** The package as it is installed, with its recorder not built yet. */
    const fresh = (name: string): string => {
      const at = join(folder, name);
      mkdirSync(at);
      for (const part of ["dist", "capture", "package.json"])
        cpSync(join(ROOT, part), join(at, part), { recursive: true });
      symlinkSync(join(ROOT, "node_modules"), join(at, "node_modules"));
      return join(at, "dist/cli/main.js");
    };
    const tools = (name: string, commands: Record<string, string>): NodeJS.ProcessEnv => {
      const bin = join(folder, name);
      mkdirSync(bin);
      for (const [command, target] of Object.entries(commands)) symlinkSync(target, join(bin, command));
      return { ...process.env, PATH: bin };
    };
    const which = (command: string): string =>
      spawnSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8" }).stdout.trim();
    test("make is missing", () =>
      expect(capture(["--", "true"], tools("none", {}), fresh("a")).stderr).toMatch(
        /^verbscope: capture: the recorder must be built, and make is missing; .*apt-get install gcc make .*\n$/,
      ));
    test("the compiler is missing", () => {
      const some = tools("some", {
        make: which("make"),
        sh: which("sh"),
        mkdir: which("mkdir"),
        mv: which("mv"),
      });
      expect(capture(["--", "true"], some, fresh("b")).stderr).toMatch(
        /^verbscope: capture: the recorder cannot be built: there is no C compiler \(package gcc\); .*\n$/,
      );
    });
    test("headers are missing", () => {
      const cli = fresh("c");
      const include = join(folder, "c/capture/hooks/verbs.h");
      writeFileSync(include, "#include <infiniband/nowhere.h>\n");
      expect(capture(["--", "true"], process.env, cli).stderr).toMatch(
        /the recorder cannot be built: the headers of libibverbs are missing \(package libibverbs-dev\)/,
      );
    });
  });
});
