import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { patiently, refused, STANDARD } from "../../files.js";

export { setImmediate as turn } from "node:timers/promises";

const STDOUT = 1;
/** Pieces that are written as they are: to copy so many takes longer than a system call. */
const DIRECT_BYTES = 1 << 16;

/**
 * A file that gets its final name only when it is complete. What is no regular file is written through:
 * standard output (`-`), a pipe with a name, a device. Through a link it is the file that it points to.
 */
export class WholeFile {
  private readonly path: string;
  private readonly target: string;
  /** "" where bytes go straight to the target. */
  private readonly temporary: string = "";
  private fd = -1;
  private readonly buffer = new Uint8Array(1 << 20);
  private used = 0;

  constructor(path: string) {
    this.path = path;
    this.target = path;
    const is = path === STANDARD ? undefined : statOf(path);
    if (path === STANDARD) this.fd = STDOUT;
    else if (is !== undefined && !is.isFile() && !is.isDirectory())
      this.guard(() => {
        this.fd = openSync(path, "w");
      });
    else {
      this.target = linked(path);
      this.temporary = join(dirname(this.target), `.${basename(this.target)}.${process.pid}.tmp`);
      this.guard(() => {
        if (is?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
        sweep(this.target);
        this.fd = openSync(this.temporary, "w");
      });
      open.add(this);
    }
  }
  /** Appends bytes, which are only needed during the call. */
  write(bytes: Uint8Array): void {
    const direct = bytes.length >= DIRECT_BYTES;
    if (direct || this.used + bytes.length > this.buffer.length) this.flush();
    if (direct) return this.put(bytes);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }
  /** Gives the file its name. */
  commit(): void {
    this.flush();
    this.guard(() => {
      this.close();
      if (this.temporary !== "") renameSync(this.temporary, this.target);
    });
  }
  /** Leaves nothing behind, unless it was committed. */
  discard(): void {
    this.close();
    if (this.temporary === "") return;
    try {
      rmSync(this.temporary, { force: true });
    } catch {
      // Where a folder of its name is a file, there is nothing to
      // remove, and why it cannot be written is told already.
    }
  }
  private close(): void {
    if (this.fd > STDOUT) closeSync(this.fd);
    this.fd = -1;
    open.delete(this);
  }
  private flush(): void {
    this.put(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
  private put(bytes: Uint8Array): void {
    this.guard(() => {
      for (let done = 0; done < bytes.length; )
        done += patiently(() => writeSync(this.fd, bytes, done, bytes.length - done));
    });
  }
  private guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.discard();
      throw refused(this.path, "written", error);
    }
  }
}

/** The file that a name stands for, links followed, also where they lead to a file that is not there yet. */
function linked(path: string): string {
  let file = path;
  for (let i = 0; i < MOST_LINKS; i++) {
    try {
      file = resolve(dirname(file), readlinkSync(file));
    } catch {
      break; // no link, or not there
    }
  }
  return file;
}
const MOST_LINKS = 40;

/** Files that are being written. */
const open = new Set<WholeFile>();
/** Leaves nothing half-written behind; for a process that ends at once. */
export function discardAll(): void {
  for (const file of [...open]) file.discard();
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined; // not there, or why not shows when it is opened
  }
}

/** Removes what processes that were killed left of this file. */
function sweep(target: string): void {
  const folder = dirname(target),
    name = new RegExp(`^\\.${basename(target).replace(/[^\w]/g, "\\$&")}\\.(\\d+)\\.tmp$`);
  for (const entry of readdirSync(folder)) {
    const pid = name.exec(entry)?.[1];
    if (pid !== undefined && !alive(Number(pid))) rmSync(join(folder, entry), { force: true });
  }
}
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
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
