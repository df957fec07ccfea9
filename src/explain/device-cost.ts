import { PARAMS, type Param } from "../abi/params.js";
import { STAGES, type StageName } from "../abi/stages.js";
import type { Path } from "../path/flatten.js";
import { parameters } from "../replay/parameters.js";
import type { Testbed } from "../testbed/document.js";
import type { Cost } from "./charges.js";
import { type CostSource, ceilDiv, megabytes, named, scaled } from "./cost.js";

/** Header bytes of a TLP: docs/closed-forms.md. */
const WRITE = 24n,
  READ = 24n,
  COMPLETION = 20n;
/** The doorbell register. */
const DOORBELL = 4n;
const PCIE = ["pcie.gen", "pcie.lanes", "pcie.mps"];
const WIRE = ["wire.rate", "wire.header_bytes"];

type OnResource = (n: bigint, cost: Cost) => CostSource;

/** Costs of stages from the bytes and the values that make them (R4.10 to R4.16). */
export class DeviceCosts {
  private readonly params: BigUint64Array;
  private readonly testbed: Testbed;
  constructor(testbed: Testbed, path: Path) {
    this.testbed = testbed;
    // Nodes, threads and think time do not enter a cost.
    this.params = parameters(testbed, path, 1, 1, false);
  }
  private p(name: Param): bigint {
    return this.params[PARAMS.indexOf(name)]!;
  }

  of(cost: Cost, stage: StageName): CostSource {
    return cost.resource ? this.onResource[stage](cost.n, cost) : this.beside(cost, stage);
  }

  /** ps × 65536 that a byte takes on PCIe and on a link. */
  get rates(): { pcie: bigint; link: bigint } {
    return { pcie: this.p("c_pcie"), link: this.p("c_wire") };
  }
  private named(name: string): string {
    return named(this.testbed, name);
  }
  private value(name: string, ps: bigint, also: readonly string[] = []): CostSource {
    return { ps, formula: this.named(name), values: [name, ...also] };
  }
  /** Reads of lines that a cache does not hold: as many as the time says. */
  private misses(ps: bigint, coefficient: bigint, name: string, also: readonly string[]): CostSource {
    const n = ceilDiv(ps << 16n, coefficient);
    return {
      ps: scaled(n, coefficient),
      formula: `${n} miss${n === 1n ? "" : "es"} × ${this.named(name)}`,
      values: [name, ...also],
    };
  }
  private pcie(bytes: bigint, text: string, values: readonly string[] = []): CostSource {
    return {
      ps: scaled(bytes, this.p("c_pcie")),
      formula: `${text} bytes at ${megabytes(this.p("c_pcie"))}`,
      values: [...PCIE, ...values],
    };
  }
  /** Requests that read n bytes. */
  private readonly mrd = (n: bigint): CostSource => {
    const size = this.p("mrrs");
    return this.pcie(READ * ceilDiv(n, size), `t_mrd(${n}) = ${READ}·⌈${n}/${size}⌉`, ["pcie.mrrs"]);
  };
  private readonly cpl = (n: bigint): CostSource => {
    const chunk = this.p("chunk"),
      name = this.testbed.values["pcie.completion_chunk"]!.value === "rcb" ? ["pcie.rcb"] : [];
    return this.pcie(
      n + COMPLETION * ceilDiv(n, chunk),
      `t_cpl(${n}) = ${n} + ${COMPLETION}·⌈${n}/${chunk}⌉`,
      ["pcie.completion_chunk", ...name],
    );
  };
  private readonly mwr = (n: bigint): CostSource => {
    const mps = this.p("mps");
    return this.pcie(n + WRITE * ceilDiv(n, mps), `t_mwr(${n}) = ${n} + ${WRITE}·⌈${n}/${mps}⌉`);
  };
  private readonly doorbell = (n: bigint): CostSource => {
    const tlps = n === DOORBELL ? 1n : this.p("bf_uc") === 1n ? n >> 3n : n >> 6n;
    return this.pcie(n + WRITE * tlps, `${n} + ${WRITE}·${tlps}`);
  };
  private readonly process = (): CostSource => this.value("hca.process", this.p("process"));
  private readonly packets = (n: bigint): CostSource => ({
    ps: scaled(n, this.p("rx_packet")),
    formula: `${n} packet${n === 1n ? "" : "s"} × ${this.named("hca.rx_packet")}`,
    values: ["hca.rx_packet"],
  });
  /**
   * All headers are one number: the core says how many bytes go
   * over the wire, the burst how many are payload.
   */
  private readonly wire = (n: bigint, { payload, first, stage }: Cost): CostSource => {
    const whole = stage === "LINK" && payload > 0 && !first,
      bytes = whole ? `${payload} + ${n - BigInt(payload)}` : `${n}`;
    return {
      ps: scaled(n, this.p("c_wire")),
      formula: `${bytes} bytes at wire.rate (${megabytes(this.p("c_wire"))})`,
      values: WIRE,
    };
  };
  private readonly nothing = (): CostSource => {
    throw new Error("an arm has no cost on a resource; this is a defect of verbscope");
  };
  private readonly onResource: Record<StageName, OnResource> = {
    RING: this.doorbell,
    WQE_REQUEST: this.mrd,
    WQE_DATA: this.cpl,
    ENGINE: this.process,
    READ_REQUEST: this.mrd,
    READ_DATA: this.cpl,
    LINK: this.wire,
    RECEIVE: this.packets,
    WRITE: this.mwr,
    ACK_LINK: this.wire,
    ACK_RECEIVE: this.packets,
    REQUEST_LINK: this.wire,
    REQUEST_RECEIVE: this.packets,
    ATOMIC_REQUEST: this.mrd,
    ATOMIC_DATA: this.cpl,
    ATOMIC_LINK: this.wire,
    RESPONSE_RECEIVE: this.packets,
    RESPONSE_WRITE: this.mwr,
    CQE: this.mwr,
    ARM: this.nothing,
  };

  /** Latencies, which no resource is taken for. */
  private beside({ layer, start_ps, end_ps }: Cost, stage: StageName): CostSource {
    const rtt = this.p("read_rtt");
    switch (layer) {
      case "hca.doorbell":
        return this.value("hca.doorbell_latency", this.p("doorbell_latency"));
      case "hca.wqe-fetch":
        return stage === "RECEIVE"
          ? this.value("hca.rq_fetch", this.p("rq_fetch"))
          : this.value("hca.wqe_fetch", this.p("wqe_fetch"));
      case "hca.context":
        return this.value("pcie.read_rtt", rtt >> 16n, [
          stage === "CQE" ? "hca.cqc_entries" : "hca.qpc_entries",
        ]);
      case "hca.translate":
        return this.misses(end_ps - start_ps, rtt, "pcie.read_rtt", ["hca.mpt_entries", "hca.mtt_entries"]);
      case "dma.iommu":
        return this.misses(end_ps - start_ps, this.p("iommu_miss"), "iommu.miss", ["iommu.entries"]);
      case "dma.payload":
        return stage === "WRITE"
          ? this.value("pcie.write_latency", this.p("write_latency"))
          : this.value("pcie.read_rtt", rtt >> 16n);
      case "wire.fly":
        return {
          ps: this.p("fly"),
          formula: `${this.named("wire.port")} + ${this.named("wire.hops")} × ${this.named("wire.hop")}`,
          values: ["wire.port", "wire.hops", "wire.hop"],
        };
      case "hca.process":
        return this.value("hca.atomic", this.p("atomic"));
      case "hca.complete":
        return this.value("hca.complete_latency", this.p("complete_latency"));
      default:
        throw new Error(`stage ${stage} has no cost on ${layer}; this is a defect of verbscope`);
    }
  }
}

/** What the time of a charge is for, in words. */
export function wordsOf(
  { resource, layer, first, place, stage, n }: Cost,
  at: StageName,
  bursts: boolean,
): string {
  if (!resource) return beside(layer, at);
  const what = stage === "RING" && n !== DOORBELL ? "the BlueFlame write reaches the HCA" : STAGES[at].what;
  const burst = bursts ? ` (burst ${place})` : "";
  return `${what}${burst}${first ? ", one packet's time" : ""}`;
}
function beside(layer: string, stage: StageName): string {
  switch (layer) {
    case "hca.doorbell":
      return "the HCA notices it";
    case "hca.wqe-fetch":
      return stage === "RECEIVE" ? "the HCA fetches the receive WQE" : "memory answers";
    case "hca.context":
      return `the HCA reads the ${stage === "CQE" ? "CQ" : "QP"}'s context, which its cache lacks`;
    case "hca.translate":
      return "the HCA reads translations that its caches lack";
    case "dma.iommu":
      return "the IOMMU walks tables for pages that its cache lacks";
    case "dma.payload":
      return stage === "WRITE" ? "the payload is in memory" : "memory answers";
    case "wire.fly":
      return "flight";
    case "hca.process":
      return "the atomic is carried out";
    default:
      return "the completion is visible";
  }
}
