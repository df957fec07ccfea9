import { expect } from "vitest";
import { UserError } from "../../src/errors.js";

/**
 * Whether `read` gets through: false when a sentence about
 * damaged.arrow refused it; anything else fails the test.
 */
export function readable(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/^damaged\.arrow: /);
    expect(error.message).not.toContain("\n");
    return false;
  }
}
