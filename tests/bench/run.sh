#!/bin/sh
# Prints how quick the agent and the command line are beside their references, and on what machine.
# Usage: tests/bench/run.sh [CHAPTER]...        all chapters without arguments; src/rows/mod.rs names them
#   PROFILE=dist    measure what packages are built with, instead of `release`
#   TMPDIR=DIR      the file system that is written to
# Three minutes, two processors at the most, no network. A missed goal is printed and is no failure.
set -eu
cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}

cargo build --quiet --locked --profile "$profile" -p passcode-daemon -p passcode-cli
cargo build --quiet --locked --release -p passcode-bench
built=${CARGO_TARGET_DIR:-target}

# Programs that must not wait behind the rest of the machine; needs the right to say so.
if chrt -r 1 true 2>/dev/null; then
    first='chrt -r 1'
    scheduling='in front of other programs (SCHED_RR)'
else
    first=
    scheduling='among all other programs (no right to use SCHED_RR): only ratios of the same row mean something'
fi

version_of() {
    command -v "$1" >/dev/null || { echo "$1 is not installed"; return; }
    "$@" 2>&1 | head -n 1
}

cat <<END
machine:    $(uname -srm), $(nproc) processors, $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
load:       $(cut -d' ' -f1-3 /proc/loadavg) before the run
files:      $(stat -f -c %T "${TMPDIR:-/tmp}")
scheduling: $scheduling
profile:    $profile
references: $(version_of ssh -V); $(version_of oathtool --version)

END
# Word splitting is wanted: the command and its options.
# shellcheck disable=SC2086
$first "$built/release/passcode-bench" "$built/$profile/passcoded" "$built/$profile/passcode" "$@"
echo
echo "load:       $(cut -d' ' -f1-3 /proc/loadavg) after the run"
