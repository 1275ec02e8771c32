#!/bin/sh
# Installs what is missing to build, test or measure on Debian and Ubuntu.
# Usage: packaging/setup.sh build|tray|run|test|bench
# As root (or where sudo asks nothing) it installs; else it says what to install and fails.
set -eu

CARGO_DENY_VERSION=0.20.2
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/passcode-agent}
export CACHE

# Where the system's own tools are, which not every user's PATH names.
PATH=$PATH:/usr/sbin:/sbin

tools_for() {
    echo cc:gcc
    case $1 in
    tray) echo pkg-config:pkg-config fc-list:fontconfig ;;
    test)
        echo pkg-config:pkg-config fc-list:fontconfig
        echo oathtool:oathtool socat:socat tmux:tmux pamtester:pamtester python3:python3
        echo google-authenticator:libpam-google-authenticator systemd-socket-activate:systemd
        echo setpriv:util-linux unshare:util-linux script:bsdutils ssh:openssh-client git:git dbus-daemon:dbus-daemon prlimit:util-linux
        echo jq:jq nm:binutils curl:curl gnome-keyring-daemon:gnome-keyring c++:g++ strace:strace mkfs.ext4:e2fsprogs
        echo chromium:chromium chromedriver:chromium-driver Xvfb:xvfb xclip:xclip xev:x11-utils setxkbmap:x11-xkb-utils openssl:openssl flock:util-linux
        echo lxqt-panel:lxqt-panel openbox:openbox xdotool:xdotool xterm:xterm
        echo sway:sway wl-paste:wl-clipboard grim:grim
        # Clients that ask for passcodes, and servers that check them.
        echo openconnect:openconnect ocserv:ocserv openvpn:openvpn sshd:openssh-server sudo:sudo ip:iproute2
        echo freeradius:freeradius radclient:freeradius-utils NetworkManager:network-manager
        echo xrdp:xrdp xfreerdp:freerdp2-x11 openfortivpn:openfortivpn gpg:gpg gpg-agent:gpg-agent gpgconf:gpgconf
        echo charon-systemd:charon-systemd swanctl:strongswan-swanctl
        ;;
    run) echo curl:curl ;;
    bench) echo oathtool:oathtool ssh-agent:openssh-client chrt:util-linux ;;
    esac
}

# What the tests of logins need beside programs: parts that servers and clients load.
modules_for_logins() {
    has_library pam_oath.so || echo libpam-oath
    has_library libxorgxrdp.so || echo xorgxrdp
    has_library nm-openvpn-service || echo network-manager-openvpn
    has_library nm-openconnect-service || echo network-manager-openconnect
    has_library libstrongswan-eap-gtc.so || echo libcharon-extra-plugins
    has_library libstrongswan-openssl.so || echo libstrongswan-standard-plugins
    # One of a language's own package manager is not seen by the machines of the tests.
    [ -x /usr/bin/aws ] || echo awscli
    python3 -c 'import dbus' 2>/dev/null || echo python3-dbus
    python3 -c 'import gi' 2>/dev/null || echo python3-gi
}

has_library() {
    [ -n "$(find /lib/ /usr/lib/ /usr/libexec -name "$1" 2>/dev/null | head -n 1)" ]
}

missing_packages() {
    for pair in $(tools_for "$1"); do
        command -v "${pair%%:*}" >/dev/null 2>&1 || echo "${pair##*:}"
    done
    if [ "$1" = test ]; then
        [ -e /usr/libexec/at-spi-bus-launcher ] || echo at-spi2-core
        [ -d /usr/share/fonts/truetype/noto ] || echo fonts-noto-core
        [ -d /usr/share/icons/Adwaita ] || echo adwaita-icon-theme
    fi
    [ "$1" != test ] || modules_for_logins
    case $1 in tray | test)
        # Letters for windows, and what windows of X11 read the keyboard with, which is loaded when they run.
        pkg-config --exists fontconfig 2>/dev/null || echo libfontconfig-dev
        [ -n "$(find /lib /usr/lib -name 'libxkbcommon-x11.so.0' 2>/dev/null | head -n 1)" ] || echo libxkbcommon-x11-0
        [ -n "$(find /lib /usr/lib -name 'libXcursor.so.1' 2>/dev/null | head -n 1)" ] || echo libxcursor1
        [ -n "$(find /lib /usr/lib -name 'libXi.so.6' 2>/dev/null | head -n 1)" ] || echo libxi6
        [ -n "$(find /lib /usr/lib -name 'libX11-xcb.so.1' 2>/dev/null | head -n 1)" ] || echo libx11-xcb1
        fc-list 2>/dev/null | grep -q . || echo fonts-noto-core
        ;;
    esac
    # Debian's Python comes without what makes virtual environments.
    if [ "$1" = test ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        echo python3-venv
    fi
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        echo "Please install: $*" >&2
        echo "For example: sudo apt-get install $*" >&2
        exit 1
    fi
    $as_root apt-get update -qq
    start_no_services
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    allow_services
}

# Installing a server starts it on Debian. The tests start their own, in machines of their own: while this script installs,
# none may be started. A rule that the administrator has made about that stays what it is.
NO_SERVICES=/usr/sbin/policy-rc.d

start_no_services() {
    [ ! -e "$NO_SERVICES" ] || return 0
    trap allow_services EXIT
    printf '#!/bin/sh\n# Made by passcode-agent: %s\nexit 101\n' 'no service is started while tests are set up' |
        $as_root tee "$NO_SERVICES" >/dev/null
    $as_root chmod 755 "$NO_SERVICES"
}

allow_services() {
    ! grep -qs 'Made by passcode-agent' "$NO_SERVICES" || $as_root rm -f "$NO_SERVICES"
}

# install_tool NAME VERSION: builds a cargo tool once, outside the tree.
install_tool() {
    if grep -qs "^\"$1 $2 " "$CACHE/tools/.crates.toml"; then
        return
    fi
    echo "building $1 $2 once ..."
    cargo install --locked --quiet --version "$2" --root "$CACHE/tools" "$1"
}

if ! command -v cargo >/dev/null; then
    echo "Please install Rust 1.92 or later: https://rustup.rs" >&2
    exit 1
fi
packages=$(missing_packages "$1" | sort -u)
# Word splitting is wanted: one package a word.
# shellcheck disable=SC2086
[ -z "$packages" ] || install_packages $packages
if [ "$1" = test ]; then
    install_tool cargo-deny "$CARGO_DENY_VERSION"
    "$(dirname "$0")/../tests/privacyidea/start.sh" install
    "$(dirname "$0")/../tests/logins/freerdp3.sh" install
fi
