// Devices, contexts, domains and regions.
#include "stub.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct ibv_device devices[2] = {
  {.name = "stub0", .dev_name = "uverbs0", .node_type = IBV_NODE_CA, .transport_type = IBV_TRANSPORT_IB},
  {.name = "stub1", .dev_name = "uverbs1", .node_type = IBV_NODE_CA, .transport_type = IBV_TRANSPORT_IB},
};
static _Atomic uint32_t handles;

uint32_t stub_handle(void)
{
  return atomic_fetch_add(&handles, 1) + 1;
}

struct ibv_device **ibv_get_device_list(int *count)
{
  struct ibv_device **list = calloc(3, sizeof *list);
  list[0] = &devices[0];
  list[1] = &devices[1];
  if (count) *count = 2;
  return list;
}
void ibv_free_device_list(struct ibv_device **list)
{
  free(list);
}
const char *ibv_get_device_name(struct ibv_device *device)
{
  return device->name;
}

static struct ibv_mw *alloc_mw(struct ibv_pd *pd, enum ibv_mw_type type)
{
  struct ibv_mw *mw = calloc(1, sizeof *mw);
  *mw = (struct ibv_mw){.context = pd->context, .pd = pd, .type = type, .handle = stub_handle()};
  mw->rkey = mw->handle << 8;
  return mw;
}
static int bind_mw(struct ibv_qp *qp, struct ibv_mw *mw, struct ibv_mw_bind *bind)
{
  struct ibv_wc wc = {.wr_id = bind->wr_id, .opcode = IBV_WC_BIND_MW, .qp_num = qp->qp_num};
  mw->rkey++;
  if (bind->send_flags & IBV_SEND_SIGNALED) stub_complete(qp->send_cq, &wc, false);
  return 0;
}
static int dealloc_mw(struct ibv_mw *mw)
{
  free(mw);
  return 0;
}
static int query_port(struct ibv_context *context, uint8_t port, struct ibv_port_attr *attr, size_t size)
{
  (void)context;
  memset(attr, 0, size);
  if (port != 1) return EINVAL;
  attr->state = IBV_PORT_ACTIVE;
  attr->lid = 1;
  attr->max_mtu = attr->active_mtu = IBV_MTU_4096;
  return 0;
}

struct ibv_context *ibv_open_device(struct ibv_device *device)
{
  struct verbs_context *verbs = calloc(1, sizeof *verbs);
  verbs->sz = sizeof *verbs;
  verbs->query_port = query_port;
  verbs->create_qp_ex = stub_create_qp_ex;
  verbs->create_cq_ex = stub_create_cq_ex;
  verbs->create_srq_ex = stub_create_srq_ex;
  verbs->context.device = device;
  verbs->context.abi_compat = __VERBS_ABI_IS_EXTENDED;
  verbs->context.cmd_fd = verbs->context.async_fd = -1;
  verbs->context.num_comp_vectors = 1;
  verbs->context.ops.alloc_mw = alloc_mw;
  verbs->context.ops.bind_mw = bind_mw;
  verbs->context.ops.dealloc_mw = dealloc_mw;
  verbs->context.ops.post_send = stub_post_send;
  verbs->context.ops.post_recv = stub_post_recv;
  verbs->context.ops.post_srq_recv = stub_post_srq_recv;
  verbs->context.ops.poll_cq = stub_poll_cq;
  verbs->context.ops.req_notify_cq = stub_req_notify_cq;
  return &verbs->context;
}
int ibv_close_device(struct ibv_context *context)
{
  free(verbs_get_ctx(context));
  return 0;
}
int ibv_query_device(struct ibv_context *context, struct ibv_device_attr *attr)
{
  (void)context;
  *attr = (struct ibv_device_attr){.fw_ver = "1", .max_qp = 1024, .max_qp_wr = RECEIVES, .max_sge = STAGED_SGES};
  return 0;
}
int ibv_query_port(struct ibv_context *context, uint8_t port, struct _compat_ibv_port_attr *attr)
{
  return query_port(context, port, (struct ibv_port_attr *)attr, 40);
}
int ibv_query_gid(struct ibv_context *context, uint8_t port, int index, union ibv_gid *gid)
{
  (void)context, (void)port, (void)index;
  memset(gid, 0, sizeof *gid);
  return 0;
}

struct ibv_pd *ibv_alloc_pd(struct ibv_context *context)
{
  struct ibv_pd *pd = calloc(1, sizeof *pd);
  *pd = (struct ibv_pd){.context = context, .handle = stub_handle()};
  return pd;
}
int ibv_dealloc_pd(struct ibv_pd *pd)
{
  free(pd);
  return 0;
}

struct ibv_mr *ibv_reg_mr(struct ibv_pd *pd, void *addr, size_t length, int access)
{
  if (access & IBV_ACCESS_REMOTE_WRITE && !(access & IBV_ACCESS_LOCAL_WRITE)) {
    errno = EINVAL;
    return NULL;
  }
  struct ibv_mr *mr = calloc(1, sizeof *mr);
  *mr = (struct ibv_mr){.context = pd->context, .pd = pd, .addr = addr, .length = length, .handle = stub_handle()};
  mr->lkey = mr->rkey = mr->handle << 8 | 7;
  return mr;
}
struct ibv_mr *ibv_reg_mr_iova2(struct ibv_pd *pd, void *addr, size_t length, uint64_t iova, unsigned access)
{
  (void)iova;
  return ibv_reg_mr(pd, addr, length, (int)access); // libibverbs makes one of the other too
}
struct ibv_mr *ibv_reg_mr_iova(struct ibv_pd *pd, void *addr, size_t length, uint64_t iova, int access)
{
  return ibv_reg_mr_iova2(pd, addr, length, iova, (unsigned)access);
}
int ibv_dereg_mr(struct ibv_mr *mr)
{
  free(mr);
  return 0;
}
struct ibv_ah *ibv_create_ah(struct ibv_pd *pd, struct ibv_ah_attr *attr)
{
  (void)attr;
  struct ibv_ah *ah = calloc(1, sizeof *ah);
  *ah = (struct ibv_ah){.context = pd->context, .pd = pd, .handle = stub_handle()};
  return ah;
}
int ibv_destroy_ah(struct ibv_ah *ah)
{
  free(ah);
  return 0;
}
