import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.js";

/** Writes a file under its final name only when it is complete. */
export function writeWhole(path: string, produce: (sink: (bytes: Uint8Array) => void) => void): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  let fd = -1;
  try {
    fd = openSync(temporary, "w");
    const buffer = new Uint8Array(1 << 20);
    let used = 0;
    const flush = (bytes: Uint8Array): void => {
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
    };
    produce((bytes) => {
      if (used + bytes.length > buffer.length) {
        flush(buffer.subarray(0, used));
        used = 0;
      }
      if (bytes.length > buffer.length) return flush(bytes);
      buffer.set(bytes, used);
      used += bytes.length;
    });
    flush(buffer.subarray(0, used));
    closeSync(fd);
    fd = -1;
    renameSync(temporary, path);
  } catch (error) {
    if (fd >= 0) closeSync(fd);
    rmSync(temporary, { force: true });
    if (error instanceof Error && "syscall" in error) throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code}): choose a folder that exists and is writable`);
    throw error;
  }
}
