#!/usr/bin/env bash
# Runs every test of the project, servers included, and ends with a line "N passed, N failed".
# usage: ./test.sh [PROJECT ...]     for example ./test.sh Registry.Tests
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$PWD/artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0

step() { printf '==> %s\n' "$*"; }

finish() {
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# A step that is no test project counts as one test.
check() { # label, command...
  local label=$1 log
  shift
  log=$results/$(printf '%s' "$label" | tr -c 'a-z0-9\n' '-').log
  step "$label"
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    tail -n 40 "$log"
    printf '    failed; the whole output is in %s\n' "${log#"$PWD"/}"
    return 1
  fi
}

# Adds up what the test runner wrote; a run without a result file counts as one failure.
count() { # project, seconds
  local counters p f
  counters=$(grep -o '<Counters [^>]*' "$results/$1.trx" 2>/dev/null)
  if [ -z "$counters" ]; then
    failed=$((failed + 1))
    printf '    %-24s no result: see artifacts/test-results/%s.log\n' "$1" "$1"
    tail -n 20 "$results/$1.log"
    return
  fi
  p=$(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")
  f=$(($(sed 's/.* total="\([0-9]*\)".*/\1/' <<<"$counters") - p))
  passed=$((passed + p)) failed=$((failed + f))
  printf '    %-24s %4d passed, %d failed, %d s\n' "$1" "$p" "$f" "$2"
  if [ "$f" -gt 0 ] || [ "$(cat "$results/$1.rc")" != 0 ]; then
    [ "$f" -gt 0 ] || failed=$((failed + 1))
    grep -A 25 -E '^ *(Failed|\[xUnit.*FAIL\])' "$results/$1.log" | head -n 200
  fi
}

run_project() { # project
  local start=$SECONDS
  dotnet test "tests/$1/bin/Debug/net10.0/ModelOps.$1.dll" --logger "trx;LogFileName=$1.trx" --results-directory "$results" \
    --blame-hang-timeout 8m --blame-hang-dump-type none >"$results/$1.log" 2>&1 </dev/null
  echo $? >"$results/$1.rc"
  echo $((SECONDS - start)) >"$results/$1.seconds"
}

if [ $# -gt 0 ]; then projects=("$@"); else mapfile -t projects < <(cd tests && ls -d -- *.Tests); fi

step "prerequisites"
eng/install-prerequisites.sh --tests || { failed=1; finish; }

check "build" dotnet build ModelOps.Aspire.sln --nologo -v minimal || finish
[ $# -gt 0 ] || check "format" dotnet format ModelOps.Aspire.sln --verify-no-changes --no-restore --exclude compat/OnnxRuntime/node_modules/

step "tests (${#projects[@]} projects, one after the other: they start servers and measure time-outs)"
for project in "${projects[@]}"; do
  run_project "$project"
  count "$project" "$(cat "$results/$project.seconds")"
done

finish
