/**
 * Recommended ACK transmission latency limits in symbol times, PCI Express
 * Base Specification 5.0, tables 3-7 to 3-9 (the UpdateFC
 * limits of tables 2-46 to 2-48 are the same numbers): by link width, for MPS
 * 128, 256, 512, 1024, 2048, 4096. Written out, not computed.
 */
export const MPS = [128, 256, 512, 1024, 2048, 4096] as const;
export const ACK_INTERVAL_GEN1: Readonly<Record<number, readonly number[]>> = {
  1: [237, 416, 559, 1071, 2095, 4143],
  2: [128, 217, 289, 545, 1057, 2081],
  4: [73, 118, 154, 282, 538, 1050],
  8: [67, 107, 86, 150, 278, 534],
  16: [48, 72, 86, 150, 278, 534],
};
/** What the internal delay of later generations adds to each entry. */
export const GEN_DELAY = { 1: 0, 2: 51, 3: 96, 4: 96, 5: 96 } as const;

/** Gb/s of a lane after encoding. */
const LANE_GBPS = { 1: 2, 2: 4, 3: (8 * 128) / 130, 4: (16 * 128) / 130, 5: (32 * 128) / 130 } as const;
export type Gen = keyof typeof GEN_DELAY;

/**
 * ps that a byte of TLP takes: encoding, then two 8-byte DLLPs
 * per interval and a SKIP set of 4 symbols in 1538.
 */
export function psPerByte(gen: Gen, lanes: number, mps: number): number {
  const interval = ACK_INTERVAL_GEN1[lanes]![MPS.indexOf(mps as 128)]! + GEN_DELAY[gen];
  return 8000 / (LANE_GBPS[gen] * lanes * (1 - 16 / interval - 4 / 1538));
}
/**
 * Bytes on the link, Neugebauer et al., SIGCOMM 2018: headers MWr 24, MRd 24, CplD 20 with 64-bit addresses.
 */
export const writeBytes = (n: number, mps: number): number => n + 24 * Math.ceil(n / mps);
export const requestBytes = (n: number, mrrs: number): number => 24 * Math.ceil(n / mrrs);
export const completionBytes = (n: number, chunk: number): number => n + 20 * Math.ceil(n / chunk);
