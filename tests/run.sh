#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and runs every test. Arguments go to ctest.
set -eu
. "$(dirname "$0")/../apps/setup.sh"

# shellcheck disable=SC2086 # words on purpose
install_missing $packages_to_build $packages_to_run catch2 python3 python3-prometheus-client netcat-openbsd socat tmux \
  iproute2 iputils-ping iperf3 curl
build "$root/build/test" all -DCMAKE_BUILD_TYPE=Release -DDGRAM_BUILD_TESTS=ON
exec ctest --test-dir "$root/build/test" --output-on-failure -j "$(nproc 2>/dev/null || echo 2)" "$@" </dev/null
