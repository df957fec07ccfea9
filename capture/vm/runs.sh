# What is recorded in the machine: a program of libibverbs' own, and one of perftest.
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

uname -sr
two_sides pingpong -d -g ibv_rc_pingpong -n 100 -s 4096
replayed pingpong.arrow
two_sides write -d -x ib_write_bw -s 65536 -n 200 -F
replayed write.arrow
