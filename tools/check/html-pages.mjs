// Pages to look at: every kind of result that a report can be of, one with hostile text in it.
import { fileURLToPath } from "node:url";
import {
  attribute,
  bytesSource,
  encodeMemory,
  encodeVerbs,
  generate,
  generateMemory,
  htmlReport,
  loadPath,
  loadTestbed,
  openAnySource,
  openAnyTrace,
  replay,
  replayMemory,
  verbsSession,
  withUncertainty,
} from "../../dist/index.js";

const PATHS = ["native", "virt-ib", "memlink"];
export const HOSTILE =
  `<script>alert(1)</script>"onload='alert(2)' ]]>--><img src=x ` +
  `onerror=alert(3)>\u202egpj.exe\u0000\u001b[31m`;
const recorded = (name) =>
  openAnyTrace(fileURLToPath(new URL(`../../traces/${name}.arrow`, import.meta.url)));
const generated = (name, bytes) => openAnySource(bytesSource(name, bytes));
const bed = () => loadTestbed("thesis-2014");
const verbs = (trace, paths = PATHS, options = {}) => replay(trace, paths.map(loadPath), bed(), options);
const memory = (trace, paths = PATHS, options = {}) =>
  replayMemory(trace, paths.map(loadPath), bed(), options);

const sendBw = (size) => {
  const { builder, metadata } = generate("send-bw", { size, iters: 50 });
  return encodeVerbs(builder, metadata);
};

/** The same result with hostile text wherever a file's text may stand. */
export function hostile(result) {
  const evil = structuredClone(result);
  evil.trace.file =
    evil.trace.digest =
    evil.digest =
    evil.testbed.name =
    evil.testbed.title =
    evil.tool.version =
    evil.trace.think =
      HOSTILE;
  evil.trace.notes = [HOSTILE, HOSTILE.repeat(20)];
  evil.trace.fields = { [HOSTILE]: HOSTILE };
  evil.testbed.values = {
    [HOSTILE]: { value: HOSTILE, low: HOSTILE, high: HOSTILE, unit: HOSTILE, source: `inferred ${HOSTILE}` },
  };
  for (const r of evil.replays) {
    r.path = HOSTILE + r.path;
    r.mechanisms = { [HOSTILE]: HOSTILE };
    r.counters[HOSTILE] = 7;
    for (const o of r.operations) o.opcode = o.opcode === "NONE" ? "NONE" : HOSTILE;
  }
  for (const r of evil.trace.memory?.regions ?? []) r.name = r.start = HOSTILE;
  for (const p of evil.trace.memory?.hottest_pages ?? []) p.page = p.region = HOSTILE;
  return evil;
}

/**
 * `accessible`: to be looked at by axe, which takes seconds a page; those pages have every kind of element.
 */
export function* pages() {
  const pingpong = verbs(recorded("rc-pingpong-4k"));
  yield {
    name: "verbs",
    accessible: true,
    html: htmlReport([pingpong], {
      attribution: attribute(verbsSession(recorded("rc-pingpong-4k"), bed()), "virt-ib", "memlink"),
    }),
  };
  const drawn = verbs(recorded("write-lat-8"), PATHS, {
      extend: (session, paths, replays) => withUncertainty(session, paths, replays, { draws: 20 }),
    }),
    checked = { recorded_ps: 2_000_000, model_ps: 1_500_000, error: -0.25 };
  yield {
    name: "sure",
    html: htmlReport([
      {
        ...drawn,
        self_check: {
          comparable: true,
          total: checked,
          data_path: checked,
          verbs: [{ verb: "post_send", calls: 1000, ...checked }],
        },
      },
    ]),
  };
  yield {
    name: "many-classes",
    html: htmlReport([verbs(recorded("ucx-tag-lat"), [...PATHS, "sr-iov", "vhost"])]),
  };
  yield { name: "one-path", html: htmlReport([verbs(recorded("send-bw-srq"), ["memlink"])]) };
  yield {
    name: "sizes",
    html: htmlReport(
      [64, 1024, 16384, 262144].map((size) => verbs(generated(`send-bw-${size}.arrow`, sendBw(size)))),
    ),
  };
  const hpcc = memory(recorded("hpcc-randomaccess"), PATHS, { link: "all" });
  yield { name: "memory", accessible: true, html: htmlReport([hpcc]) };
  yield {
    name: "gups",
    html: htmlReport([
      memory(
        generated(
          "gups.arrow",
          encodeMemory(generateMemory("gups", { footprint: 2 ** 31, accesses: 200_000 })),
        ),
      ),
    ]),
  };
  yield {
    name: "coupled",
    html: htmlReport([verbs(recorded("rc-pingpong-4k"), PATHS, { memory: recorded("sort") })]),
  };
  yield {
    name: "hostile",
    accessible: true,
    html: htmlReport([hostile(pingpong), hostile(hpcc)], { title: HOSTILE }),
  };
}
