import { UserError } from "../../errors.js";

const UNITS: Record<string, number> = { "": 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Bytes as people write them: 4096, 64MiB, 1.5GiB. */
export function parseBytes(command: string, option: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit ?? ""] ?? NaN);
  if (!Number.isSafeInteger(bytes))
    throw new UserError(
      `${command}: --${option} is "${text}": give whole bytes, such as 4096, 64MiB or 8GiB`,
    );
  return bytes;
}
