#!/bin/sh
# OpenVPN's client-crresponse: $1 is a file with the answer in base64. What becomes of the login is written to a file.
# shellcheck disable=SC2154
user=$common_name
{ read -r control; read -r reason; } <"FOLDER/waits.$user"

if { base64 -d <"$1"; echo; } | pamtester pam_otp "$user" authenticate >/dev/null 2>&1; then
    printf 1 >"$control"
else
    printf 'wrong passcode' >"$reason"
    printf 0 >"$control"
fi
