// librdmacm: which calls were made, how long they took. What they do with libibverbs is recorded by itself.
#include "call.h"
#include "real.h"

// A call of librdmacm that returns 0, or -1 and errno.
#define CM(kind_, function, parameters, arguments)        \
  int function parameters                                  \
  {                                                        \
    REAL(function, RDMACM);                                \
    struct record r = {.kind = kind_, .ctx = 255};         \
    struct call call = call_begin_outer();                 \
    int rc = real arguments;                               \
    call_end(&call, &r, failure_in(rc));                   \
    return rc;                                             \
  }

CM(RDMA_CREATE_ID, rdma_create_id,
   (struct rdma_event_channel * channel, struct rdma_cm_id **id, void *context, enum rdma_port_space space),
   (channel, id, context, space))
CM(RDMA_DESTROY_ID, rdma_destroy_id, (struct rdma_cm_id * id), (id))
CM(RDMA_BIND_ADDR, rdma_bind_addr, (struct rdma_cm_id * id, struct sockaddr *addr), (id, addr))
CM(RDMA_LISTEN, rdma_listen, (struct rdma_cm_id * id, int backlog), (id, backlog))
CM(RDMA_RESOLVE_ADDR, rdma_resolve_addr,
   (struct rdma_cm_id * id, struct sockaddr *from, struct sockaddr *to, int timeout_ms), (id, from, to, timeout_ms))
CM(RDMA_RESOLVE_ROUTE, rdma_resolve_route, (struct rdma_cm_id * id, int timeout_ms), (id, timeout_ms))
CM(RDMA_CONNECT, rdma_connect, (struct rdma_cm_id * id, struct rdma_conn_param *param), (id, param))
CM(RDMA_ACCEPT, rdma_accept, (struct rdma_cm_id * id, struct rdma_conn_param *param), (id, param))
CM(RDMA_REJECT, rdma_reject, (struct rdma_cm_id * id, const void *data, uint8_t bytes), (id, data, bytes))
CM(RDMA_DISCONNECT, rdma_disconnect, (struct rdma_cm_id * id), (id))
CM(RDMA_ACK_CM_EVENT, rdma_ack_cm_event, (struct rdma_cm_event * event), (event))

int rdma_get_cm_event(struct rdma_event_channel *channel, struct rdma_cm_event **event)
{
  REAL(rdma_get_cm_event, RDMACM);
  struct record r = {.kind = RDMA_GET_CM_EVENT, .ctx = 255};
  struct call call = call_begin_outer();
  int rc = real(channel, event);
  r.obj = rc == 0 ? (uint32_t)(*event)->event : NONE;
  call_end(&call, &r, failure_in(rc));
  return rc;
}
