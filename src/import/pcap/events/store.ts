import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../errors.js";

const BLOCK_BYTES = 1 << 20;

/** Bytes that are written once, one after the other, and then read; many are held in a file that has no name. */
export class Store {
  length = 0;
  private readonly pieces: Uint8Array[] = [];
  private readonly most: number;
  private fd = -1;

  /** Of at most so many bytes nothing goes to a file. */
  constructor(most: number) {
    this.most = most;
  }
  /** Appends a copy. */
  append(bytes: Uint8Array): void {
    if (this.fd < 0 && this.length + bytes.length > this.most) this.toFile();
    if (this.fd >= 0) this.write(bytes);
    else this.keep(bytes);
    this.length += bytes.length;
  }
  /** Fills `out` with what is at `at`. */
  read(at: number, out: Uint8Array): void {
    if (this.fd < 0) {
      for (let done = 0; done < out.length; ) {
        const piece = this.pieces[Math.floor((at + done) / BLOCK_BYTES)]!,
          from = (at + done) % BLOCK_BYTES,
          n = Math.min(out.length - done, BLOCK_BYTES - from);
        out.set(piece.subarray(from, from + n), done);
        done += n;
      }
      return;
    }
    for (let done = 0; done < out.length; ) {
      const n = guarded(() => readSync(this.fd, out, done, out.length - done, at + done));
      if (n === 0) throw refusedHere("it became shorter");
      done += n;
    }
  }
  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    this.pieces.length = 0;
  }

  private keep(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = this.length + done,
        from = at % BLOCK_BYTES,
        n = Math.min(bytes.length - done, BLOCK_BYTES - from);
      if (from === 0) this.pieces.push(new Uint8Array(BLOCK_BYTES));
      this.pieces.at(-1)!.set(bytes.subarray(done, done + n), from);
      done += n;
    }
  }
  private write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; )
      done += guarded(() => writeSync(this.fd, bytes, done, bytes.length - done));
  }
  /** The name goes at once: whatever ends the process, nothing is left behind. */
  private toFile(): void {
    this.fd = guarded(() => {
      const folder = mkdtempSync(join(tmpdir(), "verbscope-import-"));
      try {
        return openSync(join(folder, "events"), "wx+");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
    let left = this.length;
    for (const piece of this.pieces.splice(0)) {
      this.write(piece.subarray(0, Math.min(left, BLOCK_BYTES)));
      left -= BLOCK_BYTES;
    }
  }
}

function guarded<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw refusedHere((error as NodeJS.ErrnoException).code ?? String(error));
  }
}
const refusedHere = (why: string): UserError =>
  new UserError(
    `${tmpdir()}: cannot hold the events of the capture meanwhile (${why}): ` +
      "make room there, about two thirds of the unpacked capture, or name another folder in TMPDIR",
  );
