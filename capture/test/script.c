// One of each call. Prints what a recording of it must hold, a JSON object a line.
#include "pair.h"
#include <arpa/inet.h>

#define TELL(...) (printf("{" __VA_ARGS__), printf("}\n"))
static unsigned long long at(const void *p)
{
  return (uintptr_t)p;
}

// Connects a queue pair, of which the recording must have the three steps.
static void connect_to(struct ibv_qp *qp, uint32_t to)
{
  TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":1,\"path_mtu\":0,\"peer_qp\":4294967295", qp->qp_num);
  TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":2,\"path_mtu\":4096,\"peer_qp\":%u,\"rq_psn\":11", qp->qp_num, to);
  TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":3,\"sq_psn\":22,\"max_rd_atomic\":4", qp->qp_num);
  pair_connect(qp, to);
}

static void lists(struct pair *p)
{
  uint32_t lkey = p->mr->lkey;
  struct ibv_sge into[2] = {{at(p->buffer) + 4096, 100, lkey}, {at(p->buffer) + 4200, 200, lkey}}, from[6];
  struct ibv_recv_wr second = {.wr_id = 2, .sg_list = into, .num_sge = 2},
                     first = {.wr_id = 1, .sg_list = into, .num_sge = 1, .next = &second}, *bad_recv;
  MUST(!ibv_post_recv(p->qp[1], &first, &bad_recv));
  TELL("\"verb\":\"post_recv\",\"qp\":%u,\"wr_id\":1,\"sge\":[[%llu,100,%u]]", p->qp[1]->qp_num, into[0].addr + 0ull, lkey);
  TELL("\"verb\":\"post_recv\",\"qp\":%u,\"wr_id\":2,\"sge\":[[%llu,100,%u],[%llu,200,%u]]", p->qp[1]->qp_num,
       into[0].addr + 0ull, lkey, into[1].addr + 0ull, lkey);
  for (unsigned i = 0; i < 6; i++) from[i] = (struct ibv_sge){at(p->buffer) + 64 * i, 10 + i, lkey};
  struct ibv_send_wr big = {.wr_id = 0xfedcba9876543210, .sg_list = from, .num_sge = 6, .opcode = IBV_WR_SEND_WITH_IMM,
                            .imm_data = 77, .send_flags = IBV_SEND_SIGNALED | IBV_SEND_SOLICITED},
                     tiny = {.wr_id = 3, .sg_list = from, .num_sge = 1, .opcode = IBV_WR_SEND,
                             .send_flags = IBV_SEND_INLINE | IBV_SEND_FENCE, .next = &big}, *bad_send;
  MUST(!ibv_post_send(p->qp[0], &tiny, &bad_send));
  TELL("\"verb\":\"post_send\",\"qp\":%u,\"wr_id\":3,\"opcode\":\"SEND\",\"flags\":6,\"sge\":[[%llu,10,%u]]",
       p->qp[0]->qp_num, from[0].addr + 0ull, lkey);
  printf("{\"verb\":\"post_send\",\"qp\":%u,\"wr_id\":\"18364758544493064720\",\"opcode\":\"SEND_WITH_IMM\",\"flags\":9,\"imm\":77,"
         "\"length\":75,\"sge\":[", p->qp[0]->qp_num);
  for (unsigned i = 0; i < 6; i++) printf("%s[%llu,%u,%u]", i ? "," : "", from[i].addr + 0ull, 10 + i, lkey);
  printf("]}\n");
}

static void polls(struct pair *p)
{
  struct ibv_wc wc[4];
  MUST(ibv_poll_cq(p->cq[1], 4, wc) == 2);
  TELL("\"verb\":\"poll_cq\",\"cq\":%u,\"qp\":%u,\"wr_id\":1,\"opcode\":\"RECV\",\"length\":10", p->cq[1]->handle, p->qp[1]->qp_num);
  TELL("\"verb\":\"poll_cq\",\"cq\":%u,\"qp\":%u,\"wr_id\":2,\"opcode\":\"RECV\",\"length\":75,\"imm\":77", p->cq[1]->handle, p->qp[1]->qp_num);
  MUST(ibv_poll_cq(p->cq[0], 4, wc) == 1);
  TELL("\"verb\":\"poll_cq\",\"cq\":%u,\"qp\":%u,\"wr_id\":\"18364758544493064720\",\"opcode\":\"SEND\"", p->cq[0]->handle, p->qp[0]->qp_num);
  for (int i = 0; i < 40; i++) MUST(ibv_poll_cq(p->cq[0], 4, wc) == 0);
  for (int i = 0; i < 3; i++) MUST(ibv_poll_cq(p->cq[1], 4, wc) == 0);
  TELL("\"verb\":\"poll_cq_empty\",\"cq\":%u,\"size\":40", p->cq[0]->handle);
  TELL("\"verb\":\"poll_cq_empty\",\"cq\":%u,\"size\":3", p->cq[1]->handle);
}

static void one_sided(struct pair *p)
{
  static const struct {
    enum ibv_wr_opcode op;
    const char *name, *wc;
  } ops[] = {{IBV_WR_RDMA_WRITE, "RDMA_WRITE", "RDMA_WRITE"}, {IBV_WR_RDMA_READ, "RDMA_READ", "RDMA_READ"},
             {IBV_WR_ATOMIC_FETCH_AND_ADD, "ATOMIC_FETCH_AND_ADD", "ATOMIC_FETCH_AND_ADD"},
             {IBV_WR_ATOMIC_CMP_AND_SWP, "ATOMIC_CMP_AND_SWP", "ATOMIC_CMP_AND_SWP"}};
  for (unsigned i = 0; i < 4; i++) {
    struct ibv_sge sge = {at(p->buffer), 8, p->mr->lkey};
    struct ibv_send_wr wr = {.wr_id = 50 + i, .sg_list = &sge, .num_sge = 1, .opcode = ops[i].op, .send_flags = IBV_SEND_SIGNALED}, *bad;
    if (i < 2) wr.wr.rdma.remote_addr = at(p->buffer) + 8192, wr.wr.rdma.rkey = p->mr->rkey;
    else wr.wr.atomic.remote_addr = at(p->buffer) + 8192, wr.wr.atomic.rkey = p->mr->rkey;
    MUST(!ibv_post_send(p->qp[0], &wr, &bad));
    TELL("\"verb\":\"post_send\",\"wr_id\":%u,\"opcode\":\"%s\",\"remote_addr\":%llu,\"rkey\":%u,\"length\":8", 50 + i, ops[i].name,
         at(p->buffer) + 8192, p->mr->rkey);
    struct ibv_wc wc;
    MUST(ibv_poll_cq(p->cq[0], 1, &wc) == 1);
    TELL("\"verb\":\"poll_cq\",\"wr_id\":%u,\"opcode\":\"%s\",\"length\":8", 50 + i, ops[i].wc);
  }
}

static void datagrams(struct pair *p)
{
  struct ibv_qp_init_attr attr = {.send_cq = p->cq[0], .recv_cq = p->cq[0], .qp_type = IBV_QPT_UD, .sq_sig_all = 1,
                                  .cap = {.max_send_wr = 4, .max_recv_wr = 5, .max_send_sge = 1, .max_recv_sge = 1}};
  struct ibv_qp *qp = ibv_create_qp(p->pd, &attr);
  TELL("\"verb\":\"create_qp\",\"qp\":%u,\"qp_type\":2,\"flags\":1,\"cap_send_wr\":4,\"cap_recv_wr\":5,\"cap_inline\":0", qp->qp_num);
  struct ibv_ah_attr to = {.port_num = 1};
  struct ibv_ah *ah = ibv_create_ah(p->pd, &to);
  TELL("\"verb\":\"create_ah\",\"pd\":%u", p->pd->handle);
  connect_to(qp, qp->qp_num);
  struct ibv_sge sge = {at(p->buffer), 16, p->mr->lkey}, into = {at(p->buffer) + 4096, 64, p->mr->lkey};
  struct ibv_recv_wr recv = {.wr_id = 61, .sg_list = &into, .num_sge = 1}, *bad_recv;
  MUST(!ibv_post_recv(qp, &recv, &bad_recv));
  TELL("\"verb\":\"post_recv\",\"qp\":%u,\"wr_id\":61,\"length\":64", qp->qp_num);
  struct ibv_send_wr wr = {.wr_id = 60, .sg_list = &sge, .num_sge = 1, .opcode = IBV_WR_SEND,
                           .wr.ud = {ah, qp->qp_num, 0x11}}, *bad;
  MUST(!ibv_post_send(qp, &wr, &bad));
  TELL("\"verb\":\"post_send\",\"qp\":%u,\"wr_id\":60,\"peer_qp\":%u,\"remote_addr\":0,\"flags\":0", qp->qp_num, qp->qp_num);
  struct ibv_wc wc[2];
  MUST(ibv_poll_cq(p->cq[0], 2, wc) == 2);
  TELL("\"verb\":\"poll_cq\",\"wr_id\":61,\"status\":0,\"opcode\":\"RECV\",\"length\":16");
  TELL("\"verb\":\"poll_cq\",\"wr_id\":60,\"status\":0,\"opcode\":\"SEND\"");
  MUST(!ibv_destroy_ah(ah));
  TELL("\"verb\":\"destroy_ah\"");
  TELL("\"verb\":\"destroy_qp\",\"qp\":%u", qp->qp_num);
  MUST(!ibv_destroy_qp(qp));
}

static void shared_and_events(struct pair *p)
{
  struct ibv_srq_init_attr attr = {.attr = {.max_wr = 9, .max_sge = 3}};
  struct ibv_srq *srq = ibv_create_srq(p->pd, &attr);
  TELL("\"verb\":\"create_srq\",\"srq\":%u,\"pd\":%u,\"cap_recv_wr\":9,\"cap_recv_sge\":3", srq->handle, p->pd->handle);
  struct ibv_sge sge = {at(p->buffer), 32, p->mr->lkey};
  struct ibv_recv_wr recv = {.wr_id = 70, .sg_list = &sge, .num_sge = 1}, *bad;
  MUST(!ibv_post_srq_recv(srq, &recv, &bad));
  TELL("\"verb\":\"post_srq_recv\",\"srq\":%u,\"wr_id\":70,\"sge\":[[%llu,32,%u]]", srq->handle, at(p->buffer), p->mr->lkey);
  TELL("\"verb\":\"destroy_srq\",\"srq\":%u", srq->handle);
  MUST(!ibv_destroy_srq(srq));
  struct ibv_comp_channel *channel = ibv_create_comp_channel(p->device);
  TELL("\"verb\":\"create_comp_channel\"");
  struct ibv_cq *cq = ibv_create_cq(p->device, 5, NULL, channel, 0), *woken;
  TELL("\"verb\":\"create_cq\",\"cq\":%u,\"cqe\":5", cq->handle);
  MUST(!ibv_req_notify_cq(cq, 1));
  TELL("\"verb\":\"req_notify_cq\",\"cq\":%u,\"flags\":8", cq->handle);
  struct ibv_qp_init_attr init = {.send_cq = cq, .recv_cq = cq, .qp_type = IBV_QPT_RC, .sq_sig_all = 1};
  struct ibv_qp *qp = ibv_create_qp(p->pd, &init);
  TELL("\"verb\":\"create_qp\",\"cq\":%u,\"rcq\":%u,\"srq\":4294967295", cq->handle, cq->handle);
  connect_to(qp, qp->qp_num);
  struct ibv_send_wr wr = {.wr_id = 80, .opcode = IBV_WR_RDMA_WRITE, .wr.rdma = {at(p->buffer), p->mr->rkey}}, *bad_send;
  MUST(!ibv_post_send(qp, &wr, &bad_send));
  TELL("\"verb\":\"post_send\",\"wr_id\":80,\"length\":0,\"num_sge\":0,\"sge\":[]");
  void *user;
  MUST(!ibv_get_cq_event(channel, &woken, &user) && woken == cq);
  TELL("\"verb\":\"get_cq_event\",\"cq\":%u,\"status\":0", cq->handle);
  ibv_ack_cq_events(cq, 1);
  TELL("\"verb\":\"ack_cq_events\",\"cq\":%u", cq->handle);
  struct ibv_wc wc;
  MUST(ibv_poll_cq(cq, 1, &wc) == 1);
  TELL("\"verb\":\"poll_cq\",\"wr_id\":80,\"opcode\":\"RDMA_WRITE\"");
  TELL("\"verb\":\"destroy_qp\",\"qp\":%u", qp->qp_num);
  TELL("\"verb\":\"destroy_cq\",\"cq\":%u", cq->handle);
  MUST(!ibv_destroy_qp(qp) && !ibv_destroy_cq(cq) && !ibv_destroy_comp_channel(channel));
  TELL("\"verb\":\"destroy_comp_channel\"");
}

static void extended(struct pair *p)
{
  struct ibv_cq_init_attr_ex ask = {.cqe = 33};
  struct ibv_cq_ex *cq = ibv_create_cq_ex(p->device, &ask);
  TELL("\"verb\":\"create_cq\",\"cq\":%u,\"cqe\":33", cq->handle);
  struct ibv_qp_init_attr_ex init = {.send_cq = ibv_cq_ex_to_cq(cq), .recv_cq = ibv_cq_ex_to_cq(cq), .qp_type = IBV_QPT_RC,
                                     .comp_mask = IBV_QP_INIT_ATTR_PD | IBV_QP_INIT_ATTR_SEND_OPS_FLAGS, .pd = p->pd,
                                     .send_ops_flags = IBV_QP_EX_WITH_RDMA_WRITE | IBV_QP_EX_WITH_SEND};
  struct ibv_qp *base = ibv_create_qp_ex(p->device, &init);
  TELL("\"verb\":\"create_qp\",\"qp\":%u,\"pd\":%u", base->qp_num, p->pd->handle);
  connect_to(base, base->qp_num);
  struct ibv_qp_ex *qp = ibv_qp_to_qp_ex(base);
  struct ibv_sge six[6];
  for (unsigned i = 0; i < 6; i++) six[i] = (struct ibv_sge){at(p->buffer) + 128 * i, 20, p->mr->lkey};
  ibv_wr_start(qp);
  qp->wr_id = 90, qp->wr_flags = IBV_SEND_SIGNALED;
  ibv_wr_rdma_write(qp, p->mr->rkey, at(p->buffer) + 8192);
  ibv_wr_set_sge_list(qp, 6, six);
  qp->wr_id = 91, qp->wr_flags = IBV_SEND_SIGNALED;
  ibv_wr_rdma_write(qp, p->mr->rkey, at(p->buffer) + 9000);
  ibv_wr_set_inline_data(qp, p->buffer + 5, 7);
  MUST(!ibv_wr_complete(qp));
  printf("{\"verb\":\"post_send\",\"wr_id\":90,\"opcode\":\"RDMA_WRITE\",\"flags\":1,\"length\":120,\"remote_addr\":%llu,\"sge\":[", at(p->buffer) + 8192);
  for (unsigned i = 0; i < 6; i++) printf("%s[%llu,20,%u]", i ? "," : "", six[i].addr + 0ull, p->mr->lkey);
  printf("]}\n");
  TELL("\"verb\":\"post_send\",\"wr_id\":91,\"flags\":3,\"remote_addr\":%llu,\"sge\":[[%llu,7,0]]", at(p->buffer) + 9000, at(p->buffer) + 5);
  struct ibv_poll_cq_attr none = {0};
  MUST(!ibv_start_poll(cq, &none));
  MUST(!ibv_next_poll(cq));
  ibv_end_poll(cq);
  TELL("\"verb\":\"poll_cq\",\"cq\":%u,\"qp\":%u,\"wr_id\":90,\"opcode\":\"RDMA_WRITE\",\"length\":120", cq->handle, base->qp_num);
  TELL("\"verb\":\"poll_cq\",\"cq\":%u,\"qp\":%u,\"wr_id\":91,\"opcode\":\"RDMA_WRITE\",\"length\":7", cq->handle, base->qp_num);
  MUST(ibv_start_poll(cq, &none));
  TELL("\"verb\":\"poll_cq_empty\",\"cq\":%u,\"size\":1", cq->handle);
  TELL("\"verb\":\"destroy_qp\",\"qp\":%u", base->qp_num);
  MUST(!ibv_destroy_qp(base) && !ibv_destroy_cq(ibv_cq_ex_to_cq(cq)));
  TELL("\"verb\":\"destroy_cq\"");
}

static void windows_and_failures(struct pair *p)
{
  struct ibv_mw *mw = ibv_alloc_mw(p->pd, IBV_MW_TYPE_1);
  TELL("\"verb\":\"alloc_mw\",\"pd\":%u,\"rkey\":%u", p->pd->handle, mw->rkey);
  struct ibv_mw_bind bind = {.wr_id = 95, .bind_info = {.mr = p->mr, .addr = at(p->buffer), .length = 64}};
  MUST(!ibv_bind_mw(p->qp[0], mw, &bind));
  TELL("\"verb\":\"post_send\",\"opcode\":\"BIND_MW\",\"wr_id\":95");
  MUST(!ibv_dealloc_mw(mw));
  TELL("\"verb\":\"dealloc_mw\"");
  volatile int access = IBV_ACCESS_REMOTE_WRITE;
  MUST(!ibv_reg_mr(p->pd, p->buffer, 64, access));
  TELL("\"verb\":\"reg_mr\",\"size\":64,\"status\":22,\"mr\":4294967295");
  struct ibv_mr *mr = ibv_reg_mr_iova(p->pd, p->buffer + 100, 5000, 0x10000, IBV_ACCESS_LOCAL_WRITE);
  TELL("\"verb\":\"reg_mr\",\"addr\":%llu,\"size\":5000,\"remote_addr\":65536,\"access\":1,\"lkey\":%u", at(p->buffer) + 100, mr->lkey);
  TELL("\"verb\":\"dereg_mr\",\"lkey\":%u,\"size\":5000", mr->lkey);
  MUST(!ibv_dereg_mr(mr));
}

int main(void)
{
  struct pair p;
  TELL("\"verb\":\"get_device_list\",\"devices\":2");
  TELL("\"verb\":\"open_device\"");
  TELL("\"verb\":\"alloc_pd\"");
  pair_open(&p);
  TELL("\"verb\":\"reg_mr\",\"addr\":%llu,\"size\":%d,\"lkey\":%u,\"rkey\":%u,\"access\":7,\"pd\":%u", at(p.buffer), BUFFER, p.mr->lkey,
       p.mr->rkey, p.pd->handle);
  for (int i = 0; i < 2; i++) {
    TELL("\"verb\":\"create_cq\",\"cq\":%u,\"cqe\":%d", p.cq[i]->handle, DEPTH);
    TELL("\"verb\":\"create_qp\",\"qp\":%u,\"cq\":%u,\"cap_send_wr\":64,\"cap_send_sge\":8,\"cap_inline\":32,\"qp_type\":0,\"flags\":0",
         p.qp[i]->qp_num, p.cq[i]->handle);
  }
  for (int i = 0; i < 2; i++) {
    TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":1,\"path_mtu\":0,\"peer_qp\":4294967295", p.qp[i]->qp_num);
    TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":2,\"path_mtu\":4096,\"peer_qp\":%u,\"rq_psn\":11", p.qp[i]->qp_num, p.qp[!i]->qp_num);
    TELL("\"verb\":\"modify_qp\",\"qp\":%u,\"qp_state\":3,\"sq_psn\":22,\"max_rd_atomic\":4", p.qp[i]->qp_num);
  }
  lists(&p);
  polls(&p);
  one_sided(&p);
  datagrams(&p);
  shared_and_events(&p);
  extended(&p);
  windows_and_failures(&p);
  struct ibv_port_attr port;
  MUST(!ibv_query_port(p.device, 1, &port) && port.active_mtu == IBV_MTU_4096);
  TELL("\"verb\":\"query_port\"");
  for (int i = 0; i < 2; i++) {
    TELL("\"verb\":\"destroy_qp\",\"qp\":%u", p.qp[i]->qp_num);
    TELL("\"verb\":\"destroy_cq\",\"cq\":%u", p.cq[i]->handle);
  }
  TELL("\"verb\":\"dereg_mr\",\"lkey\":%u,\"size\":%d", p.mr->lkey, BUFFER);
  pair_close(&p);
  TELL("\"verb\":\"dealloc_pd\"");
  TELL("\"verb\":\"close_device\"");
  return 3;
}
