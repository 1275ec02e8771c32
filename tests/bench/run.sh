#!/bin/sh
# Builds what is measured for release and prints the figures of docs/performance.md. Arguments name chapters.
# As root it runs at real-time priority, since other programs' load would otherwise decide the figures.
set -eu

cd "$(dirname "$0")/../.."
cargo build --quiet --release --locked -p passcode-daemon -p passcode-cli -p passcode-bench
release=${CARGO_TARGET_DIR:-target}/release
priority=
if chrt -r 1 true 2>/dev/null; then
    priority='chrt -r 1'
else
    echo "Without the right to real-time priority: figures move with the load of the machine."
fi
# Word splitting is wanted: the command and its arguments.
# shellcheck disable=SC2086
exec $priority "$release/passcode-bench" "$release/passcoded" "$release/passcode" "$@"
