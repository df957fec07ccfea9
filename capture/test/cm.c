// A connection by librdmacm: its calls, and those of libibverbs that it makes.
#include "pair.h"
#include <rdma/rdma_cma.h>

int main(void)
{
  struct rdma_event_channel *channel = rdma_create_event_channel();
  struct rdma_cm_id *id;
  struct rdma_cm_event *event;
  struct sockaddr to = {0};
  MUST(!rdma_create_id(channel, &id, NULL, RDMA_PS_TCP));
  MUST(rdma_resolve_addr(id, NULL, NULL, 100) == -1);
  MUST(!rdma_resolve_addr(id, NULL, &to, 100));
  struct ibv_cq *cq = ibv_create_cq(id->verbs, 4, NULL, NULL, 0);
  struct ibv_qp_init_attr attr = {.send_cq = cq, .recv_cq = cq, .qp_type = IBV_QPT_RC};
  MUST(!rdma_create_qp(id, NULL, &attr));
  MUST(!rdma_connect(id, NULL));
  MUST(!rdma_get_cm_event(channel, &event));
  MUST(!rdma_ack_cm_event(event));
  MUST(!rdma_disconnect(id));
  rdma_destroy_qp(id);
  MUST(!ibv_destroy_cq(cq));
  MUST(!rdma_destroy_id(id));
  rdma_destroy_event_channel(channel);
  return 0;
}
