/**
 * What the user can put right: its message is one sentence that says where,
 * what and what to do. The command line turns it into exit code 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
