// Queue pairs and shared receive queues.
#include "stub.h"
#include <errno.h>
#include <stdatomic.h>

enum { FIRST_QP = 0x100, MOST_QPS = 1024 };
static _Atomic(struct stub_qp *) qps[MOST_QPS];

struct stub_qp *stub_qp_numbered(uint32_t number)
{
  return number - FIRST_QP < MOST_QPS ? atomic_load(&qps[number - FIRST_QP]) : NULL;
}

static struct stub_qp *create(struct ibv_context *context, struct ibv_pd *pd, struct ibv_cq *send_cq,
                              struct ibv_cq *recv_cq, struct ibv_srq *srq, enum ibv_qp_type type)
{
  struct stub_qp *qp = calloc(1, sizeof *qp), *none = NULL;
  unsigned i = 0;
  while (i < MOST_QPS && !atomic_compare_exchange_strong(&qps[i], &none, qp)) none = NULL, i++;
  if (i == MOST_QPS) {
    free(qp);
    errno = ENOMEM;
    return NULL;
  }
  qp->qp = (struct ibv_qp){.context = context, .pd = pd, .send_cq = send_cq, .recv_cq = recv_cq, .srq = srq,
                           .handle = stub_handle(), .qp_num = FIRST_QP + i, .qp_type = type};
  pthread_mutex_init(&qp->receives.lock, NULL);
  return qp;
}

struct ibv_qp *ibv_create_qp(struct ibv_pd *pd, struct ibv_qp_init_attr *attr)
{
  struct stub_qp *qp = create(pd->context, pd, attr->send_cq, attr->recv_cq, attr->srq, attr->qp_type);
  if (!qp) return NULL;
  qp->signal_all = attr->sq_sig_all;
  attr->cap.max_send_wr += 7; // what a device gives is not what was asked for
  return &qp->qp;
}
struct ibv_qp *stub_create_qp_ex(struct ibv_context *context, struct ibv_qp_init_attr_ex *attr)
{
  struct stub_qp *qp = create(context, attr->pd, attr->send_cq, attr->recv_cq, attr->srq, attr->qp_type);
  if (!qp) return NULL;
  qp->signal_all = attr->sq_sig_all;
  if (attr->comp_mask & IBV_QP_INIT_ATTR_SEND_OPS_FLAGS) stub_extend_qp(qp);
  return &qp->qp;
}
struct ibv_qp_ex *ibv_qp_to_qp_ex(struct ibv_qp *qp)
{
  struct stub_qp *q = (struct stub_qp *)qp;
  return q->extended ? &q->ex : NULL;
}
int ibv_modify_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask)
{
  if (mask & IBV_QP_STATE) qp->state = attr->qp_state;
  if (mask & IBV_QP_DEST_QPN) ((struct stub_qp *)qp)->dest = attr->dest_qp_num;
  return 0;
}
int ibv_query_qp(struct ibv_qp *qp, struct ibv_qp_attr *attr, int mask, struct ibv_qp_init_attr *init)
{
  (void)mask, (void)init;
  attr->qp_state = qp->state;
  return 0;
}
int ibv_destroy_qp(struct ibv_qp *qp)
{
  atomic_store(&qps[qp->qp_num - FIRST_QP], NULL);
  free(qp);
  return 0;
}

static struct ibv_srq *create_srq(struct ibv_context *context, struct ibv_pd *pd)
{
  struct stub_srq *srq = calloc(1, sizeof *srq);
  srq->srq = (struct ibv_srq){.context = context, .pd = pd, .handle = stub_handle()};
  pthread_mutex_init(&srq->receives.lock, NULL);
  return &srq->srq;
}
struct ibv_srq *ibv_create_srq(struct ibv_pd *pd, struct ibv_srq_init_attr *attr)
{
  (void)attr;
  return create_srq(pd->context, pd);
}
struct ibv_srq *stub_create_srq_ex(struct ibv_context *context, struct ibv_srq_init_attr_ex *attr)
{
  return create_srq(context, attr->pd);
}
int ibv_modify_srq(struct ibv_srq *srq, struct ibv_srq_attr *attr, int mask)
{
  (void)srq, (void)attr, (void)mask;
  return 0;
}
int ibv_destroy_srq(struct ibv_srq *srq)
{
  free(srq);
  return 0;
}
