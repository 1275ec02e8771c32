#!/bin/sh
# OpenVPN's auth-user-pass-verify with a question in the middle of the login (CR_TEXT): the login waits for the answer,
# which goes to another script. $1 is a file of two lines.
{ read -r user; read -r password; } <"$1"

echo "$password" | pamtester pam_pw "$user" authenticate >/dev/null 2>&1 || exit 1
# shellcheck disable=SC2154
printf '%s\n%s\n' "$auth_control_file" "$auth_failed_reason_file" >"FOLDER/waits.$user"
# shellcheck disable=SC2154
printf '60\ncrtext\nCR_TEXT:R,E:Enter your PingID passcode\n' >"$auth_pending_file"
exit 2
