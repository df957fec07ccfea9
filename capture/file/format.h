// The file that the recorder writes, byte for byte as docs/capture-format.md says it. Little-endian.
#ifndef VERBSCOPE_FORMAT_H
#define VERBSCOPE_FORMAT_H
#include <assert.h>
#include <stdint.h>

#define CAPTURE_MAGIC "VERBSCAP"
#define CAPTURE_VERSION 1
#define BLOCK_MAGIC 0x314b4c42u  // "BLK1"
#define FOOTER_MAGIC 0x31444e45u // "END1"

enum clock_kind { CLOCK_OF_SYSTEM = 0, CLOCK_OF_TSC = 1, CLOCK_OF_CNTVCT = 2 };
enum head_flag { HEAD_FRAMES_VISIBLE = 1, HEAD_FORKED = 2, HEAD_PAGES_OFF = 4 };

struct file_head {
  char magic[8];
  uint32_t version, record_bytes;
  uint32_t pid, parent;
  uint64_t ticks, monotonic_ns, realtime_ns; // one moment on three clocks
  uint32_t clock, flags;
  uint32_t text_bytes; // of the NUL-ended texts that follow
  uint32_t crc;        // CRC-32 of all before it and of the texts
};
static_assert(sizeof(struct file_head) == 64, "layout");

// What one thread recorded, whole calls; footers have the same head.
struct block_head {
  uint32_t magic, bytes; // of the payload
  uint32_t tid, thread;  // of the system; of this recording, from 0
  uint64_t ticks, monotonic_ns;
  uint64_t before;  // slots of this thread in earlier blocks
  uint64_t dropped; // records of this thread that found no room
  uint64_t waited;  // calls of this thread that waited for room
  uint32_t payload_crc, crc;
};
static_assert(sizeof(struct block_head) == 64, "layout");

// Payload of the footer: these counts, then `threads` thread_ends, then `costs` cost_ends.
struct footer {
  uint32_t threads, costs;
};
struct thread_end {
  uint32_t tid, thread;
  uint64_t slots, dropped, waited;
};
static_assert(sizeof(struct thread_end) == 32, "layout");
struct cost_end {
  uint32_t call, unused; // enum cost_call
  uint64_t calls, sampled;
  uint32_t p50_ns, p90_ns, p99_ns, max_ns;
};
static_assert(sizeof(struct cost_end) == 40, "layout");

enum kind {
  POST_SEND = 1,
  POST_RECV,
  POST_SRQ_RECV,
  COMPLETION,
  EMPTY_POLLS,
  REQ_NOTIFY_CQ,
  FAILED_POLL,
  OPEN_DEVICE = 16,
  CLOSE_DEVICE,
  GET_DEVICE_LIST,
  QUERY_DEVICE,
  QUERY_PORT,
  QUERY_GID,
  QUERY_PKEY,
  ALLOC_PD,
  DEALLOC_PD,
  REG_MR,
  DEREG_MR,
  REREG_MR,
  MR_PAGES,
  MR_VMA,
  CREATE_COMP_CHANNEL,
  DESTROY_COMP_CHANNEL,
  CREATE_CQ,
  RESIZE_CQ,
  DESTROY_CQ,
  GET_CQ_EVENT,
  ACK_CQ_EVENTS,
  CREATE_SRQ,
  MODIFY_SRQ,
  QUERY_SRQ,
  DESTROY_SRQ,
  CREATE_QP,
  MODIFY_QP,
  QUERY_QP,
  DESTROY_QP,
  CREATE_AH,
  DESTROY_AH,
  ATTACH_MCAST,
  DETACH_MCAST,
  ALLOC_MW,
  BIND_MW,
  DEALLOC_MW,
  GET_ASYNC_EVENT,
  RDMA_CREATE_ID = 64,
  RDMA_DESTROY_ID,
  RDMA_BIND_ADDR,
  RDMA_LISTEN,
  RDMA_RESOLVE_ADDR,
  RDMA_RESOLVE_ROUTE,
  RDMA_CONNECT,
  RDMA_ACCEPT,
  RDMA_REJECT,
  RDMA_DISCONNECT,
  RDMA_GET_CM_EVENT,
  RDMA_ACK_CM_EVENT,
};
// Flags of a record; below them are those of ibv_send_flags.
enum record_flag { FIRST_OF_CALL = 0x80, EXTENDED_API = 0x40, DATAGRAM = 0x20, SEND_FLAGS = 0x1f };
enum { RC_UNKNOWN = 255, NONE = 0xffffffffu };

struct slice {
  uint64_t addr;
  uint32_t length, lkey;
};
struct page_run {
  uint64_t page, frame;
  uint32_t count;
} __attribute__((packed, aligned(4)));
static_assert(sizeof(struct page_run) == 20, "layout");

// One slot. A record is one of them and `more` further slots of plain payload.
struct record {
  uint8_t kind, ctx, op, rc;
  uint32_t obj;
  uint64_t t; // ticks at the call's start
  uint32_t dur_low;
  uint8_t dur_high; // ticks inside the call: 40 bits
  uint8_t flags, sges, more;
  union {
    struct {
      uint64_t wr_id, remote;
      uint32_t rkey, imm;
      struct slice sge; // the others are in the further slots
    } wr;
    struct {
      uint64_t wr_id;
      uint32_t length, qp, imm, wc_flags, src_qp;
    } wc;
    struct {
      uint64_t count, last, sum, timed; // last: ticks at the start of the last; sum: of the `timed` ones
    } empty;
    struct {
      uint32_t word[4];
      uint64_t quad[3];
    } control;
  } u;
};
static_assert(sizeof(struct record) == 64, "layout");
#endif
