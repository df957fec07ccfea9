// A librdmacm for tests: calls succeed, and those that use libibverbs use it.
#pragma GCC visibility push(default)
#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>
#pragma GCC visibility pop
#include <errno.h>
#include <stdlib.h>

struct rdma_event_channel *rdma_create_event_channel(void)
{
  return calloc(1, sizeof(struct rdma_event_channel));
}
void rdma_destroy_event_channel(struct rdma_event_channel *channel)
{
  free(channel);
}
int rdma_create_id(struct rdma_event_channel *channel, struct rdma_cm_id **id, void *context,
                   enum rdma_port_space space)
{
  struct ibv_device **list = ibv_get_device_list(NULL);
  *id = calloc(1, sizeof **id);
  (*id)->channel = channel;
  (*id)->context = context;
  (*id)->ps = space;
  (*id)->verbs = ibv_open_device(list[0]);
  (*id)->pd = ibv_alloc_pd((*id)->verbs);
  ibv_free_device_list(list);
  return 0;
}
int rdma_destroy_id(struct rdma_cm_id *id)
{
  ibv_dealloc_pd(id->pd);
  ibv_close_device(id->verbs);
  free(id);
  return 0;
}
int rdma_resolve_addr(struct rdma_cm_id *id, struct sockaddr *from, struct sockaddr *to, int timeout_ms)
{
  (void)id, (void)from, (void)timeout_ms;
  if (to) return 0;
  errno = EINVAL;
  return -1;
}
int rdma_create_qp(struct rdma_cm_id *id, struct ibv_pd *pd, struct ibv_qp_init_attr *attr)
{
  id->qp = ibv_create_qp(pd ? pd : id->pd, attr);
  return id->qp ? 0 : -1;
}
void rdma_destroy_qp(struct rdma_cm_id *id)
{
  ibv_destroy_qp(id->qp);
}
int rdma_connect(struct rdma_cm_id *id, struct rdma_conn_param *param)
{
  struct ibv_qp_attr attr = {.qp_state = IBV_QPS_RTS};
  (void)param;
  return ibv_modify_qp(id->qp, &attr, IBV_QP_STATE);
}
int rdma_get_cm_event(struct rdma_event_channel *channel, struct rdma_cm_event **event)
{
  (void)channel;
  *event = calloc(1, sizeof **event);
  (*event)->event = RDMA_CM_EVENT_ESTABLISHED;
  return 0;
}
int rdma_ack_cm_event(struct rdma_cm_event *event)
{
  free(event);
  return 0;
}
int rdma_disconnect(struct rdma_cm_id *id)
{
  (void)id;
  return 0;
}
