#!/bin/sh
# Runs every fuzz target for FUZZ_SECONDS (600 when not set). What they learn is kept outside the tree; a finding ends
# the run and is told with the input that led to it.
set -eu

cd "$(dirname "$0")"
PATH=$CACHE/tools/bin:$PATH
seconds=${FUZZ_SECONDS:-600}
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "Fuzzing needs a nightly compiler: rustup toolchain install nightly" >&2
    exit 1
fi
for target in $(cargo fuzz list --fuzz-dir .); do
    learnt=$CACHE/fuzz/$target
    mkdir -p "$learnt"
    echo "fuzzing $target for $seconds s"
    CARGO_TARGET_DIR=$CACHE/fuzz-target cargo +nightly fuzz run --fuzz-dir . "$target" "$learnt" "corpus/$target" -- \
        -max_total_time="$seconds" -max_len=70000 -artifact_prefix="$learnt-"
done
