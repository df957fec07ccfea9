// Work requests that are built call by call: wr_start, wr_send and its like, wr_set_sge and its like, wr_complete.
#include "clock.h"
#include "context.h"
#include "real.h"
#include "slices.h"
#include "wrapped.h"
#include <string.h>

static struct wrapped *wrapped_qp(struct ibv_qp_ex *qp)
{
  return wrapped_find(qp);
}
static const struct ibv_qp_ex *original(struct ibv_qp_ex *qp)
{
  return wrapped_qp(qp)->original;
}

// The next work request; its entries follow.
static void add(struct ibv_qp_ex *qp, enum ibv_wr_opcode op, uint64_t remote, uint32_t rkey, uint32_t imm)
{
  struct record *r = pending_add(&wrapped_qp(qp)->pending);
  if (!r) return;
  r->kind = POST_SEND;
  r->ctx = context_of(qp->qp_base.context)->number;
  r->op = (uint8_t)op;
  r->obj = qp->qp_base.qp_num;
  r->flags = (uint8_t)((qp->wr_flags & SEND_FLAGS) | EXTENDED_API);
  r->u.wr.wr_id = qp->wr_id;
  r->u.wr.remote = remote;
  r->u.wr.rkey = rkey;
  r->u.wr.imm = imm;
}

static void wr_send(struct ibv_qp_ex *qp)
{
  add(qp, IBV_WR_SEND, 0, NONE, 0);
  original(qp)->wr_send(qp);
}
static void wr_send_imm(struct ibv_qp_ex *qp, __be32 imm)
{
  add(qp, IBV_WR_SEND_WITH_IMM, 0, NONE, imm);
  original(qp)->wr_send_imm(qp, imm);
}
static void wr_send_inv(struct ibv_qp_ex *qp, uint32_t key)
{
  add(qp, IBV_WR_SEND_WITH_INV, 0, NONE, key);
  original(qp)->wr_send_inv(qp, key);
}
static void wr_rdma_write(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote)
{
  add(qp, IBV_WR_RDMA_WRITE, remote, rkey, 0);
  original(qp)->wr_rdma_write(qp, rkey, remote);
}
static void wr_rdma_write_imm(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote, __be32 imm)
{
  add(qp, IBV_WR_RDMA_WRITE_WITH_IMM, remote, rkey, imm);
  original(qp)->wr_rdma_write_imm(qp, rkey, remote, imm);
}
static void wr_rdma_read(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote)
{
  add(qp, IBV_WR_RDMA_READ, remote, rkey, 0);
  original(qp)->wr_rdma_read(qp, rkey, remote);
}
static void wr_atomic_cmp_swp(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote, uint64_t compare, uint64_t swap)
{
  add(qp, IBV_WR_ATOMIC_CMP_AND_SWP, remote, rkey, 0);
  original(qp)->wr_atomic_cmp_swp(qp, rkey, remote, compare, swap);
}
static void wr_atomic_fetch_add(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote, uint64_t sum)
{
  add(qp, IBV_WR_ATOMIC_FETCH_AND_ADD, remote, rkey, 0);
  original(qp)->wr_atomic_fetch_add(qp, rkey, remote, sum);
}
static void wr_local_inv(struct ibv_qp_ex *qp, uint32_t key)
{
  add(qp, IBV_WR_LOCAL_INV, 0, NONE, key);
  original(qp)->wr_local_inv(qp, key);
}
static void wr_send_tso(struct ibv_qp_ex *qp, void *head, uint16_t head_bytes, uint16_t mss)
{
  add(qp, IBV_WR_TSO, 0, NONE, 0);
  original(qp)->wr_send_tso(qp, head, head_bytes, mss);
}
static void wr_bind_mw(struct ibv_qp_ex *qp, struct ibv_mw *mw, uint32_t rkey, const struct ibv_mw_bind_info *info)
{
  add(qp, IBV_WR_BIND_MW, info->addr, rkey, 0);
  original(qp)->wr_bind_mw(qp, mw, rkey, info);
}

static void set_ud_addr(struct ibv_qp_ex *qp, struct ibv_ah *ah, uint32_t remote_qp, uint32_t qkey)
{
  struct pending *p = &wrapped_qp(qp)->pending;
  if (p->rows > 0) {
    struct record *r = &p->slots[p->last];
    r->flags |= DATAGRAM;
    r->u.wr.remote = remote_qp | (uint64_t)qkey << 32;
  }
  original(qp)->wr_set_ud_addr(qp, ah, remote_qp, qkey);
}

// The record that gets `count` entries; `slices` is where the second and later go.
static struct record *entries(struct ibv_qp_ex *qp, size_t count, struct slice **slices)
{
  struct pending *p = &wrapped_qp(qp)->pending;
  if (p->rows == 0) return NULL;
  struct record *r = pending_more(p, (unsigned)slices_slots((int)count) - 1);
  if (!r) return NULL;
  r->sges = (uint8_t)count;
  *slices = (struct slice *)(r + 1);
  return r;
}

static void set_sge(struct ibv_qp_ex *qp, uint32_t lkey, uint64_t addr, uint32_t length)
{
  struct slice *rest;
  struct record *r = entries(qp, 1, &rest);
  if (r) r->u.wr.sge = (struct slice){addr, length, lkey};
  original(qp)->wr_set_sge(qp, lkey, addr, length);
}
static void set_sge_list(struct ibv_qp_ex *qp, size_t count, const struct ibv_sge *list)
{
  struct slice *rest;
  size_t n = count < MOST_SLICES ? count : MOST_SLICES;
  struct record *r = entries(qp, n, &rest);
  for (size_t i = 0; r && i < n; i++)
    *(i == 0 ? &r->u.wr.sge : &rest[i - 1]) = (struct slice){list[i].addr, list[i].length, list[i].lkey};
  original(qp)->wr_set_sge_list(qp, count, list);
}
static void set_inline_data(struct ibv_qp_ex *qp, void *addr, size_t length)
{
  struct slice *rest;
  struct record *r = entries(qp, 1, &rest);
  if (r) {
    r->flags |= IBV_SEND_INLINE;
    r->u.wr.sge = (struct slice){(uintptr_t)addr, (uint32_t)length, 0};
  }
  original(qp)->wr_set_inline_data(qp, addr, length);
}
static void set_inline_data_list(struct ibv_qp_ex *qp, size_t count, const struct ibv_data_buf *list)
{
  struct slice *rest;
  size_t n = count < MOST_SLICES ? count : MOST_SLICES;
  struct record *r = entries(qp, n, &rest);
  if (r) r->flags |= IBV_SEND_INLINE;
  for (size_t i = 0; r && i < n; i++)
    *(i == 0 ? &r->u.wr.sge : &rest[i - 1]) = (struct slice){(uintptr_t)list[i].addr, (uint32_t)list[i].length, 0};
  original(qp)->wr_set_inline_data_list(qp, count, list);
}

static void wr_start(struct ibv_qp_ex *qp)
{
  struct wrapped *w = wrapped_qp(qp);
  uint64_t t0 = ticks();
  ((struct ibv_qp_ex *)w->original)->wr_start(qp); // takes the provider's lock
  pending_clear(&w->pending);
  w->pending.t0 = t0;
}
static void wr_abort(struct ibv_qp_ex *qp)
{
  struct wrapped *w = wrapped_qp(qp);
  pending_clear(&w->pending);
  ((struct ibv_qp_ex *)w->original)->wr_abort(qp);
}
static int wr_complete(struct ibv_qp_ex *qp)
{
  struct wrapped *w = wrapped_qp(qp);
  struct thread *t = thread_self();
  if (!t || t->depth) return ((struct ibv_qp_ex *)w->original)->wr_complete(qp);
  bool due = cost_due(&t->cost, COST_WR);
  uint64_t enter = due ? ticks() : 0;
  // Taken from the queue while it is locked: the real call lets the next thread in.
  struct pending mine = w->pending;
  w->pending = t->spare;
  pending_clear(&w->pending);
  t->depth = 1;
  uint64_t before = due ? ticks() : 0;
  int rc = ((struct ibv_qp_ex *)w->original)->wr_complete(qp);
  mine.t1 = ticks();
  t->depth = 0;
  for (unsigned at = 0; at < mine.used; at += 1u + mine.slots[at].more) mine.slots[at].rc = record_rc(rc);
  pending_copy(t, &mine);
  t->spare = mine;
  if (due) cost_add(&t->cost, COST_WR, before - enter + ticks() - mine.t1);
  return rc;
}

#define WRAP(member, function) \
  if (qp->member) qp->member = function

struct ibv_qp_ex *ibv_qp_to_qp_ex(struct ibv_qp *base)
{
  REAL(ibv_qp_to_qp_ex, "IBVERBS_1.6");
  struct ibv_qp_ex *qp = real(base);
  if (!qp || qp->wr_start == wr_start || context_number(base->context) == 255) return qp;
  struct wrapped *w = wrapped_add(qp, sizeof *qp);
  if (!w) return qp;
  memcpy(w->original, qp, sizeof *qp);
  WRAP(wr_send, wr_send);
  WRAP(wr_send_imm, wr_send_imm);
  WRAP(wr_send_inv, wr_send_inv);
  WRAP(wr_rdma_write, wr_rdma_write);
  WRAP(wr_rdma_write_imm, wr_rdma_write_imm);
  WRAP(wr_rdma_read, wr_rdma_read);
  WRAP(wr_atomic_cmp_swp, wr_atomic_cmp_swp);
  WRAP(wr_atomic_fetch_add, wr_atomic_fetch_add);
  WRAP(wr_local_inv, wr_local_inv);
  WRAP(wr_bind_mw, wr_bind_mw);
  WRAP(wr_send_tso, wr_send_tso);
  WRAP(wr_set_ud_addr, set_ud_addr);
  WRAP(wr_set_sge, set_sge);
  WRAP(wr_set_sge_list, set_sge_list);
  WRAP(wr_set_inline_data, set_inline_data);
  WRAP(wr_set_inline_data_list, set_inline_data_list);
  WRAP(wr_abort, wr_abort);
  WRAP(wr_complete, wr_complete);
  WRAP(wr_start, wr_start);
  return qp;
}
