# Makes the machine of one test out of new namespaces, and runs a program in it.
# Usage: sh enter.sh KEPT... -- PROGRAM ARGUMENT...    The folders KEPT stay visible where they are.
set -eu
PATH=$PATH:/usr/sbin:/sbin

fail() {
    echo "no machine of its own for the test: $1 failed." >&2
    exit 70
}

# each DO KEPT... --: does it for each folder, with a number.
each() {
    do=$1 number=0
    shift
    while [ "$1" != -- ]; do
        number=$((number + 1))
        "$do" "$1" "/run/kept/$number"
        shift
    done
}

keep() {
    mkdir -p "$2"
    mount --bind "$1" "$2" || fail "keeping $1"
}

show() {
    mkdir -p "$1"
    mount --bind "$2" "$1" || fail "showing $1"
}

empty() {
    mount -t tmpfs -o "mode=$2" tmpfs "$1" || fail "a tmpfs on $1"
}

# What is written there is gone with the machine.
overlay() {
    mkdir -p "/run/changes/$1/upper" "/run/changes/$1/work"
    mount -t overlay -o "lowerdir=/$1,upperdir=/run/changes/$1/upper,workdir=/run/changes/$1/work" overlay "/$1" ||
        fail "an overlay of /$1"
}

empty /run 755
mkdir -m 700 /run/kept /run/changes
each keep "$@"
overlay etc
overlay var
empty /home 755
empty /root 700
empty /tmp 1777
empty /dev/shm 1777
each show "$@"
mkdir -p /run/netns /run/sshd /run/lock /run/user /run/machine
mkdir -m 1777 /tmp/.X11-unix
mount -t sysfs -o ro sysfs /sys || fail "a /sys of its own"
ip link set lo up || fail "ip link set lo up (package iproute2)"
while [ "$1" != -- ]; do shift; done
shift
cd /
# Not by exec: this shell is the machine's first process and collects those that are left by their parents.
status=0
"$@" || status=$?
exit "$status"
