import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../../errors.js";
import { traceFile } from "../../files.js";

/** Where a trace's bytes come from. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Fills the target from `offset`; the range lies within the source. */
  read(offset: number, target: Uint8Array): void;
  close(): void;
}

export function fileSource(path: string): ByteSource {
  let fd: number;
  try {
    fd = openSync(traceFile(path), "r");
  } catch (error) {
    throw new UserError(
      `${path}: cannot be opened (${(error as NodeJS.ErrnoException).code}): check the name`,
    );
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
