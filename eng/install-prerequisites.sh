#!/usr/bin/env bash
# Sees to it that this machine has what the project needs: checks the .NET SDK and Node.js, and installs the Debian
# packages that are missing (as root; otherwise it prints the command to run). When nothing is missing it says nothing,
# changes nothing and needs no network.
# usage: eng/install-prerequisites.sh [--tests] [PACKAGE ...]
#   --tests   also what only the tests need
#   PACKAGE   these Debian packages instead of the usual ones
set -uo pipefail
cd "$(dirname "$0")/.."

run_packages=(postgresql redis-server rabbitmq-server)
test_packages=(python3-grpcio chromium prometheus)

tests=false packages=()
for argument in "$@"; do
  case $argument in
    --tests) tests=true ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "install-prerequisites.sh: unknown option $argument; see --help" >&2; exit 2 ;;
    *) packages+=("$argument") ;;
  esac
done
if [ ${#packages[@]} -eq 0 ]; then
  packages=("${run_packages[@]}")
  if $tests; then packages+=("${test_packages[@]}"); fi
fi

fail() { printf '    %s\n' "$*" >&2; exit 1; }
say() { printf '    %s\n' "$*"; }

# major COMMAND ARGUMENT...: the first number of the highest version that the command prints
major() { "$@" 2>/dev/null | sed -n 's/^v\{0,1\}\([0-9][0-9]*\)\..*/\1/p' | sort -n | tail -n 1; }

need_sdk() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' ||
    fail "the .NET SDK 10 is missing (found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ')): install it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

need_node() {
  command -v node >/dev/null || fail "Node.js 20 or later is missing: install it from https://nodejs.org/en/download"
  command -v npm >/dev/null || fail "npm is missing: it comes with Node.js, https://nodejs.org/en/download"
  local version
  version=$(major node --version)
  [ "${version:-0}" -ge 20 ] || fail "Node.js 20 or later is needed (found: $(node --version)): install it from https://nodejs.org/en/download"
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Debian starts a server as soon as it is installed. Ours are started by the application, with ports and data of their
# own, so while the packages are installed a policy forbids starting services; the machine's own policy comes back after.
policy=/usr/sbin/policy-rc.d
kept=
forbid_services() {
  if [ -e "$policy" ] || [ -L "$policy" ]; then
    kept=$(mktemp "$policy.XXXXXX") && mv -f "$policy" "$kept" || return 1
  fi
  trap 'allow_services' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
}
allow_services() {
  rm -f "$policy"
  [ -z "$kept" ] || mv -f "$kept" "$policy"
  kept=
  trap - EXIT
}

install_packages() {
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  say "apt-get update"
  if ! apt-get update -q >"$log" 2>&1; then
    # An unreachable extra repository does not matter as long as the packages can be had.
    say "apt-get update reported: $(grep -E '^(E|W):' "$log" | head -n 1)"
  fi
  say "apt-get install ${missing[*]}"
  forbid_services || fail "$policy cannot be replaced for the time of the installation"
  if ! apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${missing[@]}" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install: ${missing[*]} (the whole output is in $log)"
  fi
  allow_services
  rm -f "$log"
}

need_sdk
need_node

if ! command -v dpkg-query >/dev/null; then
  say "this machine has no Debian packages; see to it that these are installed: ${packages[*]}"
  exit 0
fi
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  say "packages are missing; run this command and then start again:" >&2
  say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
install_packages
