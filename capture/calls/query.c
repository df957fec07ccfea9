// Questions to devices, addresses, multicast groups, asynchronous events.
#include "call.h"
#include "context.h"
#include "real.h"

struct ibv_device **ibv_get_device_list(int *count)
{
  REAL(ibv_get_device_list, IBVERBS);
  int found = 0;
  struct call call = call_begin();
  struct ibv_device **list = real(&found);
  struct record r = {.kind = GET_DEVICE_LIST, .obj = (uint32_t)found};
  call_end(&call, &r, failure_of(list));
  if (count) *count = found;
  return list;
}

int ibv_query_device(struct ibv_context *device, struct ibv_device_attr *attr)
{
  REAL(ibv_query_device, IBVERBS);
  struct record r = {.kind = QUERY_DEVICE, .ctx = context_number(device)};
  struct call call = call_begin();
  int rc = real(device, attr);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_query_port(struct ibv_context *device, uint8_t port, struct _compat_ibv_port_attr *attr)
{
  REAL(ibv_query_port, IBVERBS);
  struct record r = {.kind = QUERY_PORT, .ctx = context_number(device)};
  struct call call = call_begin();
  int rc = real(device, port, attr);
  call_end(&call, &r, rc);
  return rc;
}

int recorded_query_port(struct ibv_context *device, uint8_t port, struct ibv_port_attr *attr, size_t size)
{
  struct context *c = context_of(device);
  struct record r = {.kind = QUERY_PORT, .ctx = c->number};
  struct call call = call_begin();
  int rc = c->query_port(device, port, attr, size);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_query_gid(struct ibv_context *device, uint8_t port, int index, union ibv_gid *gid)
{
  REAL(ibv_query_gid, IBVERBS);
  struct record r = {.kind = QUERY_GID, .ctx = context_number(device)};
  struct call call = call_begin();
  int rc = real(device, port, index, gid);
  call_end(&call, &r, failure_in(rc));
  return rc;
}

int ibv_query_pkey(struct ibv_context *device, uint8_t port, int index, __be16 *pkey)
{
  REAL(ibv_query_pkey, IBVERBS);
  struct record r = {.kind = QUERY_PKEY, .ctx = context_number(device)};
  struct call call = call_begin();
  int rc = real(device, port, index, pkey);
  call_end(&call, &r, failure_in(rc));
  return rc;
}

struct ibv_ah *ibv_create_ah(struct ibv_pd *pd, struct ibv_ah_attr *attr)
{
  REAL(ibv_create_ah, IBVERBS);
  struct record r = {.kind = CREATE_AH, .ctx = context_number(pd->context)};
  r.u.control.word[0] = pd->handle;
  struct call call = call_begin();
  struct ibv_ah *ah = real(pd, attr);
  r.obj = ah ? ah->handle : NONE;
  call_end(&call, &r, failure_of(ah));
  return ah;
}

int ibv_destroy_ah(struct ibv_ah *ah)
{
  REAL(ibv_destroy_ah, IBVERBS);
  struct record r = {.kind = DESTROY_AH, .ctx = context_number(ah->context), .obj = ah->handle};
  struct call call = call_begin();
  int rc = real(ah);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_attach_mcast(struct ibv_qp *qp, const union ibv_gid *gid, uint16_t lid)
{
  REAL(ibv_attach_mcast, IBVERBS);
  struct record r = {.kind = ATTACH_MCAST, .ctx = context_number(qp->context), .obj = qp->qp_num};
  struct call call = call_begin();
  int rc = real(qp, gid, lid);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_detach_mcast(struct ibv_qp *qp, const union ibv_gid *gid, uint16_t lid)
{
  REAL(ibv_detach_mcast, IBVERBS);
  struct record r = {.kind = DETACH_MCAST, .ctx = context_number(qp->context), .obj = qp->qp_num};
  struct call call = call_begin();
  int rc = real(qp, gid, lid);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_get_async_event(struct ibv_context *device, struct ibv_async_event *event)
{
  REAL(ibv_get_async_event, IBVERBS);
  struct record r = {.kind = GET_ASYNC_EVENT, .ctx = context_number(device)};
  struct call call = call_begin();
  int rc = real(device, event);
  r.u.control.word[0] = rc == 0 ? (uint32_t)event->event_type : NONE;
  call_end(&call, &r, failure_in(rc));
  return rc;
}
