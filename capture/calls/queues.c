// Queue pairs and shared receive queues.
#include "call.h"
#include "context.h"
#include "real.h"
#include <string.h>

struct asked {
  struct ibv_qp_cap cap; // the call writes over it what the device gave
  struct ibv_cq *send_cq, *recv_cq;
  struct ibv_srq *srq;
  enum ibv_qp_type type;
  uint32_t pd;
  int sq_sig_all;
};

static void end_create(const struct call *call, struct ibv_context *device, const struct asked *asked,
                       struct ibv_qp *qp)
{
  struct record r[2] = {{.kind = CREATE_QP, .ctx = context_number(device), .obj = qp ? qp->qp_num : NONE, .more = 1}};
  uint32_t *caps = (uint32_t *)&r[1];
  r[0].op = (uint8_t)asked->type;
  r[0].u.control.word[0] = asked->pd;
  r[0].u.control.word[1] = asked->send_cq ? asked->send_cq->handle : NONE;
  r[0].u.control.word[2] = asked->recv_cq ? asked->recv_cq->handle : NONE;
  r[0].u.control.word[3] = asked->srq ? asked->srq->handle : NONE;
  r[0].u.control.quad[0] = asked->sq_sig_all != 0;
  caps[0] = asked->cap.max_send_wr;
  caps[1] = asked->cap.max_recv_wr;
  caps[2] = asked->cap.max_send_sge;
  caps[3] = asked->cap.max_recv_sge;
  caps[4] = asked->cap.max_inline_data;
  call_end(call, r, failure_of(qp));
}

struct ibv_qp *ibv_create_qp(struct ibv_pd *pd, struct ibv_qp_init_attr *attr)
{
  REAL(ibv_create_qp, IBVERBS);
  struct asked asked = {attr->cap, attr->send_cq, attr->recv_cq, attr->srq, attr->qp_type, pd->handle,
                        attr->sq_sig_all};
  struct call call = call_begin();
  struct ibv_qp *qp = real(pd, attr);
  end_create(&call, pd->context, &asked, qp);
  return qp;
}

struct ibv_qp *recorded_create_qp_ex(struct ibv_context *device, struct ibv_qp_init_attr_ex *attr)
{
  bool has_pd = attr->comp_mask & IBV_QP_INIT_ATTR_PD && attr->pd;
  struct asked asked = {attr->cap, attr->send_cq, attr->recv_cq, attr->srq, attr->qp_type,
                        has_pd ? attr->pd->handle : NONE, attr->sq_sig_all};
  struct context *c = context_of(device);
  struct call call = call_begin();
  struct ibv_qp *qp = c->create_qp_ex(device, attr);
  end_create(&call, device, &asked, qp);
  return qp;
}

int ibv_modify_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask)
{
  REAL(ibv_modify_qp, IBVERBS);
  struct record r[2] = {{.kind = MODIFY_QP, .ctx = context_number(qp->context), .obj = qp->qp_num, .more = 1}};
  uint32_t *word = (uint32_t *)&r[1];
  r[0].u.control.word[0] = (uint32_t)mask;
  word[0] = mask & IBV_QP_STATE ? (uint32_t)attr->qp_state : NONE;
  word[1] = mask & IBV_QP_PATH_MTU ? 128u << attr->path_mtu : NONE;
  word[2] = mask & IBV_QP_DEST_QPN ? attr->dest_qp_num : NONE;
  word[3] = mask & IBV_QP_RQ_PSN ? attr->rq_psn : NONE;
  word[4] = mask & IBV_QP_SQ_PSN ? attr->sq_psn : NONE;
  word[5] = mask & IBV_QP_MAX_QP_RD_ATOMIC ? attr->max_rd_atomic : NONE;
  struct call call = call_begin();
  int rc = real(qp, attr, mask);
  call_end(&call, r, rc);
  return rc;
}

int ibv_query_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask, struct ibv_qp_init_attr *init)
{
  REAL(ibv_query_qp, IBVERBS);
  struct record r = {.kind = QUERY_QP, .ctx = context_number(qp->context), .obj = qp->qp_num};
  struct call call = call_begin();
  int rc = real(qp, attr, mask, init);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_destroy_qp(struct ibv_qp *qp)
{
  REAL(ibv_destroy_qp, IBVERBS);
  struct record r = {.kind = DESTROY_QP, .ctx = context_number(qp->context), .obj = qp->qp_num};
  struct call call = call_begin();
  int rc = real(qp);
  call_end(&call, &r, rc);
  return rc;
}

static void end_create_srq(const struct call *call, struct ibv_context *device, uint32_t pd,
                           const struct ibv_srq_attr *asked, const struct ibv_srq *srq)
{
  struct record r = {.kind = CREATE_SRQ, .ctx = context_number(device), .obj = srq ? srq->handle : NONE};
  r.u.control.word[0] = pd;
  r.u.control.word[1] = asked->max_wr;
  r.u.control.word[2] = asked->max_sge;
  call_end(call, &r, failure_of(srq));
}

struct ibv_srq *ibv_create_srq(struct ibv_pd *pd, struct ibv_srq_init_attr *attr)
{
  REAL(ibv_create_srq, IBVERBS);
  struct ibv_srq_attr asked = attr->attr;
  struct call call = call_begin();
  struct ibv_srq *srq = real(pd, attr);
  end_create_srq(&call, pd->context, pd->handle, &asked, srq);
  return srq;
}

struct ibv_srq *recorded_create_srq_ex(struct ibv_context *device, struct ibv_srq_init_attr_ex *attr)
{
  struct ibv_srq_attr asked = attr->attr;
  uint32_t pd = attr->comp_mask & IBV_SRQ_INIT_ATTR_PD && attr->pd ? attr->pd->handle : NONE;
  struct context *c = context_of(device);
  struct call call = call_begin();
  struct ibv_srq *srq = c->create_srq_ex(device, attr);
  end_create_srq(&call, device, pd, &asked, srq);
  return srq;
}

// A call that names a shared receive queue and nothing else that is recorded.
static struct record of_srq(enum kind kind, struct ibv_srq *srq)
{
  return (struct record){.kind = (uint8_t)kind, .ctx = context_number(srq->context), .obj = srq->handle};
}

int ibv_modify_srq(struct ibv_srq *srq, struct ibv_srq_attr *attr, int mask)
{
  REAL(ibv_modify_srq, IBVERBS);
  struct record r = of_srq(MODIFY_SRQ, srq);
  struct call call = call_begin();
  int rc = real(srq, attr, mask);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_query_srq(struct ibv_srq *srq, struct ibv_srq_attr *attr)
{
  REAL(ibv_query_srq, IBVERBS);
  struct record r = of_srq(QUERY_SRQ, srq);
  struct call call = call_begin();
  int rc = real(srq, attr);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_destroy_srq(struct ibv_srq *srq)
{
  REAL(ibv_destroy_srq, IBVERBS);
  struct record r = of_srq(DESTROY_SRQ, srq);
  struct call call = call_begin();
  int rc = real(srq);
  call_end(&call, &r, rc);
  return rc;
}
