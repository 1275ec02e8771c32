#!/bin/sh
# OpenVPN's auth-user-pass-verify with a dynamic challenge: the password is answered by a question, whose answer comes in
# the place of the password the next time. $1 is a file of two lines.
{ read -r user; read -r password; } <"$1"

case $password in
CRV1::*::*)
    state=${password#CRV1::}
    state=${state%%::*}
    [ "$(cat "FOLDER/state.$state" 2>/dev/null)" = "$user" ] || exit 1
    rm -f "FOLDER/state.$state"
    echo "${password##*::}" | pamtester pam_otp "$user" authenticate >/dev/null 2>&1
    exit
    ;;
esac
echo "$password" | pamtester pam_pw "$user" authenticate >/dev/null 2>&1 || exit 1
state=$(head -c 9 /dev/urandom | base64 | tr '/+' 'ab')
echo "$user" >"FOLDER/state.$state"
# shellcheck disable=SC2154
echo "CRV1:R,E:$state:$(printf %s "$user" | base64):Enter your PingID passcode" >"$auth_failed_reason_file"
exit 1
