import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { UserError } from "../../errors.js";
import { packageUrl } from "../../files.js";
import type { Path } from "../../path/flatten.js";
import type { Testbed } from "../../testbed/document.js";
import type { Point } from "../../validate/points.js";
import type { Answer, Message, Recipe, SizeRun } from "./messages.js";

/** A thread has the job that it does and the next one: it never waits for this thread to wake. */
const IN_HAND = 2;
/** A thread gives a sign of life with every batch of rows; one that gives none for so long has ended. */
const SILENCE_MS = 300_000;

interface Hand {
  readonly port: MessagePort;
  readonly knows: Set<number>;
  jobs: number;
}
export type Task =
  | { readonly kind: "replay"; readonly path: Path; readonly testbed: Testbed }
  | { readonly kind: "measure"; readonly point: Point }
  | { readonly kind: "break-even"; readonly run: SizeRun };

export const coresAtHand = availableParallelism;

/**
 * Threads that replay. Whoever asks for an answer waits for it, this thread stopped: what replays are for stays
 * plain functions, which give the same numbers whether others help or not.
 */
export class Crew {
  private readonly signs = new Int32Array(new SharedArrayBuffer(4));
  private readonly hands: Hand[] = [];
  private readonly recipe: Recipe | undefined;
  private readonly most: number;
  private readonly waiting: { readonly ticket: number; readonly task: Task }[] = [];
  private readonly answers = new Map<number, Answer>();
  private readonly numbers = new WeakMap<object, number>();
  private tickets = 0;
  private documents = 0;

  constructor(recipe: Recipe | undefined, most: number) {
    this.recipe = recipe;
    this.most = most;
  }

  /** A ticket for the answer. */
  ask(task: Task): number {
    const ticket = this.tickets++;
    this.waiting.push({ ticket, task });
    this.handOut();
    return ticket;
  }

  /** The answer (messages.ts); waits until it is there. */
  wait(ticket: number): unknown {
    for (;;) {
      const before = Atomics.load(this.signs, 0);
      this.collect();
      const answer = this.answers.get(ticket);
      if (answer) {
        this.answers.delete(ticket);
        return valueOf(answer);
      }
      if (Atomics.wait(this.signs, 0, before, SILENCE_MS) === "timed-out")
        throw new UserError("a thread that replays has ended (out of memory?): try again with --jobs 1");
    }
  }

  private collect(): void {
    for (const hand of this.hands)
      for (let m = receiveMessageOnPort(hand.port); m; m = receiveMessageOnPort(hand.port)) {
        const answer = m.message as Answer;
        this.answers.set(answer.ticket, answer);
        hand.jobs--;
      }
    this.handOut();
  }

  private handOut(): void {
    while (this.waiting.length > 0) {
      const hand = this.free();
      if (!hand) return;
      const { ticket, task } = this.waiting.shift()!;
      hand.jobs++;
      const message: Message =
        task.kind === "replay"
          ? {
              kind: "replay",
              ticket,
              path: this.tell(hand, task.path),
              testbed: this.tell(hand, task.testbed),
            }
          : { ...task, ticket };
      hand.port.postMessage(message);
    }
  }

  /** Who takes the next job: one with nothing to do, a new thread, or the one with least. */
  private free(): Hand | undefined {
    const least = this.hands.reduce<Hand | undefined>((a, b) => (a && a.jobs <= b.jobs ? a : b), undefined);
    if (least && (least.jobs === 0 || this.hands.length === this.most))
      return least.jobs < IN_HAND ? least : undefined;
    const hand = this.thread();
    this.hands.push(hand);
    return hand;
  }

  private thread(): Hand {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(packageUrl("dist/cli/parallel/worker.js"), {
      workerData: { recipe: this.recipe, signs: this.signs.buffer, port: port2 },
      transferList: [port2],
    });
    worker.unref(); // what nobody waits for any more does not keep the process
    port1.unref();
    return { port: port1, knows: new Set<number>(), jobs: 0 };
  }

  /** The number of a document, which the thread has been told. */
  private tell(hand: Hand, document: object): number {
    let number = this.numbers.get(document);
    if (number === undefined) {
      number = this.documents++;
      this.numbers.set(document, number);
    }
    if (!hand.knows.has(number)) {
      hand.knows.add(number);
      const message: Message = { kind: "document", number, document };
      hand.port.postMessage(message);
    }
    return number;
  }
}

function valueOf({ value, error }: Answer): unknown {
  if (!error) return value;
  if (error.user) throw new UserError(error.message);
  throw Object.assign(new Error(error.message), { stack: error.stack });
}
