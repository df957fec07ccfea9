import type { BatchLayout } from "../../trace/read.js";

/** Random access to single values of a batch's body, for the control rows that the driver resolves. */
export class BatchView {
  private readonly view: DataView;
  private readonly layout: BatchLayout;
  constructor(body: Uint8Array, layout: BatchLayout) {
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.layout = layout;
  }
  private at(column: string, buffer = 0): number {
    return this.layout.columns[column]![buffer]!.offset;
  }
  u8(column: string, row: number): number {
    return this.view.getUint8(this.at(column) + row);
  }
  u16(column: string, row: number): number {
    return this.view.getUint16(this.at(column) + row * 2, true);
  }
  u32(column: string, row: number): number {
    return this.view.getUint32(this.at(column) + row * 4, true);
  }
  u64(column: string, row: number): bigint {
    return this.view.getBigUint64(this.at(column) + row * 8, true);
  }
  runs(row: number): { page: bigint; frame: bigint; count: number }[] {
    const from = this.view.getInt32(this.at("runs") + row * 4, true),
      to = this.view.getInt32(this.at("runs") + row * 4 + 4, true);
    const out: { page: bigint; frame: bigint; count: number }[] = [];
    for (let i = from; i < to; i++) {
      out.push({
        page: this.view.getBigUint64(this.at("runs", 1) + i * 8, true),
        frame: this.view.getBigUint64(this.at("runs", 2) + i * 8, true),
        count: this.view.getUint32(this.at("runs", 3) + i * 4, true),
      });
    }
    return out;
  }
}
