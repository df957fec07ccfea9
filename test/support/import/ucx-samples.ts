import { UcxLog } from "./ucx-logs.js";

const START_US = 1_795_942_815_482_626;
/** QPs of the connection, and those that it is made with. */
const CLIENT = 0x1a2,
  SERVER = 0x2b7,
  CLIENT_UD = 0x51,
  SERVER_UD = 0x52;
const HEAP = "0x7f3a20000000",
  BUFFER = "0x7f1200001000";
/** A message whose header goes with the work request, and the same with the payload from a registered buffer. */
const SHORT = "SEND --- [inl len 24] -- am 2 TAG tag 1",
  ZCOPY = `SEND s-- [va ${HEAP} len 40 lkey 0x1a2b] [va 0x7f3a20010000 len 4096 lkey 0x1a2c] -- am 4 RNDV_RTS`;

function opened(log: UcxLog, ud: number, rc: number): UcxLog {
  return log
    .line("DEBUG", "debug.c:1149", "using signal stack 0x7f9a1fef8000 size 181440")
    .line("INFO", "ucp_context.c:1774", "UCP version is 1.13 (release 1)")
    .created("UD", ud, { wr: 256, sge: 5, inline: 64, recv_wr: 4096, recv_sge: 1 })
    .created("RC", 0x50)
    .line("TRACE", "ib_device.c:1", "an event without meaning", 2)
    .created("RC", rc);
}

/** rc_verbs: set up over UD datagrams, then messages, WRITEs, READs, atomics and, at last, an error. */
function client(): UcxLog {
  const log = opened(new UcxLog({ host: "node1", pid: 4711 }, START_US), CLIENT_UD, CLIENT);
  log
    .verbs(
      CLIENT_UD,
      1,
      "SEND s-- [rqpn 0x52 ah 0x55d01c2b0010] [inl len 56] dst 16777215 psn 1 apsn 0 -- CREQ",
    )
    .received(CLIENT_UD, 60, SERVER_UD, " dst 0 psn 1 apsn 1 -- CREP")
    .connected(CLIENT, SERVER)
    .line("REQ", "ucp_tag_send.c:1", "send_nbx buffer 0x7f3a20010000 length 8 tag 1");
  for (let i = 1; i <= 4; i++) log.verbs(CLIENT, i, SHORT).wait(3).received(CLIENT, 24);
  log.verbs(CLIENT, 5, ZCOPY);
  log.other("| 1000 | 0.51 | 0.51 | 0.51 | what the program prints");
  for (let i = 6; i <= 9; i++)
    log.verbs(
      CLIENT,
      i,
      `RDMA_WRITE s-- [rva ${BUFFER} rkey 0x2b01] [va 0x7f3a20010000 len 65536 lkey 0x1a2c]`,
    );
  const read = `[rva ${BUFFER} rkey 0x2b01] [va 0x7f3a20030000 len 16384 lkey 0x1a2c]`,
    result = `[va ${HEAP} len 8 lkey 0x1a2b]`;
  log.verbs(CLIENT, 10, `RDMA_READ s-- ${read}`).verbs(CLIENT, 11, `RDMA_READ s-- ${read}`).wait(40);
  log.verbs(CLIENT, 12, `FETCH_ADD s-- [rva 0x7f1200011008 rkey 0x2b01] [add 1] ${result}`);
  log.verbs(CLIENT, 13, `CSWAP sf- [rva 0x7f1200011008 rkey 0x2b01] [cmp -1 swap 7] ${result}`).wait(9);
  log.verbs(CLIENT, 14, "SEND_IMM s-e [inl len 8] -- am 5");
  log.thread = 1;
  const piece = (i: number): string => ` [va 0x7f3a2004${i}000 len 512 lkey 0x1a2c]`;
  log.verbs(CLIENT, 15, `SEND s--${[0, 1, 2, 3, 4, 5, 6].map(piece).join("")} -- am 9 STREAM`);
  log.data(
    "rc_verbs_ep.c:42",
    `QP 0x1a2 wrid 0x10 RDMA_WRITE s-- [rva ${BUFFER} rkey 0x2b01] [va 0x7f3a20g40000 len 512 lkey 0x1a2c]`,
  );
  log.wait(-20).received(CLIENT, 8);
  return log.line(
    "ERROR",
    "rc_verbs_iface.c:118",
    "send completion with error: transport retry counter exceeded [qpn 0x1a2 wrid 0xevendor_err 0x81]",
  );
}

/** The other side. */
function server(): UcxLog {
  const log = opened(new UcxLog({ host: "node2", pid: 71 }, START_US - 250), SERVER_UD, SERVER);
  log
    .wait(250)
    .received(SERVER_UD, 56, CLIENT_UD, " dst 16777215 psn 1 apsn 0 -- CREQ")
    .verbs(SERVER_UD, 1, "SEND s-- [rqpn 0x51 ah 0x55d01c2b0010] [inl len 60] dst 0 psn 1 apsn 1 -- CREP")
    .connected(SERVER, CLIENT);
  for (let i = 1; i <= 4; i++) log.received(SERVER, 24).verbs(SERVER, i, SHORT).wait(3);
  log
    .received(SERVER, 4136, undefined, " -- am 4 RNDV_RTS")
    .wait(90)
    .received(SERVER, 8, undefined, " -- am 5");
  return log.verbs(SERVER, 5, "SEND s-- [inl len 8] -- am 3");
}

/** ud_mlx5, which shows its completions, and a queue of rc_mlx5 beside it. */
function mlx5(): UcxLog {
  const log = new UcxLog({ host: "node3", pid: 10423 }, START_US),
    to = "[rqpn 0x61 rmac 02:00:00:00:00:07 sgix 3 dgid ::ffff:10.0.0.7 tc 0]";
  log.created("UD", 0x60, { wr: 256, sge: 5, inline: 64, recv_wr: 4096, recv_sge: 1 });
  for (let i = 0; i < 6; i++) {
    log.mlx5(
      0x60,
      2 * i,
      `SEND ${i % 2 === 1 ? "s" : "-"}-- ${to} [inl len 40] dst 0 psn ${i} apsn 0 r- am 2`,
    );
    log.wait(2).received(0x60, 48, 0x61, ` dst 0 psn ${i} apsn ${i} -- am 2`);
    if (i % 2 === 1) log.cqe(0x60, 2 * i);
  }
  log.cqe(0x60, 99).cqe(0x60, 3, 0x21);
  log.data("rc_mlx5_devx.c:1", "QP 0x70 [000] NOP s--");
  log.mlx5(0x70, 1, "SEND s-- [inl len 16] [va 0x7f3a20000000 len 2048 lkey 0x1a2b] -- am 4 RNDV");
  log.mlx5(
    0x70,
    3,
    "MASKED_FETCH_ADD s-- [rva 0x7f1200011008 rkey 0x2b01] [32bit add 1/0x0] [va 0x7f3a20000000 len 4 lkey 0x1a2b]",
  );
  log.mlx5(
    0x70,
    5,
    "MASKED_CSWAP s-- [rva 0x7f1200011008 rkey 0x2b01] [64 bit cmp 1/0xff swap 2/0xff] " +
      "[va 0x7f3a20000000 len 8 lkey 0x1a2b]",
  );
  return log.received(0x70, 16);
}

/** Both sides of one run. */
export const CLIENT_LOG = "ucx-log/rc-verbs.node1.log",
  SERVER_LOG = "ucx-log/rc-verbs.node2.log";
/** Files below test/import/fixtures. */
export const UCX_SAMPLES: Readonly<Record<string, () => Uint8Array>> = {
  [CLIENT_LOG]: () => client().bytes(),
  // The log is copied while the process runs.
  [SERVER_LOG]: () => Buffer.concat([server().bytes(), Buffer.from("[1795942815.483001] [node2:71   :0")]),
  "ucx-log/mlx5.node3.log": () => mlx5().bytes(),
};
