import { expect, test } from "vitest";
import { importGoal } from "../../src/import/goal/goal.js";
import { scratch } from "../support/files.js";
import { two } from "../support/import/goal-rows.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const PAIR = two(["send 1b to 1"], ["recv 1b from 0"]);
test.each<[string, string[], RegExp]>([
  [
    "no line of a schedule",
    ["num_ranks 1", "rank 0 {", "put 8b to 1", "}"],
    /line 3: "put 8b to 1" is no line/,
  ],
  ["a send to anybody", ["num_ranks 1", "rank 0 {", "send 8b to -1", "}"], /line 3: .* is no line/],
  [
    "a binary schedule",
    ["num_ranks 1", "\0\0\0\x01"],
    /line 2: is no text: a binary schedule.*give the text/,
  ],
  ["no num_ranks", ["rank 0 {", "}"], /line 1: comes before num_ranks/],
  ["an empty text", ["// nothing"], /has no line num_ranks/],
  ["num_ranks twice", ["num_ranks 1", "num_ranks 2"], /line 2: num_ranks stands there a second time/],
  ["no ranks", ["num_ranks 0"], /line 1: num_ranks is 0/],
  ["too many ranks", ["num_ranks 4097"], /line 1: num_ranks is 4097, .* 1 to 4096/],
  ["a rank beyond num_ranks", ["num_ranks 1", "rank 1 {", "}"], /line 2: rank is 1, but num_ranks is 1/],
  [
    "a peer beyond num_ranks",
    ["num_ranks 1", "rank 0 {", "send 1b to 1", "}"],
    /line 3: to is 1, but num_ranks is 1/,
  ],
  ["a rank twice", ["num_ranks 1", "rank 0 {}", "rank 0 {"], /line 3: is of rank 0 again/],
  ["a rank within a rank", ["num_ranks 2", "rank 0 {", "rank 1 {"], /line 3: begins within rank 0/],
  ["an operation outside", ["num_ranks 1", "calc 5"], /line 2: stands outside of any rank/],
  ["a missing rank", ["num_ranks 2", "rank 0 {", "}"], /has 2 ranks .* rank 1 is missing/],
  ["a missing brace", ["num_ranks 1", "rank 0 {"], /line 2: is the last and within rank 0/],
  ["an open comment", ["num_ranks 1", "rank 0 {", "/* }"], /line 3: is the last and within a comment/],
  [
    "an unknown label",
    ["num_ranks 1", "rank 0 {", "a: calc 1", "a requires b", "}"],
    /line 4: label b is none of rank 0/,
  ],
  [
    "a label twice",
    ["num_ranks 1", "rank 0 {", "a: calc 1", "a: calc 2", "}"],
    /line 4: label a is that of line 3/,
  ],
  [
    "a circle",
    [
      "num_ranks 1",
      "rank 0 {",
      "c: calc 1",
      "a: calc 1",
      "b: calc 1",
      "a requires b",
      "b irequires a",
      "c requires b",
      "}",
    ],
    /line [45]: requires itself/,
  ],
  ["a large size", ["num_ranks 1", "rank 0 {", "calc 9999999999999999", "}"], /line 3: .* larger than 2\^53/],
  ["a large tag", [...PAIR.slice(0, 2), "send 1b to 1 tag 4294967296"], /line 3: tag 4294967296 is larger/],
  ["a large cpu", [...PAIR.slice(0, 2), "calc 1 cpu 65536"], /line 3: cpu 65536 is larger/],
  [
    "more than a week",
    ["num_ranks 1", "rank 0 {", "calc 604800000000001", "}"],
    /line 3: this calc ends more than 7 days/,
  ],
  [
    "a recv without a send",
    two(["send 1b to 1 tag 1"], ["recv 1b from 0 tag 1", "recv 1b from 0 tag 2"]),
    /line 7: this recv of rank 1 never gets a message/,
  ],
  ["a large send without a recv", two(["send 8193b to 1"], []), /line 3: this send of rank 0 never ends/],
  [
    "a deadlock of large messages",
    two(
      ["a: send 9000b to 1", "b: recv 9000b from 1", "b requires a"],
      ["a: send 9000b to 0", "b: recv 9000b from 0", "b requires a"],
    ),
    /line 3: this send of rank 0 never ends/,
  ],
  ["no messages", ["num_ranks 1", "rank 0 {", "calc 5", "}"], /none of its ranks sends to another/],
])("refuses %s", async (_, lines, sentence) => {
  const path = file("program.goal", `${lines.join("\n")}\n`),
    message = await refusedLater(importGoal(path));
  expect(message.startsWith(`${path}: `)).toBe(true);
  expect(message).toMatch(sentence);
});
