import { arrow } from "./arrow/arrow.js";
import { goal } from "./goal/goal.js";
import { iommuMap } from "./kernel/iommu-map.js";
import { kvmExits } from "./kernel/kvm-exits.js";
import { mappingCsv } from "./mapping/mapping-csv.js";
import { pagemap } from "./mapping/pagemap.js";
import { v2p } from "./mapping/v2p.js";
import { champsim } from "./memory/binary/champsim.js";
import { drmemtrace } from "./memory/binary/drmemtrace.js";
import { gem5 } from "./memory/binary/gem5.js";
import { oracleGeneral } from "./memory/binary/oracle-general.js";
import { prosperoBinary } from "./memory/binary/prospero-binary.js";
import { lackey } from "./memory/lackey.js";
import { memoryCsv } from "./memory/memory-csv.js";
import { dineroDin, dineroXdin } from "./memory/text/dinero.js";
import { drmemtraceView } from "./memory/text/drmemtrace-view.js";
import { libcachesimCsv } from "./memory/text/libcachesim-csv.js";
import { pinatrace } from "./memory/text/pinatrace.js";
import { prosperoText } from "./memory/text/prospero-text.js";
import { ramulator } from "./memory/text/ramulator.js";
import { pcap } from "./pcap/pcap.js";
import { rdmaCoreText } from "./rdma-core/rdma-core-text.js";
import { verbsRecorder } from "./recorder/verbs-recorder.js";
import type { Format } from "./shared/format.js";
import { ucxLog } from "./ucx/ucx-log.js";
import { verbsJsonl } from "./verbs/verbs-jsonl.js";

/**
 * What `verbscope import` reads. Help, completion, what the library exports, docs/formats.md
 * and the tests that every format must pass come from this list.
 */
export const FORMATS: readonly Format[] = [
  verbsJsonl,
  verbsRecorder,
  pcap,
  ucxLog,
  goal,
  rdmaCoreText,
  lackey,
  drmemtrace,
  drmemtraceView,
  pinatrace,
  champsim,
  gem5,
  dineroDin,
  dineroXdin,
  ramulator,
  prosperoText,
  prosperoBinary,
  oracleGeneral,
  libcachesimCsv,
  memoryCsv,
  mappingCsv,
  v2p,
  pagemap,
  iommuMap,
  kvmExits,
  arrow,
];
