// Polls of completion queues: those that find nothing are counted, not recorded one by one.
#include "clock.h"
#include "context.h"
#include "data.h"
#include "poll.h"

static struct empty_run *run_of(struct thread *t, struct ibv_cq *cq, uint8_t ctx, uint64_t first)
{
  for (unsigned i = 0; i < t->runs; i++)
    if (t->run[i].cq == cq) return &t->run[i];
  if (t->runs == EMPTY_RUNS) runs_flush(t);
  struct empty_run *run = &t->run[t->runs++];
  *run = (struct empty_run){.cq = cq, .handle = cq->handle, .ctx = ctx, .first = first};
  return run;
}

// `end` is 0 when it was not taken: of a run the first poll and each one that is measured are timed.
void poll_empty(struct thread *t, struct ibv_cq *cq, uint8_t ctx, uint64_t start, uint64_t end)
{
  struct empty_run *run = run_of(t, cq, ctx, start);
  run->last = start;
  if (run->count++ > 0 && end == 0) return;
  run->sum += (end ? end : ticks()) - start;
  run->timed++;
}

void poll_failed(struct thread *t, struct ibv_cq *cq, uint8_t ctx, uint64_t start, uint64_t end, int rc)
{
  struct record r = {.kind = FAILED_POLL, .ctx = ctx, .obj = cq->handle, .t = start, .flags = FIRST_OF_CALL};
  record_duration(&r, end - start);
  r.rc = record_rc(rc);
  runs_end(t);
  ring_copy(t, &r, 1);
}

static void found(struct thread *t, uint8_t ctx, uint32_t cq, const struct ibv_wc *wc, unsigned n, uint64_t t0,
                  uint64_t t1)
{
  runs_end(t);
  if (!ring_reserve(t, n, n)) return;
  for (unsigned i = 0; i < n; i++) {
    struct record *r = ring_slot(t, i);
    bool carries = wc[i].wc_flags & (IBV_WC_WITH_IMM | IBV_WC_WITH_INV);
    *r = (struct record){
      .kind = COMPLETION,
      .ctx = ctx,
      .op = (uint8_t)wc[i].opcode,
      .rc = (uint8_t)wc[i].status,
      .obj = cq,
      .t = t0,
      .flags = i == 0 ? FIRST_OF_CALL : 0,
      .u.wc = {.wr_id = wc[i].wr_id,
               .length = wc[i].byte_len,
               .qp = wc[i].qp_num,
               .imm = carries ? wc[i].imm_data : 0,
               .wc_flags = wc[i].wc_flags,
               .src_qp = wc[i].src_qp},
    };
    record_duration(r, t1 - t0);
  }
  ring_publish(t, n);
}

// What a poll found, or that it failed; and every poll whose cost is measured. Apart, to keep the common case short.
static __attribute__((noinline)) int polled(struct thread *t, struct context *c, struct ibv_cq *cq,
                                            const struct ibv_wc *wc, int n, uint64_t t0, uint64_t t1)
{
  if (n == 0) poll_empty(t, cq, c->number, t0, t1);
  else if (n > 0) cost_bump(&t->cost.calls[COST_POLL]), found(t, c->number, cq->handle, wc, (unsigned)n, t0, t1);
  else poll_failed(t, cq, c->number, t0, t1, n);
  return n;
}
static __attribute__((noinline)) int measured(struct thread *t, struct context *c, struct ibv_cq *cq, int most,
                                              struct ibv_wc *wc)
{
  uint64_t enter = ticks(), t0 = ticks();
  t->depth = 1;
  int n = c->ops.poll_cq(cq, most, wc);
  t->depth = 0;
  uint64_t t1 = ticks();
  polled(t, c, cq, wc, n, t0, t1);
  // An empty poll that is not measured reads the clock once less.
  uint64_t added = ticks() - enter - (t1 - t0);
  if (n == 0) cost_add(&t->cost, COST_EMPTY, added > clock_reading ? added - clock_reading : 0);
  else cost_add(&t->cost, COST_POLL, added);
  return n;
}

int data_poll_cq(struct ibv_cq *cq, int most, struct ibv_wc *wc)
{
  struct context *c = context_of(cq->context);
  struct thread *t = thread_self();
  if (!t || t->depth) return c->ops.poll_cq(cq, most, wc);
  if (cost_due(&t->cost, COST_EMPTY)) return measured(t, c, cq, most, wc);
  uint64_t t0 = ticks();
  t->depth = 1;
  int n = c->ops.poll_cq(cq, most, wc);
  t->depth = 0;
  struct empty_run *run = t->run;
  if (n != 0 || t->runs == 0 || run->cq != cq) return polled(t, c, cq, wc, n, t0, n != 0 ? ticks() : 0);
  run->last = t0;
  run->count++;
  return 0;
}

int data_req_notify_cq(struct ibv_cq *cq, int solicited)
{
  struct context *c = context_of(cq->context);
  struct thread *t = thread_self();
  if (!t || t->depth) return c->ops.req_notify_cq(cq, solicited);
  bool due = cost_due(&t->cost, COST_NOTIFY);
  uint64_t enter = due ? ticks() : 0;
  runs_end(t);
  uint64_t t0 = ticks();
  int rc = c->ops.req_notify_cq(cq, solicited);
  uint64_t t1 = ticks();
  struct record r = {.kind = REQ_NOTIFY_CQ, .ctx = c->number, .op = solicited != 0, .rc = record_rc(rc),
                     .obj = cq->handle, .t = t0, .flags = FIRST_OF_CALL};
  record_duration(&r, t1 - t0);
  ring_copy(t, &r, 1);
  if (due) cost_add(&t->cost, COST_NOTIFY, ticks() - enter - (t1 - t0));
  return rc;
}
