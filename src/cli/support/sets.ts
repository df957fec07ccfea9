import { closeSync, openSync, readSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { UserError } from "../../errors.js";
import { readJson } from "../../files.js";
import { fileDigest } from "../../replay/result/document.js";
import { checkSet, type Member, SET_KINDS, SET_SCHEMA, type TraceSet } from "../../replay/set/document.js";
import { type AnyTrace, openAnyTrace } from "../../trace/read.js";

/** Whether a file is JSON, by its first byte: traces begin with ARROW1. */
function isJson(file: string): boolean {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return false; // whoever opens it says why
  }
  try {
    const first = Buffer.alloc(1);
    return readSync(fd, first, 0, 1, 0) === 1 && first[0] === 0x7b;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

/** The set that a file is, if it is one. */
export function readSet(file: string): TraceSet | undefined {
  if (!isJson(file)) return undefined;
  const doc = readJson(file);
  return (doc as { schema?: unknown } | null)?.schema === SET_SCHEMA ? checkSet(doc, file) : undefined;
}

/** Opens the traces that a set names, which must be those that were joined. */
export function openMembers(file: string, set: TraceSet): AnyTrace[] {
  const open: AnyTrace[] = [];
  try {
    for (const kind of SET_KINDS) {
      const member = set[kind];
      if (member === undefined) continue;
      const trace = openAnyTrace(isAbsolute(member.file) ? member.file : join(dirname(file), member.file));
      open.push(trace);
      const what = kind === "exits" ? "table of exits" : `${kind} trace`;
      if (trace.kind !== kind || fileDigest(trace) !== member.digest)
        throw new UserError(
          `${file}: ${trace.path} is not the ${what} that was joined (its digest differs): ` +
            "put that file back, or join them again",
        );
    }
    return open;
  } catch (error) {
    for (const trace of open) trace.close();
    throw error;
  }
}

/** A trace as a set at `output` names it. */
export const memberOf = (trace: AnyTrace, output: string): Member => ({
  file: relative(dirname(output), trace.path) || basename(trace.path),
  digest: fileDigest(trace),
});
