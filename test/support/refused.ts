import { expect } from "vitest";
import { UserError } from "../../src/errors.js";

/** Runs `act`, which must fail with an error that the user can put right, and hands back its one sentence. */
export function refused(act: () => unknown): string {
  let thrown: unknown;
  try {
    act();
  } catch (e) {
    thrown = e;
  }
  return sentence(thrown);
}
/** The same for what fails later. */
export async function refusedLater(work: Promise<unknown>): Promise<string> {
  return sentence(
    await work.then(
      () => undefined,
      (e: unknown) => e,
    ),
  );
}
function sentence(thrown: unknown): string {
  expect(thrown, "nothing was refused").toBeDefined();
  expect(thrown, String((thrown as Error).stack)).toBeInstanceOf(UserError);
  const { message } = thrown as UserError;
  // one sentence, of values that are there
  expect(message).not.toMatch(/\n|\.\s+[A-Z]|undefined|(?<!["=])NaN|\[object/);
  return message;
}
/** A message that holds all of these, in this order. */
export const saying = (...parts: readonly string[]): RegExp => new RegExp(parts.join(".*"), "s");
