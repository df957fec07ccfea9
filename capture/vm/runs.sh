# What is recorded in the machine: a program of libibverbs' own, one of perftest, and one of MPI.
# Every trace is replayed on three paths there and then. The first command that fails ends it.
set -euo pipefail
verbscope() { /tmp/node /run/verbscope/dist/cli/main.js "$@"; }
said() { echo; echo "\$ $*"; }
cd /run/out
export COLUMNS=110

# The index of the address that the pair of ports goes by: ::ffff:10.0.0.N
gid() {
  local file
  for file in /sys/class/infiniband/"$1"/ports/1/gids/*; do
    if [[ $(cat "$file") == *:0000:ffff:0a00:* ]]; then basename "$file"; return; fi
  done
}
GID0=$(gid rxe0) GID1=$(gid rxe1)

two_sides() { # name, the command without its device and index of address, and how it names these two
  local name=$1 device=$2 index=$3
  shift 3
  said "verbscope capture --keep raw -o $name.server.arrow -- $* $device rxe0 $index $GID0"
  verbscope capture --keep "raw/$name.server" -o "$name.server.arrow" -- \
    "$@" "$device" rxe0 "$index" "$GID0" > "$name.server.log" 2>&1 &
  local server=$!
  until ss -Htln 2> /dev/null | grep -q ":18515"; do kill -0 $server; sleep 1; done
  said "verbscope capture --keep raw -o $name.client.arrow -- $* $device rxe1 $index $GID1 10.0.0.1"
  verbscope capture --keep "raw/$name.client" -o "$name.client.arrow" -- \
    "$@" "$device" rxe1 "$index" "$GID1" 10.0.0.1 2>&1
  wait $server
  said "verbscope merge $name.server.arrow $name.client.arrow -o $name.arrow"
  verbscope merge "$name.server.arrow" "$name.client.arrow" -o "$name.arrow"
}
replayed() {
  said "verbscope replay $1 --paths native,virt-ib,memlink"
  verbscope replay "$1" --paths native,virt-ib,memlink
}
# Two ranks of Open MPI over UCX, a device each; every process writes a file of its own. UCX connects by UD, which
# finds its peer by GID 0, that of the link, and not by those of the addresses.
mpi() { # name, program
  local name=$1 program=$2
  said "eval \"\$(verbscope capture --print-env --keep raw/$name)\""
  eval "$(verbscope capture --print-env --keep "raw/$name")"
  local preload=$LD_PRELOAD
  unset LD_PRELOAD
  export UCX_TLS=rc_v,self UCX_IB_GID_INDEX=0 OMPI_MCA_pml=ucx OMPI_MCA_osc=ucx OMPI_MCA_mpi_yield_when_idle=1
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=/bin/true
  local rank="UCX_NET_DEVICES=rxe\$OMPI_COMM_WORLD_RANK:1 exec $program"
  said "mpirun -np 2 -x LD_PRELOAD=… -x VERBSCOPE_CAPTURE_FILE=… bash -c '$rank'"
  mpirun -np 2 --oversubscribe --bind-to none -x "LD_PRELOAD=$preload" -x VERBSCOPE_CAPTURE_FILE bash -c "$rank" 2>&1
  said "verbscope import verbs-recorder raw/$name/*.vcap -o $name.arrow"
  verbscope import verbs-recorder "raw/$name"/*.vcap -o "$name.arrow"
}

uname -sr
two_sides pingpong -d -g ibv_rc_pingpong -n 100 -s 4096
replayed pingpong.arrow
two_sides write -d -x ib_write_bw -s 65536 -n 200 -F
replayed write.arrow
# UD messages name their receiver by its number alone, and both devices count theirs from 17 on: 16 QPs more on the
# first keep them apart (docs/limits.md).
ibv_srq_pingpong -d rxe0 -g "$GID0" > /dev/null &
lead=$!
until ss -Htln 2> /dev/null | grep -q ":18515"; do kill -0 $lead; sleep 1; done
kill $lead
wait $lead || true
mpicc -O2 -Wall -Wextra -Werror -o /tmp/ring ring.c
mpi ring /tmp/ring
replayed ring.arrow
