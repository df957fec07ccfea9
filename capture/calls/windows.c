// Memory windows, which a device's table has beside the data path.
#include "call.h"
#include "context.h"
#include "data.h"

struct ibv_mw *window_alloc(struct ibv_pd *pd, enum ibv_mw_type type)
{
  struct context *c = context_of(pd->context);
  struct call call = call_begin();
  struct ibv_mw *mw = c->ops.alloc_mw(pd, type);
  struct record r = {.kind = ALLOC_MW, .ctx = c->number};
  r.u.control.word[0] = pd->handle;
  r.u.control.word[1] = mw ? mw->rkey : NONE;
  call_end(&call, &r, failure_of(mw));
  return mw;
}

int window_bind(struct ibv_qp *qp, struct ibv_mw *mw, struct ibv_mw_bind *bind)
{
  struct context *c = context_of(qp->context);
  struct record r = {.kind = BIND_MW, .ctx = c->number, .obj = qp->qp_num};
  r.u.control.word[0] = (uint32_t)bind->send_flags;
  r.u.control.quad[0] = bind->wr_id;
  r.u.control.quad[1] = bind->bind_info.addr;
  struct call call = call_begin();
  int rc = c->ops.bind_mw(qp, mw, bind);
  call_end(&call, &r, rc);
  return rc;
}

int window_dealloc(struct ibv_mw *mw)
{
  struct context *c = context_of(mw->context);
  struct record r = {.kind = DEALLOC_MW, .ctx = c->number};
  r.u.control.word[1] = mw->rkey;
  struct call call = call_begin();
  int rc = c->ops.dealloc_mw(mw);
  call_end(&call, &r, rc);
  return rc;
}
