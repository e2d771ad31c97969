# SPDX-License-Identifier: MIT
# Sourced by apps/run.sh and tests/run.sh: installs what is missing and builds. Needs neither root nor a network
# when nothing is missing.

root=$(cd "$(dirname "$0")/.." && pwd)
packages_to_build="g++ cmake make pkg-config libasio-dev libcxxopts-dev libedit-dev libpcap-dev nlohmann-json3-dev
  libenet-dev libsrt-openssl-dev libncurses-dev prometheus-cpp-dev libspdlog-dev libutf8proc-dev"
# What the report of udp_compare draws its plots with.
packages_to_run="gnuplot-nox"

say() { printf '%s\n' "$*" >&2; }

# install_missing PACKAGE...: by apt-get, as root or through sudo; elsewhere it names them and goes on.
install_missing() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "not a Debian system; needed are what Debian calls: $*"
    return 0
  fi
  missing=
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing:$missing"
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { say "not root and no sudo; please install:$missing"; exit 77; }
    as_root=sudo
  fi
  # shellcheck disable=SC2086 # words on purpose
  { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends $missing; } </dev/null >&2 || {
    say "apt-get could not install:$missing"
    exit 77
  }
}

# build FOLDER TARGET [CMAKE-OPTION...]
build() {
  folder=$1
  target=$2
  shift 2
  jobs=$(nproc 2>/dev/null || echo 2)
  { cmake -S "$root" -B "$folder" "$@" && cmake --build "$folder" -j "$jobs" --target "$target"; } </dev/null >&2 || {
    say "the build failed; what went wrong is above"
    exit 1
  }
}
