// The same through function pointers of ibv_qp_ex and ibv_cq_ex.
#include "stub.h"
#include <errno.h>

static struct ibv_send_wr *stage(struct ibv_qp_ex *ex, enum ibv_wr_opcode opcode)
{
  struct stub_qp *qp = (struct stub_qp *)ex;
  int at = qp->stages < STAGED ? qp->stages++ : STAGED - 1;
  struct ibv_send_wr *wr = &qp->staged[at];
  *wr = (struct ibv_send_wr){.wr_id = ex->wr_id, .opcode = opcode, .send_flags = ex->wr_flags,
                             .sg_list = qp->staged_sge[at]};
  if (at > 0) qp->staged[at - 1].next = wr;
  return wr;
}
static struct ibv_send_wr *last(struct ibv_qp_ex *ex)
{
  struct stub_qp *qp = (struct stub_qp *)ex;
  return &qp->staged[qp->stages - 1];
}

static void wr_send(struct ibv_qp_ex *qp)
{
  stage(qp, IBV_WR_SEND);
}
static void wr_send_imm(struct ibv_qp_ex *qp, __be32 imm)
{
  stage(qp, IBV_WR_SEND_WITH_IMM)->imm_data = imm;
}
static void wr_rdma_write(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote)
{
  struct ibv_send_wr *wr = stage(qp, IBV_WR_RDMA_WRITE);
  wr->wr.rdma.remote_addr = remote;
  wr->wr.rdma.rkey = rkey;
}
static void wr_rdma_read(struct ibv_qp_ex *qp, uint32_t rkey, uint64_t remote)
{
  struct ibv_send_wr *wr = stage(qp, IBV_WR_RDMA_READ);
  wr->wr.rdma.remote_addr = remote;
  wr->wr.rdma.rkey = rkey;
}
static void wr_set_sge(struct ibv_qp_ex *qp, uint32_t lkey, uint64_t addr, uint32_t length)
{
  last(qp)->sg_list[0] = (struct ibv_sge){addr, length, lkey};
  last(qp)->num_sge = 1;
}
static void wr_set_sge_list(struct ibv_qp_ex *qp, size_t count, const struct ibv_sge *list)
{
  for (size_t i = 0; i < count && i < STAGED_SGES; i++) last(qp)->sg_list[i] = list[i];
  last(qp)->num_sge = (int)count;
}
static void wr_set_inline_data(struct ibv_qp_ex *qp, void *addr, size_t length)
{
  wr_set_sge(qp, 0, (uintptr_t)addr, (uint32_t)length);
}
static void wr_start(struct ibv_qp_ex *qp)
{
  ((struct stub_qp *)qp)->stages = 0;
}
static int wr_complete(struct ibv_qp_ex *ex)
{
  struct stub_qp *qp = (struct stub_qp *)ex;
  struct ibv_send_wr *bad;
  return qp->stages > 0 ? stub_post_send(&qp->qp, qp->staged, &bad) : 0;
}

void stub_extend_qp(struct stub_qp *qp)
{
  qp->extended = true;
  qp->ex.wr_send = wr_send;
  qp->ex.wr_send_imm = wr_send_imm;
  qp->ex.wr_rdma_write = wr_rdma_write;
  qp->ex.wr_rdma_read = wr_rdma_read;
  qp->ex.wr_set_sge = wr_set_sge;
  qp->ex.wr_set_sge_list = wr_set_sge_list;
  qp->ex.wr_set_inline_data = wr_set_inline_data;
  qp->ex.wr_start = wr_start;
  qp->ex.wr_abort = wr_start;
  qp->ex.wr_complete = wr_complete;
}

static int next_poll(struct ibv_cq_ex *ex)
{
  struct stub_cq *q = (struct stub_cq *)ex;
  if (stub_poll_cq(&q->cq, 1, &q->at) == 0) return ENOENT;
  ex->wr_id = q->at.wr_id;
  ex->status = q->at.status;
  return 0;
}
static int start_poll(struct ibv_cq_ex *ex, struct ibv_poll_cq_attr *attr)
{
  (void)attr;
  return next_poll(ex);
}
static void end_poll(struct ibv_cq_ex *ex)
{
  (void)ex;
}
static enum ibv_wc_opcode read_opcode(struct ibv_cq_ex *ex)
{
  return ((struct stub_cq *)ex)->at.opcode;
}
static uint32_t read_byte_len(struct ibv_cq_ex *ex)
{
  return ((struct stub_cq *)ex)->at.byte_len;
}
static uint32_t read_qp_num(struct ibv_cq_ex *ex)
{
  return ((struct stub_cq *)ex)->at.qp_num;
}
static unsigned read_wc_flags(struct ibv_cq_ex *ex)
{
  return ((struct stub_cq *)ex)->at.wc_flags;
}
static __be32 read_imm_data(struct ibv_cq_ex *ex)
{
  return ((struct stub_cq *)ex)->at.imm_data;
}

void stub_extend_cq(struct stub_cq *q)
{
  q->ex.start_poll = start_poll;
  q->ex.next_poll = next_poll;
  q->ex.end_poll = end_poll;
  q->ex.read_opcode = read_opcode;
  q->ex.read_byte_len = read_byte_len;
  q->ex.read_qp_num = read_qp_num;
  q->ex.read_wc_flags = read_wc_flags;
  q->ex.read_imm_data = read_imm_data;
}
