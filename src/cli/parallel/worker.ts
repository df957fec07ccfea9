// A thread that does what it is asked to: replays, on a session of its own; points of a validation; sizes of a
// break-even document.
import { type MessagePort, workerData } from "node:worker_threads";
import { breakEven } from "../../attribution/break-even.js";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import type { Session } from "../../replay/session.js";
import type { Testbed } from "../../testbed/document.js";
import { loadTestbed } from "../../testbed/load.js";
import { measure } from "../../validate/measure.js";
import { openTraces } from "../support/open-traces.js";
import { sessionOf } from "../support/session-of.js";
import type { Answer, Message, Recipe, Start } from "./messages.js";

const { recipe, signs, port } = workerData as Start & { port: MessagePort };
const sign = new Int32Array(signs),
  documents = new Map<number, unknown>();

const live = (): void => {
  Atomics.add(sign, 0, 1);
  Atomics.notify(sign, 0);
};

let own: Session | undefined, // made for the first replay: it reads the trace
  now: { testbed: number; session: Session } | undefined;

/** Testbeds come one after the other, and each is forgotten when the next one comes. */
function sessionFor(testbed: number): Session {
  own ??= made(recipe!);
  if (now?.testbed !== testbed) {
    if (now) documents.delete(now.testbed);
    now = { testbed, session: own.on(documents.get(testbed) as Testbed) };
  }
  return now.session;
}
const made = ({ command, files, testbed, options }: Recipe): Session =>
  sessionOf(command, openTraces(command, files).traces, testbed, options);

function done(task: Exclude<Message, { kind: "document" }>): unknown {
  if (task.kind === "measure")
    return measure(task.point, loadTestbed(task.point.testbed, task.point.set ?? []));
  if (task.kind === "break-even") {
    const { size, from, to, testbed, options } = task.run;
    return breakEven(from, to, testbed, { ...options, sizes: [size] }).sizes[0];
  }
  return sessionFor(task.testbed).run(documents.get(task.path) as Path, { onRows: live });
}

port.on("message", (m: Message) => {
  if (m.kind === "document") {
    documents.set(m.number, m.document);
    return;
  }
  let answer: Answer;
  try {
    answer = { ticket: m.ticket, value: done(m) };
  } catch (e) {
    const { message, stack } = e as Error;
    answer = { ticket: m.ticket, error: { user: e instanceof UserError, message, stack: stack ?? message } };
  }
  port.postMessage(answer);
  live();
});
