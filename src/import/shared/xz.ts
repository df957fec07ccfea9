import { ReadableStream } from "node:stream/web";
import xz from "xz-decompress";

/** Sentences for the decoder's codes that a file can cause. */
const CODES: Record<string, string> = {
  2: "its check is none of CRC32, CRC64",
  3: "it needs more memory than there is",
  4: "it needs more memory than there is",
  5: "something else than xz data follows",
  6: "it uses a check or filter that is not supported",
  7: "its data are damaged",
  8: "unexpected end",
};

/** Decodes xz, also several streams in a row. */
export async function* unxz(chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  try {
    yield* new xz.XzReadableStream(source as never) as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = error instanceof Error ? /error code (\d+)/.exec(error.message)?.[1] : undefined;
    throw code === undefined ? error : new Error(CODES[code] ?? `error ${code} of the decoder`);
  }
}
