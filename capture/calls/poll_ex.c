// Polls through ibv_cq_ex: start_poll, next_poll, end_poll are one call.
#include "clock.h"
#include "context.h"
#include "data.h"
#include "poll.h"
#include "wrapped.h"
#include <errno.h>

struct original {
  int (*start)(struct ibv_cq_ex *, struct ibv_poll_cq_attr *);
  int (*next)(struct ibv_cq_ex *);
  void (*end)(struct ibv_cq_ex *);
};

// The completion that the queue stands at. What the program did not ask for has no function.
static void add(struct wrapped *w, struct ibv_cq_ex *cq)
{
  struct record *r = pending_add(&w->pending);
  if (!r) return;
  bool good = cq->status == IBV_WC_SUCCESS;
  uint32_t flags = good && cq->read_wc_flags ? cq->read_wc_flags(cq) : 0;
  r->kind = COMPLETION;
  r->ctx = context_of(cq->context)->number;
  r->op = good && cq->read_opcode ? (uint8_t)cq->read_opcode(cq) : 0;
  r->rc = (uint8_t)cq->status;
  r->obj = cq->handle;
  r->flags = EXTENDED_API;
  r->u.wc.wr_id = cq->wr_id;
  r->u.wc.length = good && cq->read_byte_len ? cq->read_byte_len(cq) : 0;
  r->u.wc.qp = cq->read_qp_num ? cq->read_qp_num(cq) : NONE;
  if (flags & IBV_WC_WITH_INV && cq->read_imm_data) r->u.wc.imm = ibv_wc_read_invalidated_rkey(cq);
  if (flags & IBV_WC_WITH_IMM && cq->read_imm_data) r->u.wc.imm = cq->read_imm_data(cq);
  r->u.wc.wc_flags = flags;
  r->u.wc.src_qp = NONE;
}

static int start_poll(struct ibv_cq_ex *cq, struct ibv_poll_cq_attr *attr)
{
  struct wrapped *w = wrapped_find(cq);
  struct original *of = w->original;
  struct thread *t = thread_self();
  if (!t || t->depth) return of->start(cq, attr);
  bool due = cost_due(&t->cost, COST_CQ_EX);
  uint64_t enter = due ? ticks() : 0, t0 = ticks();
  int rc = of->start(cq, attr);
  uint64_t t1 = due || rc != ENOENT ? ticks() : 0;
  uint8_t ctx = context_of(cq->context)->number;
  if (rc == 0) { // the queue is this thread's now
    pending_clear(&w->pending);
    w->pending.t0 = t0;
    add(w, cq);
  } else if (rc == ENOENT)
    poll_empty(t, ibv_cq_ex_to_cq(cq), ctx, t0, t1);
  else
    poll_failed(t, ibv_cq_ex_to_cq(cq), ctx, t0, t1, rc);
  if (due) cost_add(&t->cost, COST_CQ_EX, ticks() - enter - (t1 - t0));
  return rc;
}

static int next_poll(struct ibv_cq_ex *cq)
{
  struct wrapped *w = wrapped_find(cq);
  int rc = ((struct original *)w->original)->next(cq);
  if (rc == 0) add(w, cq);
  return rc;
}

static void end_poll(struct ibv_cq_ex *cq)
{
  struct wrapped *w = wrapped_find(cq);
  struct original *of = w->original;
  struct thread *t = thread_self();
  if (!t || t->depth) {
    of->end(cq);
    return;
  }
  struct pending mine = w->pending; // before the real call, which lets the next thread in
  w->pending = t->spare;
  pending_clear(&w->pending);
  of->end(cq);
  mine.t1 = ticks();
  pending_copy(t, &mine);
  t->spare = mine;
}

void data_wrap_cq_ex(struct ibv_cq_ex *cq)
{
  if (!cq->start_poll || cq->start_poll == start_poll) return;
  struct wrapped *w = wrapped_add(cq, sizeof(struct original));
  if (!w) return;
  *(struct original *)w->original = (struct original){cq->start_poll, cq->next_poll, cq->end_poll};
  cq->start_poll = start_poll;
  cq->next_poll = next_poll;
  cq->end_poll = end_poll;
}
