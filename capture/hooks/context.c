#define _GNU_SOURCE
#include "context.h"
#include "call.h"
#include "data.h"
#include "life.h"
#include "real.h"
#include "settings.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct context contexts[MOST_CONTEXTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned opened;

uint8_t context_number(struct ibv_context *device)
{
  for (struct context *c = contexts; c < contexts + MOST_CONTEXTS; c++)
    if (atomic_load_explicit(&c->device, memory_order_acquire) == device) return c->number;
  return 255;
}

void context_unknown(void)
{
  say("a queue was used whose device is not open (VERBSCOPE_CAPTURE_FILE names what was recorded until then)");
  abort();
}

static void patch_ops(struct ibv_context_ops *ops)
{
  ops->post_send = data_post_send;
  ops->post_recv = data_post_recv;
  ops->poll_cq = data_poll_cq;
  ops->req_notify_cq = data_req_notify_cq;
  if (ops->post_srq_recv) ops->post_srq_recv = data_post_srq_recv;
  if (ops->alloc_mw) ops->alloc_mw = window_alloc;
  if (ops->bind_mw) ops->bind_mw = window_bind;
  if (ops->dealloc_mw) ops->dealloc_mw = window_dealloc;
}

#define PATCH(member)                                       \
  if (verbs_get_ctx_op(device, member)) {                   \
    c->member = verbs->member, verbs->member = recorded_##member; \
  }

// The program has not seen the device yet, so that no other thread uses it.
static void patch(struct ibv_context *device)
{
  pthread_mutex_lock(&lock);
  struct context *c = contexts;
  while (c < contexts + MOST_CONTEXTS && atomic_load(&c->device)) c++;
  unsigned number = opened++;
  if (c < contexts + MOST_CONTEXTS) {
    c->number = number < 255 ? (uint8_t)number : 255;
    c->ops = device->ops;
    patch_ops(&device->ops);
    struct verbs_context *verbs = verbs_get_ctx(device);
    if (verbs) {
      PATCH(create_qp_ex)
      PATCH(create_cq_ex)
      PATCH(create_srq_ex)
      PATCH(query_port)
    }
    atomic_store_explicit(&c->device, device, memory_order_release);
  } else
    say("more than %d devices are open: calls on the others are not recorded", MOST_CONTEXTS);
  pthread_mutex_unlock(&lock);
}

static void end_open(struct call *call, struct ibv_context *device, const char *name, uint64_t end)
{
  int rc = failure_of(device);
  struct record r[2] = {{.kind = OPEN_DEVICE, .more = 1}};
  if (device) {
    patch(device);
    life_begin();
  }
  r[0].ctx = device ? context_number(device) : 255;
  strncpy((char *)&r[1], name, sizeof r[1] - 1);
  call_end_at(call, r, rc, end);
}

struct ibv_context *ibv_open_device(struct ibv_device *device)
{
  REAL(ibv_open_device, IBVERBS);
  struct call call = call_begin();
  struct ibv_context *opened_device = real(device);
  end_open(&call, opened_device, device->name, ticks());
  return opened_device;
}

struct ibv_context *ibv_import_device(int fd)
{
  REAL(ibv_import_device, "IBVERBS_1.10");
  struct call call = call_begin();
  struct ibv_context *imported = real(fd);
  end_open(&call, imported, imported ? imported->device->name : "", ticks());
  return imported;
}

int ibv_close_device(struct ibv_context *device)
{
  REAL(ibv_close_device, IBVERBS);
  struct call call = call_begin();
  struct record r = {.kind = CLOSE_DEVICE, .ctx = context_number(device)};
  // Free before the real call: right after it another thread may open a device at the same address.
  pthread_mutex_lock(&lock);
  for (struct context *c = contexts; c < contexts + MOST_CONTEXTS; c++)
    if (atomic_load(&c->device) == device) {
      device->ops = c->ops;
      atomic_store(&c->device, NULL);
    }
  pthread_mutex_unlock(&lock);
  int rc = real(device);
  call_end(&call, &r, rc);
  return rc;
}
