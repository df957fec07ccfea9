// A small MPI program with the traffic that applications have: eager messages around a ring, rendezvous ones,
// sums over all, and one-sided writes into a neighbour's window. It checks what arrives.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { EAGER_BYTES = 1024, RENDEZVOUS_BYTES = 262144, TURNS = 50, LARGE_TURNS = 4, SUMS = 10, PUTS = 20 };

static int rank, ranks, next, before;

static long pass_on(unsigned char *out, unsigned char *in, int bytes, int turns) {
  long wrong = 0;
  for (int turn = 0; turn < turns; turn++) {
    for (int i = 0; i < bytes; i++) out[i] = (unsigned char)(rank + turn + i);
    MPI_Sendrecv(out, bytes, MPI_BYTE, next, turn, in, bytes, MPI_BYTE, before, turn, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    for (int i = 0; i < bytes; i++) wrong += in[i] != (unsigned char)(before + turn + i);
  }
  return wrong;
}

static long sum_up(void) {
  long wrong = 0;
  for (long turn = 0; turn < SUMS; turn++) {
    long mine = rank + turn, all = 0;
    MPI_Allreduce(&mine, &all, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
    wrong += all != (long)ranks * (ranks - 1) / 2 + ranks * turn;
  }
  return wrong;
}

static long put(void) {
  int *window, values[PUTS];
  long wrong = 0;
  MPI_Win handle;
  MPI_Win_allocate(PUTS * sizeof(int), sizeof(int), MPI_INFO_NULL, MPI_COMM_WORLD, &window, &handle);
  MPI_Win_fence(0, handle);
  for (int i = 0; i < PUTS; i++) {
    values[i] = rank * PUTS + i;
    MPI_Put(&values[i], 1, MPI_INT, next, i, 1, MPI_INT, handle);
  }
  MPI_Win_fence(0, handle);
  for (int i = 0; i < PUTS; i++) wrong += window[i] != before * PUTS + i;
  MPI_Win_free(&handle);
  return wrong;
}

int main(int count, char **arguments) {
  MPI_Init(&count, &arguments);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  next = (rank + 1) % ranks;
  before = (rank + ranks - 1) % ranks;
  unsigned char *out = malloc(RENDEZVOUS_BYTES), *in = malloc(RENDEZVOUS_BYTES);
  long wrong = pass_on(out, in, EAGER_BYTES, TURNS);
  wrong += pass_on(out, in, RENDEZVOUS_BYTES, LARGE_TURNS);
  wrong += sum_up();
  wrong += put();
  long all = 0;
  MPI_Reduce(&wrong, &all, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
  if (rank == 0) printf("%d ranks, %ld values wrong\n", ranks, all);
  free(out);
  free(in);
  MPI_Finalize();
  return wrong != 0;
}
