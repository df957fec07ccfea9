// Open devices, and the functions that the recorder took the place of.
#ifndef VERBSCOPE_CONTEXT_H
#define VERBSCOPE_CONTEXT_H
#include "verbs.h"
#include <stdatomic.h>
#include <stdint.h>

struct context {
  _Atomic(struct ibv_context *) device;
  uint8_t number; // of its opening in this process; 255 from the 256th on
  struct ibv_context_ops ops;
  struct ibv_qp *(*create_qp_ex)(struct ibv_context *, struct ibv_qp_init_attr_ex *);
  struct ibv_cq_ex *(*create_cq_ex)(struct ibv_context *, struct ibv_cq_init_attr_ex *);
  struct ibv_srq *(*create_srq_ex)(struct ibv_context *, struct ibv_srq_init_attr_ex *);
  int (*query_port)(struct ibv_context *, uint8_t, struct ibv_port_attr *, size_t);
};
enum { MOST_CONTEXTS = 64 };
extern struct context contexts[MOST_CONTEXTS];

_Noreturn void context_unknown(void);
// The functions that ask are called through a context that is known.
static inline struct context *context_of(struct ibv_context *device)
{
  struct context *c = contexts;
  while (__builtin_expect(atomic_load_explicit(&c->device, memory_order_acquire) != device, 0))
    if (++c == contexts + MOST_CONTEXTS) context_unknown();
  return c;
}
// 255 when the device is not known.
uint8_t context_number(struct ibv_context *device);

// What verbs.h calls through the context, in queues.c and query.c.
struct ibv_qp *recorded_create_qp_ex(struct ibv_context *, struct ibv_qp_init_attr_ex *);
struct ibv_cq_ex *recorded_create_cq_ex(struct ibv_context *, struct ibv_cq_init_attr_ex *);
struct ibv_srq *recorded_create_srq_ex(struct ibv_context *, struct ibv_srq_init_attr_ex *);
int recorded_query_port(struct ibv_context *, uint8_t, struct ibv_port_attr *, size_t);
#endif
