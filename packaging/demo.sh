#!/bin/sh
# Shows the main job with an agent of its own, in a folder of its own: nothing of the user's is read or changed.
# Without a terminal the agent is stopped at the end and its folder removed.
set -eu

bin=$(cd "$(dirname "$0")/../bin" && pwd)
PATH=$bin:$PATH
PASSCODE_HOME=$(mktemp -d "${TMPDIR:-/tmp}/passcode-demo.XXXXXX")
export PASSCODE_HOME
unset PASSCODE_SOCKET

finish() {
    passcode agent stop >/dev/null 2>&1 || true
    rm -rf "$PASSCODE_HOME"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

say "1. A private agent in $PASSCODE_HOME, its key in a file beside the vault"
echo 'keystore = "file"' | tee "$PASSCODE_HOME/config.toml"

say "2. A service shows a key, usually as a QR code"
secret=$(head -c 20 /dev/urandom | base32)
key="otpauth://totp/Example:alice@example.org?secret=$secret&issuer=Example&algorithm=SHA1&digits=6&period=30"
echo "$key"

say "3. passcode pair - --name work      (the agent is started; the first code completes the pairing)"
printf %s "$key" | passcode pair - --name work

say "4. passcode list"
passcode list

say "5. A second profile, counter-based: the test key of RFC 4226"
printf %s 'otpauth://hotp/RFC%204226:test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0' |
    passcode pair - --name rfc4226
passcode get rfc4226

say "6. passcode status"
passcode status

if [ -t 1 ]; then
    trap - EXIT
    say "This agent goes on; look at it, and end it, with:"
    echo "export PASSCODE_HOME=$PASSCODE_HOME PATH=$bin:\$PATH; passcode watch; passcode agent stop"
fi

say "7. passcode get work"
# The code and the moment belong together: should the step end between the two, take both again.
while :; do
    at=$(date +%s)
    code=$(passcode get work)
    [ $((at / 30)) = $(($(date +%s) / 30)) ] && break
done
echo "key: $key"
echo "code: $code"
echo "at: $at"
echo "Your own agent: put keystore = \"file\" into ~/.config/passcode/config.toml, then run $bin/passcode pair"
