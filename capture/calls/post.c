// Work requests that are posted in lists.
#include "clock.h"
#include "context.h"
#include "data.h"
#include "ring.h"
#include "slices.h"

static void describe(struct record *r, const struct ibv_send_wr *wr, bool datagram)
{
  uint64_t remote = 0;
  uint32_t rkey = NONE, imm = 0;
  switch (wr->opcode) {
  case IBV_WR_SEND_WITH_IMM:
  case IBV_WR_SEND_WITH_INV:
  case IBV_WR_LOCAL_INV: imm = wr->imm_data; break;
  case IBV_WR_RDMA_WRITE_WITH_IMM: imm = wr->imm_data; // fall through
  case IBV_WR_RDMA_WRITE:
  case IBV_WR_RDMA_READ:
    remote = wr->wr.rdma.remote_addr;
    rkey = wr->wr.rdma.rkey;
    break;
  case IBV_WR_ATOMIC_CMP_AND_SWP:
  case IBV_WR_ATOMIC_FETCH_AND_ADD:
    remote = wr->wr.atomic.remote_addr;
    rkey = wr->wr.atomic.rkey;
    break;
  case IBV_WR_BIND_MW:
    remote = wr->bind_mw.bind_info.addr;
    rkey = wr->bind_mw.rkey;
    break;
  default: break;
  }
  if (datagram) remote = wr->wr.ud.remote_qpn | (uint64_t)wr->wr.ud.remote_qkey << 32;
  r->op = (uint8_t)wr->opcode;
  r->flags = (uint8_t)((wr->send_flags & SEND_FLAGS) | (datagram ? DATAGRAM : 0));
  r->u.wr.wr_id = wr->wr_id;
  r->u.wr.remote = remote;
  r->u.wr.rkey = rkey;
  r->u.wr.imm = imm;
}

// Time and result, which are known after the records were filled in.
static void finish(struct thread *t, uint64_t slots, uint64_t t0, uint64_t t1, int rc)
{
  for (uint64_t at = 0; at < slots;) {
    struct record *r = ring_slot(t, at);
    r->t = t0;
    record_duration(r, t1 - t0);
    r->rc = record_rc(rc);
    if (at == 0) r->flags |= FIRST_OF_CALL;
    at += 1u + r->more;
  }
  ring_publish(t, slots);
}

int data_post_send(struct ibv_qp *qp, struct ibv_send_wr *list, struct ibv_send_wr **bad)
{
  struct context *c = context_of(qp->context);
  struct thread *t = thread_self();
  if (!t || t->depth) return c->ops.post_send(qp, list, bad);
  bool due = cost_due(&t->cost, COST_SEND);
  uint64_t enter = due ? ticks() : 0, slots = 0, rows = 0, at = 0;
  runs_end(t);
  for (const struct ibv_send_wr *wr = list; wr; wr = wr->next, rows++) slots += slices_slots(wr->num_sge);
  if (!ring_reserve(t, slots, rows)) return c->ops.post_send(qp, list, bad);
  t->depth = 1;
  // Before the call: once a request has completed, another thread may free it.
  bool datagram = qp->qp_type == IBV_QPT_UD;
  for (const struct ibv_send_wr *wr = list; wr; wr = wr->next) {
    struct record *r = ring_slot(t, at);
    r->kind = POST_SEND;
    r->ctx = c->number;
    r->obj = qp->qp_num;
    describe(r, wr, datagram);
    at += slices_put(t, at, wr->sg_list, wr->num_sge);
  }
  uint64_t t0 = ticks();
  int rc = c->ops.post_send(qp, list, bad);
  uint64_t t1 = ticks();
  finish(t, slots, t0, t1, rc);
  t->depth = 0;
  if (due) cost_add(&t->cost, COST_SEND, ticks() - enter - (t1 - t0));
  return rc;
}

// Fills the records of a list of receives; returns false when there is no room.
static bool receives(struct thread *t, enum kind kind, uint8_t ctx, uint32_t obj, const struct ibv_recv_wr *list,
                     uint64_t *slots)
{
  uint64_t rows = 0, at = 0;
  *slots = 0;
  runs_end(t);
  for (const struct ibv_recv_wr *wr = list; wr; wr = wr->next, rows++) *slots += slices_slots(wr->num_sge);
  if (!ring_reserve(t, *slots, rows)) return false;
  t->depth = 1;
  for (const struct ibv_recv_wr *wr = list; wr; wr = wr->next) {
    struct record *r = ring_slot(t, at);
    *r = (struct record){.kind = (uint8_t)kind, .ctx = ctx, .obj = obj, .u.wr = {.wr_id = wr->wr_id, .rkey = NONE}};
    at += slices_put(t, at, wr->sg_list, wr->num_sge);
  }
  return true;
}

int data_post_recv(struct ibv_qp *qp, struct ibv_recv_wr *list, struct ibv_recv_wr **bad)
{
  struct context *c = context_of(qp->context);
  struct thread *t = thread_self();
  if (!t || t->depth) return c->ops.post_recv(qp, list, bad);
  bool due = cost_due(&t->cost, COST_RECV);
  uint64_t enter = due ? ticks() : 0, slots;
  if (!receives(t, POST_RECV, c->number, qp->qp_num, list, &slots)) return c->ops.post_recv(qp, list, bad);
  uint64_t t0 = ticks();
  int rc = c->ops.post_recv(qp, list, bad);
  uint64_t t1 = ticks();
  finish(t, slots, t0, t1, rc);
  t->depth = 0;
  if (due) cost_add(&t->cost, COST_RECV, ticks() - enter - (t1 - t0));
  return rc;
}

int data_post_srq_recv(struct ibv_srq *srq, struct ibv_recv_wr *list, struct ibv_recv_wr **bad)
{
  struct context *c = context_of(srq->context);
  struct thread *t = thread_self();
  if (!t || t->depth) return c->ops.post_srq_recv(srq, list, bad);
  bool due = cost_due(&t->cost, COST_SRQ_RECV);
  uint64_t enter = due ? ticks() : 0, slots;
  if (!receives(t, POST_SRQ_RECV, c->number, srq->handle, list, &slots))
    return c->ops.post_srq_recv(srq, list, bad);
  uint64_t t0 = ticks();
  int rc = c->ops.post_srq_recv(srq, list, bad);
  uint64_t t1 = ticks();
  finish(t, slots, t0, t1, rc);
  t->depth = 0;
  if (due) cost_add(&t->cost, COST_SRQ_RECV, ticks() - enter - (t1 - t0));
  return rc;
}
