/**
 * Bandwidth that a PCIe link leaves for TLPs (docs/closed-forms.md).
 *
 * ACK and flow-control DLLPs of 8 bytes are sent at the latest every `limit` symbol times:
 * limit = ⌊(MPS + 28) · AckFactor / lanes + InternalDelay⌋ (PCIe Base
 * Specification 5.0, 3.6.3.1 and tables 2-46…2-48, 3-7…3-9).
 */
const INTERNAL_DELAY = { 1: 19, 2: 70, 3: 115, 4: 115, 5: 115 } as const;
const TRANSFER_RATE_GT = { 1: 2.5, 2: 5, 3: 8, 4: 16, 5: 32 } as const;
const SKIP = 4 / 1538; // a SKP ordered set of 4 symbols in 1538
const DLLP_BYTES = 8;

export type PcieGen = keyof typeof TRANSFER_RATE_GT;

function ackFactor(lanes: number, mps: number): number {
  if (mps <= 256) return lanes <= 4 ? 1.4 : lanes === 8 ? 2.5 : 3;
  return lanes >= 16 ? 2 : 1;
}

/** Gb/s after encoding, before DLLPs. */
export function rawGbps(gen: PcieGen, lanes: number): number {
  return TRANSFER_RATE_GT[gen] * lanes * (gen <= 2 ? 8 / 10 : 128 / 130);
}

/** Gb/s for TLPs, headers included. */
export function tlpGbps(gen: PcieGen, lanes: number, mps: number): number {
  const limit = Math.floor(((mps + 28) * ackFactor(lanes, mps)) / lanes + INTERNAL_DELAY[gen]);
  return rawGbps(gen, lanes) * (1 - (2 * DLLP_BYTES) / limit - SKIP);
}
