#!/bin/sh
# FreeRDP 3, which asks for passwords by a program (FREERDP_ASKPASS); Debian 12 has it in its backports alone.
# Usage: freerdp3.sh install    installs it: as a package where the system has one, else unpacked once, outside the tree
#        freerdp3.sh path       says where xfreerdp3 is, and installs it if need be
# The mirror is the one that this computer's own sources name.
set -eu

CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/passcode-agent}
PLACE=$CACHE/freerdp3
PACKAGES='freerdp3-x11 libfreerdp3-3 libfreerdp-client3-3 libwinpr3-3'
# What these need and Debian itself has.
LIBRARIES='liburiparser1 libcjson1'

fail() {
    echo "$*" >&2
    exit 1
}

codename() {
    (. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# The address of the mirror from which packages of this system's main part come.
mirror() {
    apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(CREATED_BY)' |
        awk -v name="$(codename)" '$2 == name && $3 == "main" && $4 == "Packages" { print $1; exit }'
}

# apt with a state of its own: the computer's sources and lists stay as they are.
apt_beside() {
    command=$1
    shift
    apt-get -qq -o Dir::Etc::sourcelist="$PWD/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State="$PWD/state" \
        -o Dir::State::Lists="$PWD/lists" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$PWD/cache" \
        -o APT::Sandbox::User=root "$command" "$@"
}

download() {
    site=$(mirror)
    [ -n "$site" ] || fail "apt names no mirror of $(codename); run: sudo apt-get update"
    mkdir -p lists/partial state cache/archives/partial
    for suite in "$(codename)" "$(codename)-backports"; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"
    done >sources.list
    apt_beside update
    for package in $PACKAGES; do
        apt_beside download "$package/$(codename)-backports"
    done
    for package in $LIBRARIES; do
        apt_beside download "$package"
    done
}

unpack() {
    mkdir -p "$PLACE"
    exec 9>"$PLACE/lock"
    flock 9
    [ ! -e "$PLACE/done" ] || return 0
    echo "unpacking FreeRDP 3 once ..." >&2
    rm -rf "$PLACE/work" "$PLACE/root"
    mkdir -p "$PLACE/work" "$PLACE/root"
    (
        cd "$PLACE/work"
        download
        for package in *.deb; do
            dpkg-deb -x "$package" "$PLACE/root"
        done
    ) >&2
    rm -rf "$PLACE/work"
    wrapper
    touch "$PLACE/done"
    exec 9>&-
}

# The program under one name that finds its libraries, wherever the folder is seen.
wrapper() {
    cat >"$PLACE/xfreerdp3" <<'END'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
libraries=$(dirname "$root"/usr/lib/*/libfreerdp3.so.3)
LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$root/usr/bin/xfreerdp3" "$@"
END
    chmod 755 "$PLACE/xfreerdp3"
}

is_package() {
    apt-cache policy freerdp3-x11 2>/dev/null | grep -q 'Candidate: [0-9]'
}

install_package() {
    as_root=
    [ "$(id -u)" = 0 ] || as_root='sudo -n'
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends freerdp3-x11 >&2 ||
        fail "Please install: sudo apt-get install freerdp3-x11"
}

install() {
    if command -v xfreerdp3 >/dev/null || [ -e "$PLACE/done" ]; then
        return 0
    fi
    if is_package; then
        install_package
    else
        unpack
    fi
}

case ${1:-} in
install) install ;;
path)
    install
    command -v xfreerdp3 || echo "$PLACE/xfreerdp3"
    ;;
*)
    sed -n 's/^# //p' "$0" | head -n 4
    exit 2
    ;;
esac
