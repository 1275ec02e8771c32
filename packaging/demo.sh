#!/bin/sh
# Shows the main job with an agent of its own, in a folder of its own: nothing of the user's is read or changed.
# Without a terminal the agent is stopped at the end and its folder removed.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
bin=$project/bin
PATH=$bin:$PATH
PASSCODE_HOME=$(mktemp -d "${TMPDIR:-/tmp}/passcode-demo.XXXXXX")
export PASSCODE_HOME
unset PASSCODE_SOCKET

service=
finish() {
    stop_service
    passcode agent stop >/dev/null 2>&1 || true
    rm -rf "$PASSCODE_HOME"
}

stop_service() {
    [ -z "$service" ] || { kill "$service" && wait "$service" || true; } 2>/dev/null
    service=
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

# The value behind `NAME: ` in what the service has said.
said() { sed -n "s/^$1: //p" "$PASSCODE_HOME/service.out" | head -n 1; }

start_service() {
    "$PAIRING_SERVICE" --data "$PASSCODE_HOME/service" --listen 127.0.0.1:0 --demo >"$PASSCODE_HOME/service.out" &
    service=$!
    for _ in $(seq 100); do
        grep -qx ready "$PASSCODE_HOME/service.out" && return
        kill -0 "$service" 2>/dev/null || break
        sleep 0.1
    done
    echo "the pairing service does not start" >&2
    exit 1
}

# Does what a person does in the browser. Passwords and codes go in by standard input.
browser() {
    "$project/tests/pairing-service/browser.sh" --origin "$(said origin)" --ca "$(said ca)" \
        --user "$(said user)" --jar "$PASSCODE_HOME/cookies" "$@"
}

say "1. A private agent in $PASSCODE_HOME, its key in a file beside the vault; an organisation's service beside it"
start_service
cat >"$PASSCODE_HOME/config.toml" <<END
keystore = "file"
service = "$(said origin)"
ca = "$(said ca)"
END
cat "$PASSCODE_HOME/config.toml"

say "2. Sign on at $(said origin): registration, Start, Add a New Device, Desktop, Desktop Setup"
said password | browser start-pairing | tee "$PASSCODE_HOME/page"
digits=$(sed -n 's/^pairing key: //p' "$PASSCODE_HOME/page")

say "3. passcode pair - --name office      (the agent is started; it exchanges the key for a sealed secret)"
first=$(echo "$digits" | passcode pair - --name office)
echo "$first"

say "4. Type the first code into the page, which completes the pairing"
echo "$first" | browser finish

say "5. Later: sign on with the password and passcode get office"
{ said password; passcode get office; } | browser sign-on

say "6. Another service shows a key, usually as a QR code"
secret=$(head -c 20 /dev/urandom | base32)
key="otpauth://totp/Example:alice@example.org?secret=$secret&issuer=Example&algorithm=SHA1&digits=6&period=30"
echo "$key"

say "7. passcode pair - --name work      (the first code completes the pairing)"
printf %s "$key" | passcode pair - --name work

say "8. passcode list"
passcode list

say "9. A profile that is counter-based: the test key of RFC 4226"
printf %s 'otpauth://hotp/RFC%204226:test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0' |
    passcode pair - --name rfc4226
passcode get rfc4226

say "10. passcode status"
passcode status

stop_service

# The tray of this agent; on a terminal it stays as the agent does, else it is ended when it is seen to be there.
show_tray() {
    if [ -z "${DBUS_SESSION_BUS_ADDRESS:-}" ] && [ ! -S "${XDG_RUNTIME_DIR:-/nowhere}/bus" ]; then
        echo "There is a display, and no session bus for the tray."
        return
    fi
    passcode-tray &
    tray=$!
    for _ in $(seq 100); do
        passcode status --json | grep -q '"prompter":"' && break
        kill -0 "$tray" 2>/dev/null || break
        sleep 0.1
    done
    passcode status --json | grep -q '"prompter":"' && echo "tray: running"
    [ -t 1 ] || { kill "$tray" && wait "$tray"; } 2>/dev/null || true
}

if [ -n "${WAYLAND_DISPLAY:-}${DISPLAY:-}" ]; then
    say "The tray: passcode-tray      (its window, its icon in the panel)"
    show_tray
fi

if [ -t 1 ]; then
    trap - EXIT
    say "This agent goes on; look at it, and end it, with:"
    echo "export PASSCODE_HOME=$PASSCODE_HOME PATH=$bin:\$PATH; passcode watch; passcode agent stop"
fi

say "11. passcode get work"
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
