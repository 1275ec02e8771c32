//! Keys as other apps export them and as copying leaves them, each with what it must become.

use super::all_become;

#[test]
fn keys_that_other_apps_wrote_are_read() {
    all_become(APPS);
}

#[test]
fn a_key_is_steams_when_it_says_so_and_only_then() {
    all_become(STEAM);
}

#[test]
fn what_copying_leaves_around_and_in_a_key_does_not_count() {
    all_become(COPIED);
}

const APPS: &[(&str, &str, &str)] = &[
    (
        "Aegis",
        "otpauth://totp/ACME%3Aalice?period=15&digits=8&algorithm=SHA256&secret=JBSWY3DPEHPK3PXP&issuer=ACME",
        r#"TOTP SHA256 8 15s "ACME" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "Bitwarden: every sign encoded, nothing that is usual",
        "otpauth://totp/Acme%20%26%20Inc:alice%40example%2Eorg?secret=WQIQ25BRKZYCJVYP&issuer=Acme%20%26%20Inc",
        r#"TOTP SHA1 6 30s "Acme & Inc" "alice@example.org" WQIQ25BRKZYCJVYP weak"#,
    ),
    (
        "KeePassXC: encoded padding",
        "otpauth://totp/ACME%20Co:none?secret=HXDMVJECJJWSRBY%3D&period=30&digits=6&issuer=ACME%20Co",
        r#"TOTP SHA1 6 30s "ACME Co" "none" HXDMVJECJJWSRBY weak"#,
    ),
    (
        "FreeOTP+: a period and a lock on a counter-based key",
        "otpauth://hotp/github.com:alice?secret=abcd5432&algorithm=SHA256&digits=6&period=0&lock=false&counter=0",
        r#"HOTP SHA256 6 #0 "github.com" "alice" ABCD5432 weak"#,
    ),
    (
        "FreeOTP+: nine characters",
        "otpauth://totp/a:b?secret=bcde23456&algorithm=SHA512&digits=6&period=30&lock=false",
        r#"TOTP SHA512 6 30s "a" "b" BCDE2345 weak odd"#,
    ),
    (
        "FreeOTP: bare padding and the hash's own length",
        "otpauth://totp/foo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====&algorithm=SHA256&digits=8",
        "TOTP SHA256 8 30s \"\" \"foo\" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
    ),
    (
        "OTPClient: the same parameter twice",
        "otpauth://totp/ACME%3Aalice?secret=JBSWY3DPEHPK3PXP&issuer=ACME&issuer=ACME&digits=6&algorithm=SHA1&period=30",
        r#"TOTP SHA1 6 30s "ACME" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "cotp: an empty issuer and one byte",
        "otpauth://totp/:test?secret=AA&algorithm=SHA1&digits=6&period=30&lock=false",
        r#"TOTP SHA1 6 30s "" "test" AA weak"#,
    ),
    (
        "Ente: parameters of its own",
        "otpauth://totp/ACME:alice?algorithm=sha1&digits=6&issuer=ACME&period=30&secret=JBSWY3DPEHPK3PXP\
         &codeDisplay=%7B%22pinned%22%3Afalse%7D",
        r#"TOTP SHA1 6 30s "ACME" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "Swift apps: seconds as a floating-point number",
        "otpauth://totp/ACME%20Co:john.doe@email.com?secret=GEZDGNBV&algorithm=SHA512&digits=6&period=30.0\
         &issuer=ACME%20Co&image=https://www.images.com/image.png",
        r#"TOTP SHA512 6 30s "ACME Co" "john.doe@email.com" GEZDGNBV weak"#,
    ),
    (
        "pyotp: no label, twice the same hash",
        "otpauth://totp?algorithm=SHA1&secret=GEZDGNBV&algorithm=SHA1&period=60",
        r#"TOTP SHA1 6 60s "" "" GEZDGNBV weak"#,
    ),
    (
        "2FAuth: HOTP without counter",
        "otpauth://hotp/service:account?secret=A4GRFHZVRBGY7UIW&issuer=service",
        r#"HOTP SHA1 6 #0 "service" "account" A4GRFHZVRBGY7UIW weak no-counter"#,
    ),
    (
        "a time-based key with a counter, which is of no use",
        "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&counter=0",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
];

const STEAM: &[(&str, &str, &str)] = &[
    (
        "Bitwarden",
        "steam://HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ",
        r#"Steam SHA1 5 30s "" "" HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"#,
    ),
    (
        "Bitwarden, another case",
        "StEam://hxdmvjecjjwsrb3hwizr4ifugftmxboz",
        r#"Steam SHA1 5 30s "" "" HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"#,
    ),
    (
        "Aegis",
        "otpauth://steam/Steam%3Agabe?period=30&digits=5&algorithm=SHA1&secret=HXDMVJECJJWSRB3H&issuer=Steam",
        r#"Steam SHA1 5 30s "Steam" "gabe" HXDMVJECJJWSRB3H weak"#,
    ),
    (
        "KeePassXC, under any issuer",
        "otpauth://totp/test:gabe?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Valve&algorithm=SHA1\
         &digits=5&period=30&encoder=steam",
        r#"Steam SHA1 5 30s "Valve" "gabe" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK two-issuers"#,
    ),
    (
        "pyotp, which writes digits that Steam has not",
        "otpauth://totp/Steam:?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&period=15&digits=7&encoder=Steam",
        r#"Steam SHA1 5 15s "Steam" "" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
    (
        "Stratum",
        "otpauth://totp/Valve%3Agabe?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Valve&steam",
        r#"Steam SHA1 5 30s "Valve" "gabe" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
    (
        "2FAuth, WinAuth: five digits of the issuer Steam",
        "otpauth://totp/Steam:gabe?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&digits=5&issuer=Steam&deviceid=android%3a65",
        r#"Steam SHA1 5 30s "Steam" "gabe" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
    (
        "an ordinary key of an issuer that is called Steam",
        "otpauth://totp/Steam:alice?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Steam&digits=6",
        r#"TOTP SHA1 6 30s "Steam" "alice" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
    (
        "one that could be either",
        "otpauth://totp/Steam:gabe?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Steam",
        r#"TOTP SHA1 6 30s "Steam" "gabe" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK perhaps-steam"#,
    ),
    (
        "an issuer that is only named a little like it",
        "otpauth://totp/Steamworks:alice?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Steamworks",
        r#"TOTP SHA1 6 30s "Steamworks" "alice" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
    (
        "a counter-based key of Steam",
        "otpauth://hotp/Steam:alice?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK&issuer=Steam&counter=0",
        r#"HOTP SHA1 6 #0 "Steam" "alice" 63BEDWCQZKTQWPESARIERL5DTTQFCJTK"#,
    ),
];

const COPIED: &[(&str, &str, &str)] = &[
    (
        "white space and a byte order mark",
        "\u{FEFF}  otpauth://totp/a?secret=JBSWY3DPEHPK3PXP \r\n",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "shell quotes",
        "'otpauth://totp/a?secret=JBSWY3DPEHPK3PXP'",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a word processor's quotes",
        "\u{201c} otpauth://totp/a?secret=JBSWY3DPEHPK3PXP \u{201d}",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "mail's angle brackets in quotes",
        "\"<otpauth://totp/a?secret=JBSWY3DPEHPK3PXP>\"",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a page's source",
        "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&amp;digits=8&amp;issuer=ACME",
        r#"TOTP SHA1 8 30s "ACME" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a terminal's line breaks",
        "otpauth://totp/a?secret=JBSWY3DP\nEHPK3PXP&dig\r\n\tits=8",
        r#"TOTP SHA1 8 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a fragment",
        "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP#digits=8",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a secret in groups, encoded three ways",
        "otpauth://totp/a?secret=jbsw%20y3dp+ehpk 3pxp",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "empty parameters and a stray &",
        "otpauth://totp/a?&secret=JBSWY3DPEHPK3PXP&&digits&",
        r#"TOTP SHA1 6 30s "" "a" JBSWY3DPEHPK3PXP weak"#,
    ),
];
