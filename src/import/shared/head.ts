import { UserError } from "../../errors.js";
import { STANDARD } from "../../files.js";
import { unpacked } from "./unpack.js";

/** So many bytes, unpacked, tell what a recording is. */
export const HEAD_BYTES = 1 << 16;

/**
 * The first bytes of a recording after unpacking, at most `HEAD_BYTES`.
 * @throws UserError for a file that cannot be read or unpacked, and for standard input, which is read once
 */
export async function readHead(path: string): Promise<Uint8Array> {
  if (path === STANDARD)
    throw new UserError(
      "import: standard input is read once, so its format must be named: " +
        "verbscope import FORMAT - -o trace.arrow",
    );
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  for await (const bytes of unpacked(path, true)) {
    const piece = bytes.subarray(0, HEAD_BYTES - length);
    head.set(piece, length);
    length += piece.length;
    if (length === HEAD_BYTES) break;
  }
  return head.subarray(0, length);
}
