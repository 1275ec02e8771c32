#!/bin/sh
# Builds what is measured and prints the figures of docs/performance.md. Arguments name chapters; PROFILE=dist builds
# as packages are built. As root it runs at real-time priority, since other programs' load decides the figures
# otherwise.
set -eu

cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}
cargo build --quiet --profile "$profile" --locked -p passcode-daemon -p passcode-cli -p passcode-bench
built=${CARGO_TARGET_DIR:-target}/$profile
priority=
if chrt -r 1 true 2>/dev/null; then
    priority='chrt -r 1'
    scheduling='real-time priority'
else
    scheduling='no right to real-time priority: figures move with the load of the machine'
fi
printf '%s, %s processors, load %s, profile %s, %s\n\n' \
    "$(uname -sr)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)" "$profile" "$scheduling"
# Word splitting is wanted: the command and its arguments.
# shellcheck disable=SC2086
exec $priority "$built/passcode-bench" "$built/passcoded" "$built/passcode" "$@"
