#!/bin/sh
# Holds the description of the API to its own rules, and the service to the description: openapi-spec-validator reads it,
# schemathesis makes up calls from it, and every answer of the service's own tests is compared with it.
#
#   CACHE=DIR tests/pairing-service/conformance.sh
#
# EXAMPLES is how many calls are made up of each kind, SECONDS_AT_MOST how long that may take. Tools are kept in $CACHE.
set -eu
umask 077
cd "$(dirname "$0")/../.."
here=tests/pairing-service
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/passcode-agent}

# The versions in the folder's name make it anew when they change.
venv=$cache/venv-openapi-$(cksum <$here/requirements.txt | cut -d ' ' -f 1)
if [ ! -e "$venv/ready" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement $here/requirements.txt
    touch "$venv/ready"
fi

"$venv/bin/openapi-spec-validator" docs/pairing-api.yaml

cargo build --locked --quiet -p passcode-pairing-service
program=${CARGO_TARGET_DIR:-target}/debug/pairing-service

work=$(mktemp -d)
service=''
end() {
    [ -z "$service" ] || kill "$service" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for user in one two; do
    od -An -N 16 -tx1 /dev/urandom | tr -d ' \n' >"$work/$user"
    printf '%s:%s\n' $user "$(cat "$work/$user")" >>"$work/passwords"
done
"$program" --data "$work/data" --listen 127.0.0.1:0 --passwords "$work/passwords" --lenient >"$work/out" &
service=$!
tries=0
until grep -q '^ready$' "$work/out"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$service"; then echo "the service does not start" >&2; exit 1; fi
    sleep 0.1
done
PAIRING_ORIGIN=$(sed -n 's/^origin: //p' "$work/out")
PAIRING_CA=$work/data/ca.pem
PAIRING_KEYS=$(for user in one two; do
    $here/browser.sh --origin "$PAIRING_ORIGIN" --ca "$PAIRING_CA" --user $user start-pairing <"$work/$user" |
        sed -n 's/^pairing key: //p'
done)
export PAIRING_ORIGIN PAIRING_CA PAIRING_KEYS

(
    # Schemathesis keeps its findings where it stands.
    root=$PWD
    cd "$work"
    PYTHONPATH=$root/$here SCHEMATHESIS_HOOKS=conformance_hooks "$venv/bin/schemathesis" \
        --config-file "$root/$here/schemathesis.toml" run \
        "$root/docs/pairing-api.yaml" --url "$PAIRING_ORIGIN" --tls-verify "$PAIRING_CA" \
        --checks all --max-examples "${EXAMPLES:-100}" --max-time "${SECONDS_AT_MOST:-30}" --seed 1 \
        --continue-on-failure --request-retries 2 --warnings off --no-color
)

PAIRING_RECORD=$work/answers cargo test --locked --quiet -p passcode-pairing-service --test service -- \
    exchange signed limits transport >"$work/tests" || { cat "$work/tests"; exit 1; }
"$venv/bin/python" $here/conformance_answers.py docs/pairing-api.yaml "$work/answers"
