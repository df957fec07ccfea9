// Completion queues, channels and their events.
#include "stub.h"
#include <errno.h>
#include <unistd.h>

struct ibv_comp_channel *ibv_create_comp_channel(struct ibv_context *context)
{
  struct stub_channel *c = calloc(1, sizeof *c);
  int ends[2];
  if (pipe(ends)) return NULL;
  c->channel = (struct ibv_comp_channel){.context = context, .fd = ends[0]};
  c->write_end = ends[1];
  return &c->channel;
}
int ibv_destroy_comp_channel(struct ibv_comp_channel *channel)
{
  close(channel->fd);
  close(((struct stub_channel *)channel)->write_end);
  free(channel);
  return 0;
}

static struct stub_cq *create(struct ibv_context *context, unsigned cqe, struct ibv_comp_channel *channel)
{
  struct stub_cq *q = calloc(1, sizeof *q);
  q->cq = (struct ibv_cq){.context = context, .channel = channel, .handle = stub_handle(), .cqe = (int)cqe};
  q->size = 64;
  while (q->size < cqe) q->size *= 2;
  q->wc = calloc(q->size, sizeof *q->wc);
  pthread_mutex_init(&q->lock, NULL);
  return q;
}
struct ibv_cq *ibv_create_cq(struct ibv_context *context, int cqe, void *cq_context, struct ibv_comp_channel *channel,
                             int vector)
{
  (void)cq_context, (void)vector;
  return &create(context, (unsigned)cqe, channel)->cq;
}
struct ibv_cq_ex *stub_create_cq_ex(struct ibv_context *context, struct ibv_cq_init_attr_ex *attr)
{
  struct stub_cq *q = create(context, attr->cqe, attr->channel);
  stub_extend_cq(q);
  return &q->ex;
}
int ibv_resize_cq(struct ibv_cq *cq, int cqe)
{
  cq->cqe = cqe;
  return 0;
}
int ibv_destroy_cq(struct ibv_cq *cq)
{
  free(((struct stub_cq *)cq)->wc);
  free(cq);
  return 0;
}

void stub_complete(struct ibv_cq *cq, const struct ibv_wc *wc, bool solicited)
{
  struct stub_cq *q = (struct stub_cq *)cq;
  (void)solicited;
  pthread_mutex_lock(&q->lock);
  if (q->put - q->got < q->size) q->wc[q->put++ % q->size] = *wc;
  if (q->armed && cq->channel) {
    q->armed = false;
    if (write(((struct stub_channel *)cq->channel)->write_end, &cq, sizeof cq) < 0) abort();
  }
  pthread_mutex_unlock(&q->lock);
}
int stub_poll_cq(struct ibv_cq *cq, int most, struct ibv_wc *wc)
{
  struct stub_cq *q = (struct stub_cq *)cq;
  int n = 0;
  pthread_mutex_lock(&q->lock);
  while (n < most && q->got != q->put) wc[n++] = q->wc[q->got++ % q->size];
  pthread_mutex_unlock(&q->lock);
  return n;
}
int stub_req_notify_cq(struct ibv_cq *cq, int solicited)
{
  struct stub_cq *q = (struct stub_cq *)cq;
  (void)solicited;
  pthread_mutex_lock(&q->lock);
  q->armed = true;
  pthread_mutex_unlock(&q->lock);
  return 0;
}
int ibv_get_cq_event(struct ibv_comp_channel *channel, struct ibv_cq **cq, void **cq_context)
{
  if (read(channel->fd, cq, sizeof *cq) != sizeof *cq) return -1;
  *cq_context = (*cq)->cq_context;
  return 0;
}
void ibv_ack_cq_events(struct ibv_cq *cq, unsigned count)
{
  cq->comp_events_completed += count;
}
