import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../../errors.js";
import { patiently, refused, STANDARD, shownName, traceFile } from "../../files.js";

/** Where a trace's bytes come from. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Fills the target from `offset`; the range lies within the source. */
  read(offset: number, target: Uint8Array): void;
  close(): void;
}

/** A trace from a pipe is kept in memory, for it is read more than once. */
const MOST_FROM_PIPE_BYTES = 2 ** 30;

function pipeSource(): ByteSource {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(1 << 20);
    const got = readSome(piece);
    if (got === 0) break;
    pieces.push(piece.subarray(0, got));
    size += got;
    if (size > MOST_FROM_PIPE_BYTES)
      throw new UserError(
        `${shownName(STANDARD)}: more than 1 GiB of a trace came in; write it to a file and name that`,
      );
  }
  return bytesSource(shownName(STANDARD), Buffer.concat(pieces));
}
function readSome(target: Buffer): number {
  try {
    return patiently(() => readSync(0, target, 0, target.length, null));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EOF") return 0; // how Windows says it
    throw refused(STANDARD, "read", error);
  }
}

export function fileSource(path: string): ByteSource {
  if (path === STANDARD) return pipeSource();
  let fd: number;
  try {
    fd = openSync(traceFile(path), "r");
  } catch (error) {
    throw refused(path, "opened", error);
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw new UserError(`${path}: is not a regular file: give the file of a trace`);
  }
  return {
    name: path,
    size: stat.size,
    read(offset, target) {
      for (let done = 0; done < target.length; ) {
        const got = readSync(fd, target, done, target.length - done, offset + done);
        if (got === 0)
          throw new UserError(
            `${path}: byte ${offset + done}: the file became shorter while ` +
              "it was read: run again when it is complete",
          );
        done += got;
      }
    },
    close: () => closeSync(fd),
  };
}

export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
    close: () => undefined,
  };
}
