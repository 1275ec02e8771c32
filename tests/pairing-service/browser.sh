#!/bin/sh
# Walks the pages of the pairing service as a browser does: with cookies, redirects and the marks of forms. Passwords and
# passcodes come on standard input and go to curl by pipes, so no list of processes shows them.
set -eu
umask 077

usage() {
    cat <<'END'
usage: browser.sh --origin URL --ca FILE [--user NAME] [--jar FILE] COMMAND

  start-pairing   in: the password, and on the next line a passcode when the account has a device
                  already. Signs on, walks to Desktop Setup, and says
                  "pairing key: 123456789012" and "pairing link: passcode://…"
  finish          in: the device's first passcode. Says "paired: yes" or "paired: no"
  sign-on         in: the password, then a passcode on the next line. Says "signed on: yes"
                  or "signed on: no"

The jar keeps the cookies from start-pairing to finish. After "no" stands "error: …", and the
exit status is 1.
END
}

origin='' ca='' user='alice@example.org' jar='' page=''
while [ $# -gt 1 ]; do
    case $1 in
        --origin) origin=$2 ;;
        --ca) ca=$2 ;;
        --user) user=$2 ;;
        --jar) jar=$2 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift 2
done
command=${1:-}
if [ "$command" = --help ]; then usage; exit; fi
if [ -z "$origin" ] || [ -z "$ca" ]; then usage >&2; exit 2; fi
if [ -z "$jar" ]; then
    jar=$(mktemp)
    trap 'rm -f "$jar"' EXIT
fi

# Fetches a page, and follows redirects as browsers do. What is sent comes on standard input.
fetch() {
    page=$(curl --silent --show-error --location --max-time 30 --cacert "$ca" \
        --cookie "$jar" --cookie-jar "$jar" "$@") || { echo "error: the service does not answer" >&2; exit 1; }
}

open_page() { fetch "$origin$1"; }

# Sends a form of the present page; fields are NAME VALUE pairs.
submit() {
    path=$1
    shift
    body="form=$(printf %s "$page" | sed -n 's/.*name="form" value="\([^"]*\)".*/\1/p' | head -n 1)"
    while [ $# -gt 0 ]; do
        body="$body&$1=$(printf %s "$2" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')"
        shift 2
    done
    # The body is given by a here-document: a pipe would set the page in a shell of its own.
    fetch --data @- "$origin$path" <<END
$body
END
}

# What is between two texts on the present page, without marks.
between() { printf %s "$page" | tr '\n' ' ' | sed -n "s#.*$1##p" | sed "s#$2.*##; s/<[^>]*>//g; s/&amp;/\&/g"; }

heading() { between '<h1>' '</h1>'; }
error() { between 'role="alert">' '</div>.*##; s#</p>' | sed 's/^Please check: //'; }
is_signed_on() { case $page in *'data-signed-on="yes"'*) true ;; *) false ;; esac; }

# One line of standard input, read sign by sign so that the next one can be read later.
line() { IFS= read -r line || [ -n "$line" ] || { echo "error: a line of input is missing" >&2; exit 2; }; }

refuse() {
    echo "$1: no"
    echo "error: $(error | grep . || heading)"
    exit 1
}

enter_password() {
    line
    rm -f "$jar"
    open_page /sign-on
    submit /sign-on name "$user" password "$line"
}

enter_code() {
    line
    submit /authentication code "$line"
    is_signed_on || refuse "$1"
}

start_pairing() {
    enter_password
    case $(heading) in
        'Sign on') refuse 'pairing' ;;
        Authentication) enter_code 'pairing' ;;
    esac
    open_page /register
    [ "$(heading)" = 'Register a device' ] || refuse 'pairing'
    submit /register/start
    open_page /register/desktop
    [ "$(heading)" = 'Desktop Setup' ] || refuse 'pairing'
    echo "pairing key: $(between 'data-key="' '"')"
    echo "pairing link: $(between 'id="pairing-link" href="' '"')"
}

finish() {
    line
    open_page /register/desktop
    submit /register/desktop code "$line"
    [ "$(heading)" = 'Your device is paired' ] || refuse 'paired'
    echo "paired: yes"
}

sign_on() {
    enter_password
    if ! is_signed_on; then
        [ "$(heading)" = Authentication ] || refuse 'signed on'
        enter_code 'signed on'
    fi
    open_page /
    is_signed_on || refuse 'signed on'
    echo "signed on: yes"
}

case $command in
    start-pairing) start_pairing ;;
    finish) finish ;;
    sign-on) sign_on ;;
    *) usage >&2; exit 2 ;;
esac
