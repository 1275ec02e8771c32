#!/bin/sh
# Fuzzes every target: `run.sh short`, all at once for some seconds, or `run.sh long`, one after the other for
# FUZZ_SECONDS each (600 when not set). A finding fails the run and is told with the input that led to it.
#
# The compiler's counters and libFuzzer are all it takes, so a stable compiler will do, with the options that cargo-fuzz
# would give it. The long run also has memory errors found where there is a nightly compiler. What is built is kept
# outside the tree, and so is what a long run learns.
set -eu

cd "$(dirname "$0")"
: "${CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/passcode-agent}"
mode=${1:-long}
host=$(rustc -vV | sed -n 's/^host: //p')
counters='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing'
toolchain=
folder=$CACHE/fuzz-target
if [ "$mode" = long ] && cargo +nightly --version >/dev/null 2>&1; then
    toolchain=+nightly
    counters="$counters -Zsanitizer=address"
    folder=$CACHE/fuzz-nightly-target
fi
targets=$(sed -n '/^\[\[bin\]\]/{n;s/^name = "\(.*\)"/\1/p;}' Cargo.toml)

# A toolchain that is not named must not become an empty argument.
# shellcheck disable=SC2086
if ! RUSTFLAGS=$counters CARGO_TARGET_DIR=$folder cargo $toolchain build --release --locked --quiet --target "$host"; then
    echo "If a dependency has changed: cargo update --workspace --manifest-path tests/fuzz/Cargo.toml" >&2
    exit 1
fi
programs=$folder/$host/release
found=$CACHE/fuzz-found
mkdir -p "$found"

# fuzz TARGET SECONDS LEARNT: what it says goes to LEARNT.log.
fuzz() {
    mkdir -p "$3"
    "$programs/$1" "$3" "corpus/$1" -max_total_time="$2" -max_len=70000 -timeout=20 -print_final_stats=1 \
        -artifact_prefix="$found/$1-" >"$3.log" 2>&1
}

# inputs LOG: how many inputs a target was given.
inputs() {
    sed -n 's/^stat::number_of_executed_units: *//p' "$1"
}

fail() {
    tail -n 40 "$2" >&2
    echo "fuzzing $1 has found something; run it again with: $programs/$1 FILE" >&2
    exit 1
}

run_short() {
    learnt=$(mktemp -d)
    trap 'rm -rf "$learnt"' EXIT
    running=
    for target in $targets; do
        fuzz "$target" "${FUZZ_SECONDS:-20}" "$learnt/$target" &
        running="$running $target:$!"
    done
    failed=
    for one in $running; do
        wait "${one#*:}" || failed=${one%:*}
    done
    [ -z "$failed" ] || fail "$failed" "$learnt/$failed.log"
    logs=$learnt
}

run_long() {
    logs=$CACHE/fuzz
    for target in $targets; do
        echo "fuzzing $target for ${FUZZ_SECONDS:-600} s"
        fuzz "$target" "${FUZZ_SECONDS:-600}" "$logs/$target" || fail "$target" "$logs/$target.log"
    done
}

"run_$mode"
sum=0
for target in $targets; do
    count=$(inputs "$logs/$target.log")
    [ "${count:-0}" -gt 0 ] || fail "$target" "$logs/$target.log"
    sum=$((sum + count))
done
# shellcheck disable=SC2086
echo "fuzzed" $targets: $sum inputs, none of which broke anything
