// The ways of operations through the stages (docs/model.md 4), for the picture there. A is the node that posts,
// B its peer. test/explain/ways.test.ts holds that operations go these ways and no other.

/** What every work request begins with; the ways go on from here. */
export const POSTED = {
  title: "every work request (4.1)",
  stages: [
    ["A", "RING"],
    ["A", "WQE_REQUEST"],
    ["A", "WQE_DATA"],
    ["A", "ENGINE"],
  ],
};
const ask = [
  ["A", "REQUEST_LINK"],
  ["B", "REQUEST_RECEIVE"],
];
const back = [
  ["A", "RESPONSE_RECEIVE"],
  ["A", "RESPONSE_WRITE"],
  ["A", "CQE"],
];

/** Stages one after the other; `beside` is what forks at one of them. */
export const WAYS = [
  {
    title: "then SEND and RDMA WRITE (4.2)",
    stages: [
      ["A", "READ_REQUEST"],
      ["A", "READ_DATA"],
      ["A", "LINK"],
      ["B", "RECEIVE"],
      ["B", "WRITE"],
      ["B", "CQE"],
    ],
    beside: {
      from: "RECEIVE",
      why: "and, RC, from RECEIVE of the last burst",
      stages: [
        ["B", "ACK_LINK"],
        ["A", "ACK_RECEIVE"],
        ["A", "CQE"],
      ],
    },
  },
  {
    title: "then RDMA READ (4.3)",
    stages: [...ask, ["B", "READ_REQUEST"], ["B", "READ_DATA"], ["B", "LINK"], ...back],
  },
  {
    title: "then atomics (4.3)",
    stages: [...ask, ["B", "ATOMIC_REQUEST"], ["B", "ATOMIC_DATA"], ["B", "ATOMIC_LINK"], ...back],
  },
];

/** Stages that are left out, or come again. */
export const SHORTCUTS = [
  { from: "RING", to: "ENGINE", why: "BlueFlame: the WQE came with the doorbell" },
  { from: "ENGINE", to: "LINK", why: "inline, or no payload" },
  { from: "READ_DATA", to: "READ_DATA", why: "the next burst" },
  { from: "LINK", to: "CQE", why: "UC and UD: nobody acknowledges" },
  { from: "ENGINE", to: "CQE", why: "LOCAL_INV, BIND_MW: nothing leaves" },
  { from: "REQUEST_RECEIVE", to: "LINK", why: "a READ of 0 bytes" },
  { from: "RECEIVE", to: "CQE", why: "no payload: its write costs nothing" },
  { from: "RESPONSE_RECEIVE", to: "CQE", why: "a READ of 0 bytes, the same" },
];

/** Every step from a stage to the next. */
export function steps() {
  const pairs = (stages) => stages.slice(1).map(([, to], i) => `${stages[i][1]} ${to}`);
  return [
    ...WAYS.flatMap(({ stages, beside }) => [
      ...pairs([...POSTED.stages, ...stages]),
      ...(beside ? pairs([["B", beside.from], ...beside.stages]) : []),
    ]),
    ...SHORTCUTS.map(({ from, to }) => `${from} ${to}`),
  ];
}
