/** A testbed document as costs: `floor(n * c / 65536)` with `c = round(ps * 65536)`. */
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

  cost(name: string, n: bigint | number = 1n): bigint {
    return (BigInt(n) * this.coefficient(name)) / 65536n;
  }

  // --- PCIe ---
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
  fullDown(): bigint {
    return this.cpl(this.mps);
  }
  fullUp(): bigint {
    return this.mwr(this.mps);
  }
  readTlps(n: number): number {
    return ceil(n, this.mrrs) + ceil(n, this.chunk);
  }
  writeTlps(n: number): number {
    return ceil(n, this.mps);
  }

  // --- wire ---
  wire(bytes: number): bigint {
    return this.cost("wire.rate", bytes);
  }
  fly(): bigint {
    return this.cost("wire.port") + this.cost("wire.hop", this.number("wire.hops"));
  }
}

export function ceil(a: number, b: number): number {
  return Math.ceil(a / b);
}
