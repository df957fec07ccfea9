import type { Machine, Memory, Qp } from "./machine.js";
import type { Side } from "./side.js";

const RECV_ID = 1n,
  SEND_ID = 2n;

interface Objects {
  memory: Memory;
  cq: number;
  qp: Qp;
  posted: number;
}

/** ibv_rc_pingpong: each side sends, then waits for its send completion and for the other's message. */
export function pingpong(m: Machine, client: boolean): Side {
  const { options } = m;
  const own = setUp(m);
  return {
    qps: [own.qp],
    *run(peers) {
      const peer = peers.qps[0]!;
      m.emit("query_port");
      m.modifyQp(own.qp, "RTR", peer, 0);
      m.modifyQp(own.qp, "RTS", peer, 1);
      yield 0;
      for (let i = 0; i < options.iters; i++) {
        if (client) {
          send(m, own);
          receiveOne(m, own);
        } else {
          receiveOne(m, own);
          send(m, own);
        }
        yield i + 1;
      }
    },
    tearDown() {
      if (options.events) m.emit("ack_cq_events", { cq: own.cq });
      m.emit("destroy_qp", { qp: own.qp.qpn });
      m.emit("destroy_cq", { cq: own.cq });
      m.emit("dereg_mr", { mr: 1, lkey: own.memory.lkey, size: BigInt(own.memory.size) });
      m.emit("dealloc_pd", { pd: 1 });
      if (options.events) m.emit("destroy_comp_channel");
      m.emit("close_device");
    },
  };
}

function setUp(m: Machine): Objects {
  const { options } = m;
  m.emit("get_device_list", { devices: 1 });
  m.emit("open_device");
  if (options.events) m.emit("create_comp_channel");
  m.emit("alloc_pd", { pd: 1 });
  const memory = m.registerMemory(1, options.size, 1);
  const cq = m.createCq(options.rxDepth + 1);
  const qp = m.createQp(1, cq, cq, 0, { send: 1, recv: options.rxDepth });
  m.modifyQp(qp, "INIT", qp, 0);
  const own = { memory, cq, qp, posted: 0 };
  refill(m, own);
  if (options.events) m.emit("req_notify_cq", { cq });
  return own;
}

function refill(m: Machine, own: Objects): void {
  for (; own.posted < m.options.rxDepth; own.posted++) m.postRecv(own.qp, RECV_ID, own.memory, 0);
}
function send(m: Machine, own: Objects): void {
  const { size } = m.options;
  m.emit("post_send", {
    qp: own.qp.qpn,
    wr_id: SEND_ID,
    opcode: "SEND",
    flags: m.flags(true, "SEND"),
    length: size,
    num_sge: 1,
    sge: m.sge(own.memory, 0, size),
  });
  m.sleep(own.cq, false);
  m.pollSend(own.cq, own.qp, SEND_ID, "SEND");
}
function receiveOne(m: Machine, own: Objects): void {
  m.sleep(own.cq, false);
  m.pollRecv(own.cq, own.qp, RECV_ID);
  if (--own.posted <= 1) refill(m, own);
}
