// Requests are carried out when they are posted.
#include "stub.h"
#include <errno.h>
#include <string.h>

static int receive(struct stub_receives *queue, struct ibv_recv_wr *list, struct ibv_recv_wr **bad)
{
  int rc = 0;
  pthread_mutex_lock(&queue->lock);
  for (; list && rc == 0; list = list->next) {
    if (queue->put - queue->got == RECEIVES) {
      *bad = list;
      rc = ENOMEM;
      break;
    }
    queue->entry[queue->put % RECEIVES].wr_id = list->wr_id;
    queue->entry[queue->put % RECEIVES].sge = list->num_sge > 0 ? list->sg_list[0] : (struct ibv_sge){0};
    queue->put++;
  }
  pthread_mutex_unlock(&queue->lock);
  return rc;
}
int stub_post_recv(struct ibv_qp *qp, struct ibv_recv_wr *list, struct ibv_recv_wr **bad)
{
  return receive(&((struct stub_qp *)qp)->receives, list, bad);
}
int stub_post_srq_recv(struct ibv_srq *srq, struct ibv_recv_wr *list, struct ibv_recv_wr **bad)
{
  return receive(&((struct stub_srq *)srq)->receives, list, bad);
}

static uint32_t length_of(const struct ibv_send_wr *wr)
{
  uint32_t sum = 0;
  for (int i = 0; i < wr->num_sge; i++) sum += wr->sg_list[i].length;
  return sum;
}
static void gather(char *to, const struct ibv_send_wr *wr, uint32_t most)
{
  for (int i = 0; i < wr->num_sge; i++) {
    uint32_t n = wr->sg_list[i].length < most ? wr->sg_list[i].length : most;
    memcpy(to, (void *)wr->sg_list[i].addr, n);
    to += n;
    most -= n;
  }
}

// Hands a message to the partner's next receive; false when there is none.
static bool deliver(struct stub_qp *qp, const struct ibv_send_wr *wr)
{
  struct stub_qp *to = stub_qp_numbered(qp->qp.qp_type == IBV_QPT_UD ? wr->wr.ud.remote_qpn : qp->dest);
  if (!to) return false;
  struct stub_receives *queue = to->qp.srq ? &((struct stub_srq *)to->qp.srq)->receives : &to->receives;
  struct ibv_wc wc = {.qp_num = to->qp.qp_num, .src_qp = qp->qp.qp_num, .byte_len = length_of(wr)};
  pthread_mutex_lock(&queue->lock);
  bool has = queue->got != queue->put;
  if (has) {
    struct ibv_sge sge = queue->entry[queue->got % RECEIVES].sge;
    wc.wr_id = queue->entry[queue->got++ % RECEIVES].wr_id;
    if (wr->opcode != IBV_WR_RDMA_WRITE_WITH_IMM) gather((char *)sge.addr, wr, sge.length);
  }
  pthread_mutex_unlock(&queue->lock);
  if (!has) return false;
  wc.opcode = wr->opcode == IBV_WR_RDMA_WRITE_WITH_IMM ? IBV_WC_RECV_RDMA_WITH_IMM : IBV_WC_RECV;
  if (wr->opcode == IBV_WR_SEND_WITH_IMM || wr->opcode == IBV_WR_RDMA_WRITE_WITH_IMM) {
    wc.wc_flags = IBV_WC_WITH_IMM;
    wc.imm_data = wr->imm_data;
  }
  stub_complete(to->qp.recv_cq, &wc, wr->send_flags & IBV_SEND_SOLICITED);
  return true;
}

static void carry_out(struct stub_qp *qp, const struct ibv_send_wr *wr)
{
  struct ibv_wc wc = {.wr_id = wr->wr_id, .qp_num = qp->qp.qp_num, .byte_len = length_of(wr)};
  bool good = true;
  switch (wr->opcode) {
  case IBV_WR_RDMA_WRITE_WITH_IMM:
  case IBV_WR_RDMA_WRITE:
    gather((char *)wr->wr.rdma.remote_addr, wr, UINT32_MAX);
    wc.opcode = IBV_WC_RDMA_WRITE;
    if (wr->opcode == IBV_WR_RDMA_WRITE_WITH_IMM) good = deliver(qp, wr);
    break;
  case IBV_WR_RDMA_READ:
    for (int i = 0, at = 0; i < wr->num_sge; at += (int)wr->sg_list[i++].length)
      memcpy((void *)wr->sg_list[i].addr, (char *)wr->wr.rdma.remote_addr + at, wr->sg_list[i].length);
    wc.opcode = IBV_WC_RDMA_READ;
    break;
  case IBV_WR_ATOMIC_FETCH_AND_ADD:
  case IBV_WR_ATOMIC_CMP_AND_SWP: {
    uint64_t *word = (uint64_t *)wr->wr.atomic.remote_addr, old = *word;
    if (wr->opcode == IBV_WR_ATOMIC_FETCH_AND_ADD) *word += wr->wr.atomic.compare_add;
    else if (old == wr->wr.atomic.compare_add) *word = wr->wr.atomic.swap;
    memcpy((void *)wr->sg_list[0].addr, &old, sizeof old);
    wc.opcode = wr->opcode == IBV_WR_ATOMIC_FETCH_AND_ADD ? IBV_WC_FETCH_ADD : IBV_WC_COMP_SWAP;
    break;
  }
  case IBV_WR_LOCAL_INV: wc.opcode = IBV_WC_LOCAL_INV; break;
  default:
    wc.opcode = IBV_WC_SEND;
    good = deliver(qp, wr);
  }
  if (!good) wc.status = IBV_WC_RNR_RETRY_EXC_ERR;
  if (!good || qp->signal_all || wr->send_flags & IBV_SEND_SIGNALED) stub_complete(qp->qp.send_cq, &wc, false);
}

int stub_post_send(struct ibv_qp *qp, struct ibv_send_wr *list, struct ibv_send_wr **bad)
{
  for (struct ibv_send_wr *wr = list; wr; wr = wr->next) {
    if (wr->num_sge > STAGED_SGES) {
      *bad = wr;
      return EINVAL;
    }
    carry_out((struct stub_qp *)qp, wr);
  }
  return 0;
}
