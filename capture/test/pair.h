// Two connected queue pairs on one device, for the test programs.
#ifndef PAIR_H
#define PAIR_H
#include <infiniband/verbs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(what) ((what) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what), exit(70)))

struct pair {
  struct ibv_context *device;
  struct ibv_pd *pd;
  struct ibv_mr *mr;
  struct ibv_cq *cq[2];
  struct ibv_qp *qp[2];
  char *buffer;
};
enum { BUFFER = 16384, DEPTH = 1024 };

static inline void pair_connect(struct ibv_qp *qp, uint32_t to)
{
  struct ibv_qp_attr attr = {.qp_state = IBV_QPS_INIT, .port_num = 1};
  MUST(!ibv_modify_qp(qp, &attr, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS));
  attr.qp_state = IBV_QPS_RTR;
  attr.path_mtu = IBV_MTU_4096;
  attr.dest_qp_num = to;
  attr.rq_psn = 11;
  MUST(!ibv_modify_qp(qp, &attr, IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN | IBV_QP_RQ_PSN));
  attr.qp_state = IBV_QPS_RTS;
  attr.sq_psn = 22;
  attr.max_rd_atomic = 4;
  MUST(!ibv_modify_qp(qp, &attr, IBV_QP_STATE | IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC));
}

static inline void pair_open(struct pair *p)
{
  struct ibv_device **list = ibv_get_device_list(NULL);
  MUST(list && list[0]);
  p->device = ibv_open_device(list[0]);
  ibv_free_device_list(list);
  p->pd = ibv_alloc_pd(p->device);
  p->buffer = aligned_alloc(4096, BUFFER);
  memset(p->buffer, 1, BUFFER);
  p->mr = ibv_reg_mr(p->pd, p->buffer, BUFFER,
                     IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ);
  MUST(p->mr);
  for (int i = 0; i < 2; i++) {
    p->cq[i] = ibv_create_cq(p->device, DEPTH, NULL, NULL, 0);
    struct ibv_qp_init_attr attr = {
      .send_cq = p->cq[i], .recv_cq = p->cq[i], .qp_type = IBV_QPT_RC,
      .cap = {.max_send_wr = 64, .max_recv_wr = 64, .max_send_sge = 8, .max_recv_sge = 2, .max_inline_data = 32}};
    p->qp[i] = ibv_create_qp(p->pd, &attr);
    MUST(p->cq[i] && p->qp[i]);
  }
  pair_connect(p->qp[0], p->qp[1]->qp_num);
  pair_connect(p->qp[1], p->qp[0]->qp_num);
}

static inline void pair_close(struct pair *p)
{
  for (int i = 0; i < 2; i++) {
    MUST(!ibv_destroy_qp(p->qp[i]));
    MUST(!ibv_destroy_cq(p->cq[i]));
  }
  MUST(!ibv_dereg_mr(p->mr));
  MUST(!ibv_dealloc_pd(p->pd));
  MUST(!ibv_close_device(p->device));
  free(p->buffer);
}

// A SEND of `length` bytes from the buffer's start; the receive is posted by the partner before.
static inline void pair_message(struct pair *p, int from, uint64_t wr_id, uint32_t length)
{
  struct ibv_sge sge = {(uintptr_t)p->buffer, length, p->mr->lkey};
  struct ibv_sge into = {(uintptr_t)p->buffer + 8192, length, p->mr->lkey};
  struct ibv_recv_wr recv = {.wr_id = wr_id, .sg_list = &into, .num_sge = 1}, *bad_recv;
  struct ibv_send_wr send = {.wr_id = wr_id, .sg_list = &sge, .num_sge = 1, .opcode = IBV_WR_SEND,
                             .send_flags = IBV_SEND_SIGNALED}, *bad_send;
  MUST(!ibv_post_recv(p->qp[!from], &recv, &bad_recv));
  MUST(!ibv_post_send(p->qp[from], &send, &bad_send));
  for (int side = 0; side < 2; side++) {
    struct ibv_wc wc;
    while (ibv_poll_cq(p->cq[side], 1, &wc) == 0) continue;
    MUST(wc.status == IBV_WC_SUCCESS && wc.wr_id == wr_id);
  }
}
#endif
