import type { Argv } from "yargs";
import { UserError } from "../../errors.js";
import type { MemoryOptions } from "../../replay/memory/prepare.js";
import type { Think } from "../../replay/think.js";

/** What a replay takes beside a trace and paths, whichever command asks for it. */
export interface ReplayArguments {
  testbed: string;
  set: string[];
  think: Think;
  peer: "same" | "native";
  link: string | undefined;
  placement: string | undefined;
  mapping: string | undefined;
}
export interface MachineArguments {
  testbed: string;
  set: string[];
}

export const machineOptions = <T>(y: Argv<T>): Argv<T & MachineArguments> =>
  y
    .option("testbed", { type: "string", default: "thesis-2014", describe: "testbed, by name or file" })
    .option("set", {
      type: "string",
      array: true,
      default: [] as string[],
      nargs: 1,
      describe: "name=value: override a testbed value",
    });

export const replayOptions = <T>(y: Argv<T>): Argv<T & ReplayArguments> =>
  machineOptions(y)
    .option("think", {
      choices: ["auto", "recorded", "none"] as const,
      default: "auto" as const,
      describe: "gaps between calls, or instructions between accesses: as recorded, or none",
    })
    .option("peer", {
      choices: ["same", "native"] as const,
      default: "same" as const,
      describe: "path of a peer that the trace lacks",
    })
    .option("link", {
      type: "string",
      describe: "memory that memlink re-links: none, all, heap, largest, BASE:LEN, from:VERBS.arrow",
    })
    .option("placement", {
      type: "string",
      describe: "frames of pages: contiguous, fragmented[:SEED], thp=SHARE[:SEED]",
    })
    .option("mapping", { type: "string", describe: "page map (mapping/1) that gives the frames" }) as Argv<
    T & ReplayArguments
  >;

/** Of a command's arguments, these: what another thread makes the same session from. */
export const replayArguments = ({
  testbed,
  set,
  think,
  peer,
  link,
  placement,
  mapping,
}: ReplayArguments): ReplayArguments => ({ testbed, set, think, peer, link, placement, mapping });

type Given = Pick<ReplayArguments, "link" | "placement" | "mapping" | "peer"> & { top?: number | undefined };

/** The memory options given, which need a memory trace; `--peer` needs a verbs trace. */
export function memoryOptionsOf(
  command: string,
  a: Given,
  { verbs, memory, mapping }: { verbs?: unknown; memory?: unknown; mapping?: string | undefined },
): MemoryOptions {
  if (!verbs && a.peer !== "same")
    throw new UserError(
      `${command}: --peer is about the other side of a verbs trace, ` +
        "but none is named; give one, or leave it out",
    );
  const given = (["link", "placement", "mapping", "top"] as const).filter((k) => a[k] !== undefined);
  if (a.top !== undefined && !(Number.isInteger(a.top) && a.top >= 0 && a.top <= 10_000))
    throw new UserError(`--top ${a.top}: give a whole number of 0 to 10000`);
  if (!memory && given.length > 0)
    throw new UserError(
      `${command}: --${given[0]} is about memory accesses, ` +
        "but no memory trace is named; give one, or leave it out",
    );
  if (mapping !== undefined && a.mapping !== undefined)
    throw new UserError(
      `${command}: --mapping ${a.mapping} is given, but the set has a page map, ${mapping}: leave the option out`,
    );
  return {
    ...(mapping === undefined ? {} : { mapping }),
    ...(Object.fromEntries(given.map((k) => [k, a[k]])) as MemoryOptions),
  };
}
