import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.js";

/** A file that gets its final name only when it is complete. */
export class WholeFile {
  private readonly path: string;
  private readonly temporary: string;
  private fd = -1;
  private readonly buffer = new Uint8Array(1 << 20);
  private used = 0;

  constructor(path: string) {
    this.path = path;
    this.temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    this.guard(() => {
      this.fd = openSync(this.temporary, "w");
    });
  }
  /** Appends bytes, which are only needed during the call. */
  write(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.buffer.length) this.flush();
    if (bytes.length > this.buffer.length) return this.put(bytes);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }
  /** Gives the file its name. */
  commit(): void {
    this.flush();
    this.guard(() => {
      closeSync(this.fd);
      this.fd = -1;
      renameSync(this.temporary, this.path);
    });
  }
  /** Leaves nothing behind, unless it was committed. */
  discard(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    try {
      rmSync(this.temporary, { force: true });
    } catch {
      // Where a folder of its name is a file, there is nothing to
      // remove, and why it cannot be written is told already.
    }
  }
  private flush(): void {
    this.put(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
  private put(bytes: Uint8Array): void {
    this.guard(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done, bytes.length - done);
    });
  }
  private guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.discard();
      throw new UserError(
        `${this.path}: cannot be written ` +
          `(${(error as NodeJS.ErrnoException).code}): ` +
          "choose a folder that exists and is writable",
      );
    }
  }
}

/** Writes a file under its final name only when it is complete. */
export function writeWhole(path: string, produce: (sink: (bytes: Uint8Array) => void) => void): void {
  const file = new WholeFile(path);
  try {
    produce((bytes) => file.write(bytes));
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}
