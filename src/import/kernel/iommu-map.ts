import { UserError } from "../../errors.js";
import { type ReadMapping, readMapping } from "../mapping/read-mapping.js";
import type { MappingFormat } from "../shared/format.js";
import { IoMap } from "./io-map.js";
import { likelyEvents } from "./likely.js";
import type { KernelEvent } from "./line.js";
import { type Past, readKernelEvents } from "./read.js";

/**
 * iommu:map and iommu:unmap of include/trace/events/iommu.h: the end of a range was not printed at first, and sizes
 * were hexadecimal once.
 */
const RANGE = String.raw`iova=0x([0-9a-f]{1,16})(?: - 0x([0-9a-f]{1,17}))?`,
  SIZE = String.raw`(0x[0-9a-f]{1,16}|\d{1,20})`;
const MAP = new RegExp(String.raw`^IOMMU: ${RANGE} paddr=0x([0-9a-f]{1,16}) size=${SIZE}$`),
  UNMAP = new RegExp(String.raw`^IOMMU: ${RANGE} size=${SIZE} unmapped_size=${SIZE}$`);
const LOOKS = /\b(?:un)?map: +IOMMU: /;
const TOP = 1n << 64n,
  PAGE = 4096n;
const isOwn = ({ group, name, text }: KernelEvent): boolean =>
  (name === "map" || name === "unmap") && (group === "iommu" || (!group && text.startsWith("IOMMU:")));

/** What became of the mappings. */
class Recording {
  readonly map = new IoMap();
  maps = 0;
  unmaps = 0;
  /** Bytes, and events with any of them. */
  private readonly remapped = { bytes: 0n, events: 0 };
  private readonly unmapped = { bytes: 0n, events: 0 };
  private readonly unknown = { bytes: 0n, events: 0 };

  /** False for an event that is damaged: the kernel maps whole pages. */
  take({ name, text }: KernelEvent, line: number): boolean {
    const found = (name === "map" ? MAP : UNMAP).exec(text);
    if (found === null) return false;
    const iova = BigInt(`0x${found[1]!}`),
      size = BigInt(found[name === "map" ? 4 : 3]!),
      printed = found[2];
    if (iova % PAGE !== 0n || size % PAGE !== 0n || size === 0n || iova + size > TOP) return false;
    if (printed !== undefined && BigInt(`0x${printed}`) !== (iova + size) % TOP) return false;
    return name === "map"
      ? this.mapped(iova, iova + size, BigInt(`0x${found[3]!}`), line)
      : this.removed(iova, BigInt(found[4]!));
  }
  private mapped(iova: bigint, end: bigint, paddr: bigint, line: number): boolean {
    if (paddr % PAGE !== 0n || paddr + (end - iova) > TOP) return false;
    this.maps++;
    add(this.remapped, this.map.map({ iova, end, paddr, line }));
    return true;
  }
  private removed(iova: bigint, bytes: bigint): boolean {
    if (bytes % PAGE !== 0n || iova + bytes > TOP) return false;
    this.unmaps++;
    const gone = this.map.unmap(iova, iova + bytes);
    add(this.unmapped, gone);
    add(this.unknown, bytes - gone);
    return true;
  }
  notes(): string[] {
    const { remapped, unmapped, unknown } = this;
    return [
      "the map is that of the recording's end: what was mapped before it began is not in it, " +
        "and it does not change while the trace runs",
      "one IOMMU domain (assumed): the events name neither device nor domain, so those of several are one map",
      "leaves are as large as alignment and size of a mapping allow, which an IOMMU without large pages does not use",
      ...counted(unmapped, this.unmaps, "mapped and unmapped again before the end"),
      ...counted(
        remapped,
        this.maps,
        "mapped anew while they were mapped, as by another domain: the last holds",
      ),
      ...counted(unknown, this.unmaps, "unmapped that the recording did not see mapped"),
    ];
  }
}
const add = (to: { bytes: bigint; events: number }, bytes: bigint): void => {
  if (bytes === 0n) return;
  to.bytes += bytes;
  to.events++;
};
const counted = ({ bytes, events }: { bytes: bigint; events: number }, of: number, what: string): string[] =>
  events === 0 ? [] : [`pages of 4 KiB ${what}: ${bytes / PAGE}, in ${events} of ${of} events`];

/**
 * What an IOMMU maps at the end of a recording of iommu:map and iommu:unmap, as perf script, trace-cmd report or
 * tracefs print them.
 */
export async function importIommuMap(path: string): Promise<ReadMapping> {
  const recording = new Recording();
  const past = await readKernelEvents(path, {
    takes: isOwn,
    looks: LOOKS,
    take: (event, line) => recording.take(event, line),
    missing: () => {},
  });
  refuseEmpty(path, recording, past);
  const { rows, lines } = recording.map.rows();
  return readMapping(path, "iommu-map", rows, (i) => `line ${lines[i]!}`, {
    notes: [
      ...recording.notes(),
      ...past.notes(),
      ...(past.back > 0
        ? [`events dated before the one above, taken in the order of lines: ${past.back}`]
        : []),
    ],
    fields: { leaf: "inferred" },
  });
}

function refuseEmpty(path: string, { map, maps, unmaps }: Recording, past: Past): void {
  if (!map.empty) return;
  if (maps > 0)
    throw new UserError(
      `${path}: all that its ${maps} iommu:map events mapped is unmapped at its end, by ${unmaps} iommu:unmap: ` +
        "end the recording while the program runs",
    );
  throw new UserError(
    `${path}: has no whole iommu:map event` +
      (past.damaged > 0 ? `, and damaged ones from ${past.firstDamaged} on` : "") +
      ": record with perf record -a -e iommu:map -e iommu:unmap before the program registers memory",
  );
}

export const iommuMap: MappingFormat = {
  kind: "mapping",
  name: "iommu-map",
  says: "iommu:map and iommu:unmap tracepoints, as perf script, trace-cmd report or tracefs print them",
  example: ["iommu.txt -o iova.arrow", "which frames a device's addresses lie in"],
  sniff: likelyEvents(isOwn),
  read: importIommuMap,
};
