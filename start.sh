#!/usr/bin/env bash
# Builds and starts the whole application, runs the main job on it (the whole loop, from features to
# retraining on drift) and leaves it up.
# usage: ./start.sh [--once] [--report FILE]
#   --once         stop everything after the main job; exit 0 only if every step held
#   --report FILE  write the main job's steps and their evidence as JSON
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
once=false report=
while [ $# -gt 0 ]; do
  case $1 in
    --once) once=true ;;
    --report) [ $# -gt 1 ] || { echo "start.sh: --report needs a file name" >&2; exit 2; }; report=$2; shift ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "start.sh: unknown option $1; see ./start.sh --help" >&2; exit 2 ;;
  esac
  shift
done

state=$PWD/.modelops
log=$state/apphost.log
apphost=

step() { printf '==> %s\n' "$*"; }

# On a terminal the SDK shows its own progress; elsewhere only what went wrong is worth a line.
build() { # project
  local output
  if [ -t 1 ]; then
    dotnet build "$1" -c Release -v minimal
  else
    output=$(dotnet build "$1" -c Release -v quiet 2>&1) || { printf '%s\n' "$output"; return 1; }
  fi
}

stop() {
  [ -n "$apphost" ] || return 0
  kill -TERM "$apphost" 2>/dev/null && step "stopping"
  wait "$apphost" 2>/dev/null
  apphost=
}
trap stop EXIT
trap 'exit 130' INT TERM

step "prerequisites"
eng/install-prerequisites.sh || exit 1

step "build"
build AppHost && build samples/fraud || exit 1

step "start PostgreSQL, Redis, RabbitMQ and six services (log: .modelops/apphost.log)"
mkdir -p "$state"
rm -f "$state/dashboard.url"
dotnet run -c Release --project AppHost --no-build >"$log" 2>&1 &
apphost=$!

step "main job"
job=(dotnet samples/fraud/bin/Release/net10.0/ModelOps.Samples.Fraud.dll --sample samples/fraud --secrets "$state/secrets.json" --wait-for "$apphost")
[ -z "$report" ] || job+=(--report "$report")
"${job[@]}"
result=$?
if [ $result -ne 0 ]; then
  echo "    last lines of .modelops/apphost.log:"
  tail -n 15 "$log" | sed 's/^/    /'
fi

if $once; then
  stop
  exit $result
fi

if ! kill -0 "$apphost" 2>/dev/null; then
  exit 1
fi
cat <<TEXT

  REST        http://127.0.0.1:8080    (curl -H "X-API-Key: \$KEY" http://127.0.0.1:8080/api/v1/models)
  gRPC        http://127.0.0.1:8081
  resources   $(cat "$state/dashboard.url" 2>/dev/null)
  admin key   .modelops/secrets.json, "Parameters:admin-key"
  logs        .modelops/logs/

Press Ctrl+C to stop everything.
TEXT
wait "$apphost"
