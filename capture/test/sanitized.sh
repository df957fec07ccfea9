#!/bin/sh
# sanitized.sh FOLDER asan|tsan: runs the test programs under a recorder that was built with a sanitizer.
set -e
cd "$1"
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
case $2 in
  asan) runtime=libasan.so ;;
  tsan) runtime=libtsan.so ;;
esac
# The sanitizer's library must come before the recorder's.
LD_PRELOAD="$(${CC:-cc} -print-file-name=$runtime) ./libverbscope-capture.so"
# Leaks are of the stub and of the test programs that end in the middle of things.
ASAN_OPTIONS=detect_leaks=0
export VERBSCOPE_CAPTURE_FILE="$files/%p.vcap" VERBSCOPE_CAPTURE_QUIET=1 ASAN_OPTIONS
run() { # expected exit code, program, arguments...
  code=0
  expected=$1
  shift
  env LD_PRELOAD="$LD_PRELOAD" "$@" > /dev/null || code=$?
  [ "$code" -eq "$expected" ] || { echo "$* under $runtime ended with $code, not $expected"; exit 1; }
}
run 3 ./script
run 0 ./cm
run 0 ./load 4 20000
run 5 ./leave _exit
# ThreadSanitizer knows no threads in the child of a fork, where the recorder starts its own.
[ "$2" = tsan ] || run 0 ./leave fork
run 0 ./leave exec
VERBSCOPE_CAPTURE_RING=256 VERBSCOPE_CAPTURE_WAIT_MS=0 run 0 ./load 4 20000
echo "clean under $runtime: $(ls "$files" | wc -l) recordings"
