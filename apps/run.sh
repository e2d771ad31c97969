#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything from a bare system to a chat: installs what is missing, builds, and shows a server and a client
# exchange messages over UDP and over TCP. On a terminal it leaves you chatting.
set -eu
. "$(dirname "$0")/setup.sh"

# shellcheck disable=SC2086 # words on purpose
install_missing $packages_to_build $packages_to_run
build "$root/build/run" all -DCMAKE_BUILD_TYPE=Release -DDGRAM_BUILD_TESTS=OFF
bin=$root/build/run/bin

scratch=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || :
  [ -z "$server" ] || wait "$server" 2>/dev/null || :
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$bin/udp_server" --both --port 0 --port-file "$scratch/port" >"$scratch/server.out" 2>"$scratch/server.err" &
server=$!
tries=0
while [ ! -s "$scratch/port" ]; do
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -ge 100 ]; then
    say "the server did not start:"
    cat "$scratch/server.err" >&2
    exit 1
  fi
  tries=$((tries + 1))
  sleep 0.1
done
port=$(head -n 1 "$scratch/port")

status=0
for transport in "" --tcp; do
  printf '\n$ udp_client 127.0.0.1 %s %s -m "hello" -m "你好"\n' "$port" "$transport"
  # shellcheck disable=SC2086 # no word when empty
  "$bin/udp_client" 127.0.0.1 "$port" $transport -m "hello" -m "你好" </dev/null || status=$?
done
printf '\nwhat the server saw:\n'
cat "$scratch/server.out"
[ "$status" -eq 0 ] || exit "$status"

if [ -t 0 ] && [ -t 1 ]; then
  printf '\nYour turn: type a line, Ctrl-D leaves.\n'
  "$bin/udp_client" 127.0.0.1 "$port"
fi
