/** A testbed document as costs: `floor(n * c / 65536)` with `c = round(ps * 65536)` (R1.2). */
export interface TestbedDocument {
  schema?: string;
  name?: string;
  title?: string;
  values: Record<
    string,
    { value: number | string; low?: number; high?: number; unit: string; source?: string }
  >;
}

export class Testbed {
  readonly document: TestbedDocument;
  private readonly pcie: bigint;
  private readonly coefficients = new Map<string, bigint>();

  /** `pcieCoefQ16` is that of a byte on PCIe, which the caller works out (R4.10). */
  constructor(document: TestbedDocument, pcieCoefQ16: bigint) {
    this.document = document;
    this.pcie = pcieCoefQ16;
  }

  private value(name: string): { value: number | string; unit: string } {
    const v = this.document.values[name];
    if (v === undefined) throw new Error(`the testbed has no value ${name}`);
    return v;
  }

  /** A number that is not a time: bytes, entries, counts. */
  number(name: string): number {
    const { value } = this.value(name);
    if (typeof value !== "number") throw new Error(`${name} is not a number`);
    return value;
  }

  text(name: string): string {
    return String(this.value(name).value);
  }

  /** In doubles (R1.1). */
  private picoseconds(name: string): number {
    const { value, unit } = this.value(name);
    if (typeof value !== "number") throw new Error(`${name} is not a cost`);
    switch (unit) {
      case "ps":
        return value;
      case "ns":
        return value * 1e3;
      case "us":
        return value * 1e6;
      case "ms":
        return value * 1e9;
      case "cycles":
        return (value / this.number("cpu.clock")) * 1e3;
      case "GB/s":
        return 1000 / value;
      case "Gb/s":
        return 8000 / value;
      default:
        throw new Error(`${name} in ${unit} is not a cost`);
    }
  }

  coefficient(name: string): bigint {
    let c = this.coefficients.get(name);
    if (c === undefined)
      this.coefficients.set(name, (c = BigInt(Math.round(this.picoseconds(name) * 65536))));
    return c;
  }

  /** Of `n` units (R1.2). */
  cost(name: string, n: bigint | number = 1n): bigint {
    return (BigInt(n) * this.coefficient(name)) / 65536n;
  }

  // --- PCIe (R4.10, R4.11) ---
  pcieTime(bytes: number): bigint {
    return (BigInt(bytes) * this.pcie) / 65536n;
  }
  private get mps(): number {
    return this.number("pcie.mps");
  }
  private get mrrs(): number {
    return this.number("pcie.mrrs");
  }
  private get chunk(): number {
    return this.text("pcie.completion_chunk") === "rcb" ? this.number("pcie.rcb") : this.mps;
  }
  /** t_mwr: a memory write of n bytes. */
  mwr(n: number): bigint {
    return this.pcieTime(n === 0 ? 0 : n + 24 * ceil(n, this.mps));
  }
  /** t_mrd: the requests of a read of n bytes. */
  mrd(n: number): bigint {
    return this.pcieTime(24 * ceil(n, this.mrrs));
  }
  /** t_cpl: the completions of a read of n bytes. */
  cpl(n: number): bigint {
    return this.pcieTime(n === 0 ? 0 : n + 20 * ceil(n, this.chunk));
  }
  /** The longest that a control packet waits (R4.7). */
  fullDown(): bigint {
    return this.cpl(this.mps);
  }
  fullUp(): bigint {
    return this.mwr(this.mps);
  }
  /** TLPs of a DMA read and of a write (R4.12, R4.13). */
  readTlps(n: number): number {
    return ceil(n, this.mrrs) + ceil(n, this.chunk);
  }
  writeTlps(n: number): number {
    return ceil(n, this.mps);
  }

  // --- wire ---
  /** t_wire (R4.16). */
  wire(bytes: number): bigint {
    return this.cost("wire.rate", bytes);
  }
  /** Two terms, each rounded down (R4.18). */
  fly(): bigint {
    return this.cost("wire.port") + this.cost("wire.hop", this.number("wire.hops"));
  }
}

export function ceil(a: number, b: number): number {
  return Math.ceil(a / b);
}
