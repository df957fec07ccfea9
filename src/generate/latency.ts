import type { Opcode } from "../abi/verbs.js";
import type { Machine } from "./machine.js";
import { Perftest } from "./perftest.js";
import type { Side } from "./side.js";

/** ib_send_lat: post, poll the send completion, poll the reply; the server answers. */
export function sendLatency(m: Machine, client: boolean): Side {
  const p = new Perftest(m, "SEND");
  const [qp] = p.qps;
  const send = (peer: Side): void => {
    p.post(qp!, peer, 1, () => true);
    m.sleep(p.cq, true);
    m.pollSend(p.cq, qp!, 0n, "SEND");
  };
  const receive = (): void => {
    m.sleep(p.rcq, true);
    m.pollRecv(p.rcq, qp!, 0n);
    p.postRecv(qp!);
  };
  return {
    qps: p.qps,
    *run(peer) {
      p.connect(peer, true, true);
      yield 0;
      for (let i = 0; i < m.options.iters; i++) {
        if (client) send(peer);
        receive();
        if (!client) send(peer);
        yield i + 1;
      }
    },
    tearDown: () => p.tearDown(),
  };
}

/**
 * ib_write_lat: each side waits in memory for the other's write,
 * writes, and polls its completion. The server writes first.
 */
export function writeLatency(m: Machine, client: boolean): Side {
  const p = new Perftest(m, "RDMA_WRITE");
  const [qp] = p.qps;
  return {
    qps: p.qps,
    target: p.memory,
    *run(peer) {
      p.connect(peer, true, false);
      yield 0;
      for (let i = 0; i < m.options.iters; i++) {
        p.post(qp!, peer, 1, () => true, client ? i + 1 : i);
        m.pollSend(p.cq, qp!, 0n, "RDMA_WRITE");
        yield i + 1;
      }
    },
    // The server still waits for the client's last write, which no later post shows.
    tearDown: () => p.tearDown(client ? 0 : m.options.iters),
  };
}

/** ib_read_lat, ib_atomic_lat: one operation at a time; the server's program does nothing. */
export function oneSidedLatency(opcode: Opcode): (m: Machine, client: boolean) => Side {
  return (m, client) => {
    const p = new Perftest(m, opcode);
    const [qp] = p.qps;
    return {
      qps: p.qps,
      target: p.memory,
      *run(peer) {
        p.connect(peer, client, false);
        yield 0;
        for (let i = 0; client && i < m.options.iters; i++) {
          p.post(qp!, peer, 1, () => true);
          m.sleep(p.cq, true);
          m.pollSend(p.cq, qp!, 0n, opcode);
          yield i + 1;
        }
      },
      tearDown: () => p.tearDown(),
    };
  };
}
