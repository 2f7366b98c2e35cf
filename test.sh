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

counter() { # name, result file
  sed -n "s/.*<Counters [^>]*$1=\"\([0-9]*\)\".*/\1/p" "$results/$2.trx" 2>/dev/null
}

# Adds up what the test runner wrote; a run without a result file counts as one failure.
count() { # project, seconds
  local total again p f
  total=$(counter total "$1")
  if [ -z "$total" ]; then
    failed=$((failed + 1))
    printf '    %-24s no result: see artifacts/test-results/%s.log\n' "$1" "$1"
    tail -n 20 "$results/$1.log"
    return
  fi
  p=$(counter passed "$1")
  f=$((total - p))
  [ "$f" -gt 0 ] || [ "$(cat "$results/$1.rc")" = 0 ] || f=1
  if [ "$f" -gt 0 ]; then
    grep -A 25 -E '^ *(Failed|\[xUnit.*FAIL\])' "$results/$1.log" | head -n 200
    if run_again "$1"; then
      again=$(counter total "$1.again") # all of them where the first run was cut off
      p=$((again > total ? again : total)) f=0
    fi
  fi
  passed=$((passed + p)) failed=$((failed + f))
  printf '    %-24s %4d passed, %d failed, %d s\n' "$1" "$p" "$f" "$2"
}

# A test that fails once and passes at once afterwards is a fault to be found, told here by name, and no reason to stop a release.
run_again() { # project
  local names filter
  names=$(sed -n 's/.*<UnitTestResult [^>]*testName="\([A-Za-z0-9_.]*\)[^>]*outcome="Failed".*/\1/p' "$results/$1.trx" | sort -u)
  [ "$(wc -w <<<"$names")" -le 3 ] || return 1
  filter=$(sed 's/^/FullyQualifiedName=/' <<<"$names" | paste -sd '|')
  run_project "$1" "$1.again" ${names:+--filter "$filter"}
  [ "$(cat "$results/$1.again.rc")" = 0 ] && [ "$(counter passed "$1.again")" = "$(counter total "$1.again")" ] || return 1
  printf '    passed only the second time: %s\n' "${names:-all of $1}" | tr '\n' ' '
  echo
}

run_project() { # project, name of the results, options...
  local start=$SECONDS
  dotnet test "tests/$1/bin/Debug/net10.0/ModelOps.$1.dll" --logger "trx;LogFileName=$2.trx" --results-directory "$results" \
    --blame-hang-timeout 8m --blame-hang-dump-type none "${@:3}" >"$results/$2.log" 2>&1 </dev/null
  echo $? >"$results/$2.rc"
  echo $((SECONDS - start)) >"$results/$2.seconds"
}

if [ $# -gt 0 ]; then projects=("$@"); else mapfile -t projects < <(cd tests && ls -d -- *.Tests); fi

step "prerequisites"
eng/install-prerequisites.sh --tests || { failed=1; finish; }

check "build" dotnet build ModelOps.Aspire.sln --nologo -v minimal || finish
[ $# -gt 0 ] || check "format" dotnet format ModelOps.Aspire.sln --verify-no-changes --no-restore --exclude compat/OnnxRuntime/node_modules/

step "tests (${#projects[@]} projects, one after the other: they start servers and measure time-outs)"
for project in "${projects[@]}"; do
  run_project "$project" "$project"
  count "$project" "$(cat "$results/$project.seconds")"
done

finish
