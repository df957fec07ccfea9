// Completion queues, their channels and events.
#include "call.h"
#include "context.h"
#include "data.h"
#include "real.h"

struct ibv_comp_channel *ibv_create_comp_channel(struct ibv_context *device)
{
  REAL(ibv_create_comp_channel, "IBVERBS_1.0");
  struct call call = call_begin();
  struct ibv_comp_channel *channel = real(device);
  struct record r = {.kind = CREATE_COMP_CHANNEL, .ctx = context_number(device)};
  r.u.control.word[0] = channel ? (uint32_t)channel->fd : NONE;
  call_end(&call, &r, failure_of(channel));
  return channel;
}

int ibv_destroy_comp_channel(struct ibv_comp_channel *channel)
{
  REAL(ibv_destroy_comp_channel, "IBVERBS_1.0");
  struct record r = {.kind = DESTROY_COMP_CHANNEL, .ctx = context_number(channel->context)};
  r.u.control.word[0] = (uint32_t)channel->fd;
  struct call call = call_begin();
  int rc = real(channel);
  call_end(&call, &r, rc);
  return rc;
}

static void end_create(const struct call *call, struct ibv_context *device, uint32_t asked,
                       const struct ibv_comp_channel *channel, const struct ibv_cq *cq)
{
  struct record r = {.kind = CREATE_CQ, .ctx = context_number(device), .obj = cq ? cq->handle : NONE};
  r.u.control.word[0] = asked;
  r.u.control.word[1] = channel ? (uint32_t)channel->fd : NONE;
  call_end(call, &r, failure_of(cq));
}

struct ibv_cq *ibv_create_cq(struct ibv_context *device, int cqe, void *cq_context, struct ibv_comp_channel *channel,
                             int vector)
{
  REAL(ibv_create_cq, IBVERBS);
  struct call call = call_begin();
  struct ibv_cq *cq = real(device, cqe, cq_context, channel, vector);
  end_create(&call, device, (uint32_t)cqe, channel, cq);
  return cq;
}

// A completion without its QP says little: QP number and length are asked for too, if the device has them.
struct ibv_cq_ex *recorded_create_cq_ex(struct ibv_context *device, struct ibv_cq_init_attr_ex *attr)
{
  struct context *c = context_of(device);
  struct ibv_cq_init_attr_ex more = *attr;
  more.wc_flags |= IBV_WC_EX_WITH_QP_NUM | IBV_WC_EX_WITH_BYTE_LEN;
  struct call call = call_begin();
  struct ibv_cq_ex *cq = c->create_cq_ex(device, &more);
  if (!cq) cq = c->create_cq_ex(device, attr);
  end_create(&call, device, attr->cqe, attr->channel, cq ? ibv_cq_ex_to_cq(cq) : NULL);
  if (cq) data_wrap_cq_ex(cq);
  return cq;
}

int ibv_resize_cq(struct ibv_cq *cq, int cqe)
{
  REAL(ibv_resize_cq, IBVERBS);
  struct record r = {.kind = RESIZE_CQ, .ctx = context_number(cq->context), .obj = cq->handle};
  r.u.control.word[0] = (uint32_t)cqe;
  r.u.control.word[1] = NONE;
  struct call call = call_begin();
  int rc = real(cq, cqe);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_destroy_cq(struct ibv_cq *cq)
{
  REAL(ibv_destroy_cq, IBVERBS);
  struct record r = {.kind = DESTROY_CQ, .ctx = context_number(cq->context), .obj = cq->handle};
  struct call call = call_begin();
  int rc = real(cq);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_get_cq_event(struct ibv_comp_channel *channel, struct ibv_cq **cq, void **cq_context)
{
  REAL(ibv_get_cq_event, IBVERBS);
  struct record r = {.kind = GET_CQ_EVENT, .ctx = context_number(channel->context)};
  r.u.control.word[0] = (uint32_t)channel->fd;
  struct call call = call_begin();
  int rc = real(channel, cq, cq_context);
  r.obj = rc == 0 ? (*cq)->handle : NONE;
  call_end(&call, &r, failure_in(rc));
  return rc;
}

void ibv_ack_cq_events(struct ibv_cq *cq, unsigned count)
{
  REAL(ibv_ack_cq_events, IBVERBS);
  struct record r = {.kind = ACK_CQ_EVENTS, .ctx = context_number(cq->context), .obj = cq->handle};
  r.u.control.word[0] = count;
  struct call call = call_begin();
  real(cq, count);
  call_end(&call, &r, 0);
}
