import { PARAMS, type Param } from "../abi/params.js";
import type { Path } from "../path/flatten.js";
import { coefficient, completionChunk, integer, pcieCoefficient, wholePs } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";

/** The parameter block of a replay: a path's device switches and a testbed's device values. */
export function parameters(
  testbed: Testbed,
  path: Path,
  nodes: number,
  threads: number,
  think: boolean,
): BigUint64Array {
  const t = (name: string): bigint => wholePs(testbed, name);
  const c = (name: string): bigint => coefficient(testbed, name, "time");
  const n = (name: string, least = 0): bigint => integer(testbed, name, least);
  const m = path.mechanisms;
  const values: Record<Param, bigint> = {
    nodes: BigInt(nodes),
    threads: BigInt(threads),
    think: think ? 1n : 0n,
    c_pcie: pcieCoefficient(testbed),
    mps: n("pcie.mps", 1),
    mrrs: n("pcie.mrrs", 1),
    chunk: completionChunk(testbed),
    read_rtt: c("pcie.read_rtt"),
    write_latency: t("pcie.write_latency"),
    c_wire: coefficient(testbed, "wire.rate", "rate"),
    header_bytes: n("wire.header_bytes"),
    mtu: n("wire.mtu", 1),
    fly: t("wire.port") + ((n("wire.hops") * c("wire.hop")) >> 16n),
    process: t("hca.process"),
    rx_packet: c("hca.rx_packet"),
    doorbell_latency: t("hca.doorbell_latency"),
    wqe_fetch: t("hca.wqe_fetch"),
    rq_fetch: t("hca.rq_fetch"),
    atomic: t("hca.atomic"),
    complete_latency: t("hca.complete_latency"),
    event_latency: t("hca.event_latency"),
    burst_bytes: n("hca.burst_bytes"),
    qpc_entries: n("hca.qpc_entries"),
    qpc_ways: n("hca.qpc_ways", 1),
    cqc_entries: n("hca.cqc_entries"),
    cqc_ways: n("hca.cqc_ways", 1),
    mpt_entries: n("hca.mpt_entries"),
    mpt_ways: n("hca.mpt_ways", 1),
    mtt_entries: n("hca.mtt_entries"),
    mtt_ways: n("hca.mtt_ways", 1),
    iommu_entries: n("iommu.entries"),
    iommu_ways: n("iommu.ways", 1),
    iommu_miss: c("iommu.miss"),
    iommu_on: m.iommu === "on" ? 1n : 0n,
    mtt_optimal: m.mtt_policy === "optimal" && m.memory === "direct" ? 1n : 0n,
    bf_uc: m.bf_memtype === "uc" ? 1n : 0n,
  };
  return BigUint64Array.from(PARAMS, (p) => values[p]);
}
