// Protection domains and memory regions.
#include "call.h"
#include "context.h"
#include "pages.h"
#include "real.h"

struct ibv_pd *ibv_alloc_pd(struct ibv_context *device)
{
  REAL(ibv_alloc_pd, IBVERBS);
  struct call call = call_begin();
  struct ibv_pd *pd = real(device);
  struct record r = {.kind = ALLOC_PD, .ctx = context_number(device), .obj = pd ? pd->handle : NONE};
  call_end(&call, &r, failure_of(pd));
  return pd;
}

int ibv_dealloc_pd(struct ibv_pd *pd)
{
  REAL(ibv_dealloc_pd, IBVERBS);
  struct record r = {.kind = DEALLOC_PD, .ctx = context_number(pd->context), .obj = pd->handle};
  struct call call = call_begin();
  int rc = real(pd);
  call_end(&call, &r, rc);
  return rc;
}

static struct ibv_mr *end_registration(const struct call *call, struct ibv_pd *pd, struct ibv_mr *mr, uint64_t addr,
                                       uint64_t length, uint64_t iova, unsigned access, bool pages)
{
  struct record r = {.kind = REG_MR, .ctx = context_number(pd->context), .obj = mr ? mr->handle : NONE};
  r.u.control.word[0] = pd->handle;
  r.u.control.word[1] = mr ? mr->lkey : NONE;
  r.u.control.word[2] = mr ? mr->rkey : NONE;
  r.u.control.word[3] = access;
  r.u.control.quad[0] = addr;
  r.u.control.quad[1] = length;
  r.u.control.quad[2] = iova;
  call_end(call, &r, failure_of(mr));
  if (mr && pages && call->thread) pages_record(call->thread, &r, addr, length);
  return mr;
}

struct ibv_mr *ibv_reg_mr(struct ibv_pd *pd, void *addr, size_t length, int access)
{
  REAL(ibv_reg_mr, IBVERBS);
  struct call call = call_begin();
  struct ibv_mr *mr = real(pd, addr, length, access);
  return end_registration(&call, pd, mr, (uintptr_t)addr, length, (uintptr_t)addr, (unsigned)access, true);
}

struct ibv_mr *ibv_reg_mr_iova(struct ibv_pd *pd, void *addr, size_t length, uint64_t iova, int access)
{
  REAL(ibv_reg_mr_iova, "IBVERBS_1.7");
  struct call call = call_begin();
  struct ibv_mr *mr = real(pd, addr, length, iova, access);
  return end_registration(&call, pd, mr, (uintptr_t)addr, length, iova, (unsigned)access, true);
}

struct ibv_mr *ibv_reg_mr_iova2(struct ibv_pd *pd, void *addr, size_t length, uint64_t iova, unsigned access)
{
  REAL(ibv_reg_mr_iova2, "IBVERBS_1.8");
  struct call call = call_begin();
  struct ibv_mr *mr = real(pd, addr, length, iova, access);
  return end_registration(&call, pd, mr, (uintptr_t)addr, length, iova, access, true);
}

// Memory of another device has no pages in this process: its place is the iova.
struct ibv_mr *ibv_reg_dmabuf_mr(struct ibv_pd *pd, uint64_t offset, size_t length, uint64_t iova, int fd,
                                 int access)
{
  REAL(ibv_reg_dmabuf_mr, "IBVERBS_1.12");
  struct call call = call_begin();
  struct ibv_mr *mr = real(pd, offset, length, iova, fd, access);
  return end_registration(&call, pd, mr, iova, length, iova, (unsigned)access, false);
}

int ibv_dereg_mr(struct ibv_mr *mr)
{
  REAL(ibv_dereg_mr, IBVERBS);
  struct record r = {.kind = DEREG_MR, .ctx = context_number(mr->context), .obj = mr->handle};
  r.u.control.word[1] = mr->lkey;
  r.u.control.quad[1] = mr->length;
  struct call call = call_begin();
  int rc = real(mr);
  call_end(&call, &r, rc);
  return rc;
}

int ibv_rereg_mr(struct ibv_mr *mr, int flags, struct ibv_pd *pd, void *addr, size_t length, int access)
{
  REAL(ibv_rereg_mr, IBVERBS);
  struct call call = call_begin();
  int rc = real(mr, flags, pd, addr, length, access);
  struct record r = {.kind = REREG_MR, .ctx = context_number(mr->context), .obj = mr->handle};
  r.u.control.word[1] = mr->lkey;
  r.u.control.word[3] = (uint32_t)flags;
  r.u.control.quad[1] = mr->length;
  call_end(&call, &r, rc < 0 && errno > 0 ? errno : rc);
  return rc;
}
