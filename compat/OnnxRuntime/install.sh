#!/bin/sh
# Installs the npm packages of package-lock.json beside this file, once: `install.sh cpu|gpu STAMP`.
# The stamp is a copy of the lock file that was installed; when it still matches there is nothing to do.
set -eu

flavor=$1
stamp=$2
cd "$(dirname "$0")"

for tool in npm flock; do
    command -v "$tool" >/dev/null || {
        echo "error ONNX Runtime comes as an npm package: install $tool (Debian: nodejs npm util-linux), then build again" >&2
        exit 1
    }
done

mkdir -p obj
exec 9>obj/install.lock
flock 9

if cmp -s package-lock.json "$stamp"; then
    touch "$stamp"
    exit 0
fi

omit=--omit=optional
[ "$flavor" = gpu ] && omit=--include=optional
echo "Installing ONNX Runtime ($flavor) with npm"
npm ci "$omit" --ignore-scripts --no-audit --no-fund --loglevel=error

cp package-lock.json node_modules/.installed-cpu
cp package-lock.json "$stamp"
