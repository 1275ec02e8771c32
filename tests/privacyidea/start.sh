#!/bin/sh
# A throw-away privacyIDEA for the tests, on this computer alone.
# Usage: start.sh install            installs it once, outside the tree
#        start.sh run FOLDER PORT    makes a new server in FOLDER and serves until standard input ends
# The server's authority is FOLDER/ca.pem, the administrator's password is in FOLDER/password, its users are
# user0 to user39 of the realm "tests", whose passwords are their names with "-password" behind.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/passcode-agent}
PYTHON=$(python3 -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
SUM=$(sha256sum <"$HERE/requirements.txt" | cut -c 1-12)
PLACE=$CACHE/privacyidea-3.14-$SUM-python-$PYTHON

# Whatever is left of an installation that was cut short is made anew.
install() {
    [ ! -e "$PLACE/done" ] || return 0
    mkdir -p "$PLACE"
    exec 9>"$PLACE/lock"
    flock 9
    [ ! -e "$PLACE/done" ] || return 0
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        echo "Please install: python3-venv (for example: sudo apt-get install python3-venv)" >&2
        exit 1
    fi
    echo "installing privacyIDEA 3.14 once ..." >&2
    rm -rf "$PLACE/venv"
    python3 -m venv "$PLACE/venv"
    "$PLACE/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
        -r "$HERE/requirements.txt" >&2
    touch "$PLACE/done"
    exec 9>&-
}

random() {
    head -c 32 /dev/urandom | sha256sum | cut -c 1-40
}

configure() {
    cat >pi.cfg <<END
import os
HERE = os.path.abspath(os.path.dirname(__file__))
PI_ENCFILE = os.path.join(HERE, 'encKey')
PI_AUDIT_KEY_PRIVATE = os.path.join(HERE, 'private.pem')
PI_AUDIT_KEY_PUBLIC = os.path.join(HERE, 'public.pem')
PI_LOGFILE = os.path.join(HERE, 'privacyidea.log')
PI_NO_RESPONSE_SIGN = True
PI_AUDIT_NO_SIGN = True
SQLALCHEMY_DATABASE_URI = 'sqlite:///' + os.path.join(HERE, 'pi.sqlite')
SUPERUSER_REALM = ['super']
SECRET_KEY = '$(random)'
PI_PEPPER = '$(random)'
END
    random >password
    pi-manage setup create_enckey
    pi-manage setup create_audit_keys
    pi-manage setup create_tables
    pi-manage admin add admin -p "$(cat password)"
}

certify() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=tests" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout server.key -out server.csr
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >leaf
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf -out server.pem
}

# In the form of /etc/passwd, which the server reads as a store of users.
populate() {
    for number in $(seq 0 39); do
        name=user$number
        hash=$(openssl passwd -6 "$name-password")
        echo "$name:$hash:$((2000 + number)):2000:$name:/nonexistent:/bin/false"
    done >users
}

# The server ends with this shell, and the shell with its standard input.
serve() {
    setpriv --pdeathsig KILL pi-manage run --host 127.0.0.1 --port "$1" --cert server.pem --key server.key \
        </dev/null &
    server=$!
    echo "$server" >privacyidea.pid
    trap 'kill -9 $server' EXIT
    cat >/dev/null
}

case ${1:-} in
install) install ;;
run)
    install
    cd "$2"
    umask 077
    export PRIVACYIDEA_CONFIGFILE="$2/pi.cfg" PATH="$PLACE/venv/bin:$PATH"
    (configure; certify; populate) >setup.log 2>&1
    exec >server.log 2>&1
    serve "$3"
    ;;
*)
    sed -n 's/^# //p' "$0" | head -n 4
    exit 2
    ;;
esac
