import unbzip2 from "unbzip2-stream";

/**
 * Decodes bzip2, also several streams in a row; blocks (at most 900 kB) and streams have checksums.
 * The package's own messages are jokes, but for the one about checksums.
 */
export async function* unbz2(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = unbzip2(),
    out: Uint8Array[] = [];
  let fault: Error | undefined;
  // Whatever is written comes out before `write` returns.
  decoder.on("data", (bytes: Uint8Array) => out.push(bytes));
  decoder.on("error", (error: Error) => {
    fault ??= error;
  });
  const decoded = (): Uint8Array[] => {
    if (fault) throw new Error(sentence(fault));
    return out.splice(0);
  };
  for await (const chunk of chunks) {
    decoder.write(chunk);
    yield* decoded();
  }
  decoder.end();
  yield* decoded();
}

function sentence({ name, message }: Error): string {
  // It reads bits of a buffer that is not there.
  if (name === "TypeError" || /prematurely/.test(message)) return "unexpected end";
  return /crc32/.test(message) ? "its checksum is not that of its data" : "its data are damaged";
}
