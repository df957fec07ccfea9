import { INLINE, Lines, SIGNALED } from "./rdma-core-lines.js";

const [A, B, UD_A, UD_B] = [0x11, 0x12, 0x21, 0x22];

/** Both processes of one run on one host: a connection, datagrams, and events that cannot be replayed. */
function both(): string {
  const lines = new Lines({}, { pid: 300 }).as({ pid: 301 });
  for (let i = 0; i < 8; i++) lines.receive(B, i);
  for (let i = 0; i < 4; i++) lines.receive(UD_B, 0x100 + i);
  lines.as({ pid: 300 }).receive(A, 0xffff_0000).wait(20_000);
  for (let i = 0; i < 4; i++) {
    lines.as({ pid: 300 }).post(A, 0x7f00_0000_1000 + i, "SEND", 4096, { num_sge: 2 });
    lines
      .as({ pid: 301 })
      .wait(3_000)
      .poll(B, i, "RECV", 4096, { rqpn: A })
      .receive(B, 8 + i);
    lines.as({ pid: 300 }).poll(A, 0x7f00_0000_1000 + i, "SEND", 4096);
  }
  lines.post(A, 5, "RDMA_WRITE", 65_536, { send_flags: 0 }).post(A, 6, "RDMA_WRITE_WITH_IMM", 65_536);
  lines.as({ pid: 301 }).wait(12_000).poll(B, 4, "RECV_RDMA_WITH_IMM", 65_536, { rqpn: A });
  lines
    .post(B, 1, "SEND", 16, { send_flags: SIGNALED | INLINE })
    .wait(2_000)
    .poll(B, 1, "SEND", 16);
  lines.as({ pid: 300 }).poll(A, 6, "RDMA_WRITE", 65_536).poll(A, 0xffff_0000, "RECV", 16, { rqpn: B });
  lines.post(A, 7, "RDMA_READ", 8192).wait(9_000).poll(A, 7, "RDMA_READ", 8192);
  lines.post(A, 8, "LOCAL_INV", 0).poll(A, 8, "LOCAL_INV", 0).receive(3, 1, { is_srq: 1 });
  lines.as({ tid: 302 });
  for (let i = 0; i < 3; i++) lines.post(UD_A, i, "SEND", 512, { rqpn: UD_B });
  lines.as({ pid: 301 }).wait(4_000);
  for (let i = 0; i < 3; i++) lines.poll(UD_B, 0x100 + i, "RECV", 552, { rqpn: UD_A });
  lines.as({ pid: 300, tid: 302 });
  for (let i = 0; i < 3; i++) lines.poll(UD_A, i, "SEND", 512);
  return lines.as({ pid: 300 }).poll(A, 0xdead, "SEND", 0, { status: 5 }).text();
}

/** One side over midnight, with times of day, and without the contexts of process and thread. */
function rxe(): string {
  const lines = new Lines({ clock: "day", context: false });
  for (let i = 0; i < 6; i++) lines.rxe(17, "send", 64).wait(400_000_000);
  lines
    .rxe(17, "rdma-write", 1 << 20)
    .rxe(17, "rdma-read", 4096)
    .rxe(18, "rdma-write-with-imm", 8);
  lines
    .other(
      'WARNING: Tracer discarded 12 events between [00:00:01.000000000] and [00:00:01.100000000] in trace "run"',
    )
    .rxe(17, "atomic-fetch-and-add", 8)
    .rxe(18, "bind-mw", 0)
    .mlx5(19, "send", 1);
  return lines.rxe(17, "send", 0).text();
}

/** What capture/usdt.bt prints: bpftrace's first line, then events, of each CPU in order. */
function usdt(): string {
  const lines = ["Attaching 1 probe..."];
  for (let i = 0; i < 10; i++) {
    const t = 86_400_123_456_789 + 5_000 * i - (i % 5 === 3 ? 12_000 : 0);
    lines.push(
      `usdt,${t},71,${71 + (i % 2)},rdma_core_rxe:post_send,rxe0,${20 + (i % 2)},rdma-write,${256 << i}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

const bytes = (text: () => string) => (): Uint8Array => Buffer.from(text(), "latin1");
export const RDMA_CORE_SAMPLES: Readonly<Record<string, () => Uint8Array>> = {
  "rdma-core-text/hns.both.txt": bytes(both),
  "rdma-core-text/rxe.day.txt": bytes(rxe),
  "rdma-core-text/rxe.usdt.txt": bytes(usdt),
};
