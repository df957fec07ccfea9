// Paths on one testbed, and on others drawn within its ranges: nominal figures, and the interval that holds 90 % of the draws.

import { drawTestbed, loadPath, openValues } from "../../../dist/index.js";
import { intervalOf } from "../../../dist/uncertainty/interval.js";
import { latinHypercube, pointOf } from "../../../dist/uncertainty/latin-hypercube.js";

const SEED = 1;

/**
 * `figures(replays)` gives a list of numbers from the replays of all paths; the result has { nominal, low, high } of each, and where the values of a draw
 * are in no legal combination it is an error: draws are legal by construction.
 */
export function onDraws(session, labels, draws, figures) {
  const paths = labels.map(loadPath),
    at = (s) => figures(paths.map((p) => s.replay(p)));
  const nominal = at(session),
    design = latinHypercube(openValues(session.testbed, session.settled), draws, SEED);
  const drawn = Array.from({ length: draws }, (_, i) =>
    at(session.on(drawTestbed(session.testbed, pointOf(design, i)))),
  );
  return nominal.map((x, k) => ({ nominal: x, ...intervalOf(drawn.map((d) => d[k])) }));
}
