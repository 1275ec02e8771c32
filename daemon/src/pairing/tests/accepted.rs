//! Keys as services write them, each with what it must become.

use super::all_become;

#[test]
fn keys_of_services_are_read() {
    all_become(SERVICES);
}

#[test]
fn keys_of_organisations_servers_are_read() {
    all_become(SERVERS);
}

#[test]
fn labels_are_read_as_their_writers_meant_them() {
    all_become(LABELS);
}

const SERVICES: &[(&str, &str, &str)] = &[
    (
        "the example of Google's key URI format",
        "otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example",
        r#"TOTP SHA1 6 30s "Example" "alice@google.com" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "Google: lower case",
        "otpauth://totp/Google%3Aalice%40gmail.com?secret=qlt6vmy6svfx4bt4rpmisaiyol6hihca&issuer=Google",
        r#"TOTP SHA1 6 30s "Google" "alice@gmail.com" QLT6VMY6SVFX4BT4RPMISAIYOL6HIHCA"#,
    ),
    (
        "GitHub",
        "otpauth://totp/GitHub:octocat?secret=K5LHQ2DPNFXGO4TB&issuer=GitHub",
        r#"TOTP SHA1 6 30s "GitHub" "octocat" K5LHQ2DPNFXGO4TB weak"#,
    ),
    (
        "GitLab",
        "otpauth://totp/gitlab.com:gitlab.com_alice%40example.org?secret=\
         MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U&issuer=gitlab.com",
        r#"TOTP SHA1 6 30s "gitlab.com" "gitlab.com_alice@example.org" MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"#,
    ),
    (
        "AWS: 64 characters",
        "otpauth://totp/Amazon%20Web%20Services:alice@123456789012?secret=\
         GQMWATC3JYIGQBZRDPT7JEVWVDZQISEOXZXUP42552H6VRJTIXM3YLHI37J3YW6N&issuer=Amazon%20Web%20Services",
        "TOTP SHA1 6 30s \"Amazon Web Services\" \"alice@123456789012\" \
         GQMWATC3JYIGQBZRDPT7JEVWVDZQISEOXZXUP42552H6VRJTIXM3YLHI37J3YW6N",
    ),
    (
        "Amazon: 52 characters, whose last four bits fill no byte",
        "otpauth://totp/Amazon%3Aalice%40example.org?secret=\
         HCCDKXB2WMIYRDA274WDAGXCF4EXQDX6E4UTRT4KXZUXKDVCVBBQ&issuer=Amazon",
        "TOTP SHA1 6 30s \"Amazon\" \"alice@example.org\" \
         HCCDKXB2WMIYRDA274WDAGXCF4EXQDX6E4UTRT4KXZUXKDVCVBBQ",
    ),
    (
        "Microsoft: a personal account",
        "otpauth://totp/Microsoft:alice@outlook.com?secret=IIO5SCP3766LMSBB5HJCHPNDCCNAZ532&issuer=Microsoft",
        r#"TOTP SHA1 6 30s "Microsoft" "alice@outlook.com" IIO5SCP3766LMSBB5HJCHPNDCCNAZ532"#,
    ),
    (
        "Microsoft Entra ID: the tenant in the label, a bare # in the account",
        "otpauth://totp/Contoso:alice_example.org#EXT#@contoso.com?secret=A4GRFHVVRBGY7UIW&issuer=Microsoft",
        "TOTP SHA1 6 30s \"Microsoft\" \"alice_example.org#EXT#@contoso.com\" A4GRFHVVRBGY7UIW weak two-issuers",
    ),
    (
        "Okta",
        "otpauth://totp/acme.okta.com:alice@acme.com?secret=MNQWW3DPNVXXEZLU&issuer=acme.okta.com",
        r#"TOTP SHA1 6 30s "acme.okta.com" "alice@acme.com" MNQWW3DPNVXXEZLU weak"#,
    ),
    (
        "Duo: counter-based",
        "otpauth://hotp/Duo?secret=GE3TMNJSGQ2DQNZRGE3TMNJSGQ2DQNZRGE3TMNJSGQ2DQNZR&issuer=Duo&counter=3",
        "HOTP SHA1 6 #3 \"Duo\" \"Duo\" GE3TMNJSGQ2DQNZRGE3TMNJSGQ2DQNZRGE3TMNJSGQ2DQNZR",
    ),
    (
        "Proton",
        "otpauth://totp/alice@proton.me?secret=PTWZLQ2N6ALQ5UAUSUFP6LJOHKGRGHSD&issuer=Proton&\
         algorithm=SHA1&digits=6&period=30",
        r#"TOTP SHA1 6 30s "Proton" "alice@proton.me" PTWZLQ2N6ALQ5UAUSUFP6LJOHKGRGHSD"#,
    ),
    (
        "Synology",
        "otpauth://totp/alice@DiskStation?secret=NRQXA4DFMRTG4ZLX&issuer=Synology",
        r#"TOTP SHA1 6 30s "Synology" "alice@DiskStation" NRQXA4DFMRTG4ZLX weak"#,
    ),
    (
        "Nextcloud: the account is an address",
        "otpauth://totp/alice@https%3A%2F%2Fcloud.example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\
         &issuer=Nextcloud",
        r#"TOTP SHA1 6 30s "Nextcloud" "alice@https://cloud.example.org" JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"#,
    ),
    (
        "Proxmox VE: 52 characters and a realm",
        "otpauth://totp/root%40pam?secret=N6ROBUP7P2YHKZQOVKJDB3YLCSVCUMWOHSR2PZOQPLOAMFB37ASQ&\
         period=30&digits=6&algorithm=SHA1&issuer=Proxmox%20VE%20-%20pve1",
        "TOTP SHA1 6 30s \"Proxmox VE - pve1\" \"root@pam\" \
         N6ROBUP7P2YHKZQOVKJDB3YLCSVCUMWOHSR2PZOQPLOAMFB37ASQ",
    ),
    (
        "WordPress plug-ins: + for spaces on both sides",
        "otpauth://totp/Big+Corp:alice?secret=JBSWY3DPEHPK3PXP&issuer=Big+Corp",
        r#"TOTP SHA1 6 30s "Big Corp" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a service with eight digits a minute",
        "otpauth://totp/Bank:4711?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Bank&digits=8&period=60",
        r#"TOTP SHA1 8 60s "Bank" "4711" JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"#,
    ),
    (
        "a service with seven digits",
        "otpauth://totp/service:account?secret=A4GRFHVVRBGY7UIW&issuer=service&digits=7&period=40&\
         algorithm=sha256",
        r#"TOTP SHA256 7 40s "service" "account" A4GRFHVVRBGY7UIW weak"#,
    ),
    (
        "pages that open Apple's app",
        "apple-otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example",
        r#"TOTP SHA1 6 30s "Example" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a key whose writer shouts",
        "OTPAUTH://TOTP/ACME:ALICE?SECRET=JBSWY3DPEHPK3PXP&ISSUER=ACME&ALGORITHM=SHA1&DIGITS=6&PERIOD=30",
        r#"TOTP SHA1 6 30s "ACME" "ALICE" JBSWY3DPEHPK3PXP weak"#,
    ),
];

const SERVERS: &[(&str, &str, &str)] = &[
    (
        "FreeIPA: SHA-256, 35 bytes, a token's number for the account",
        "otpauth://totp/admin@EXAMPLE.COM:6a5c5d1c-7d7c-4b5d-9a3e-5b8f5f9f0c11?issuer=admin%40EXAMPLE.COM\
         &secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3DOOBZ&digits=6&algorithm=SHA256&period=30",
        "TOTP SHA256 6 30s \"admin@EXAMPLE.COM\" \"6a5c5d1c-7d7c-4b5d-9a3e-5b8f5f9f0c11\" \
         MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3DOOBZ",
    ),
    (
        "FreeIPA: SHA-512, counter-based",
        "otpauth://hotp/alice@EXAMPLE.COM:0b1c?issuer=alice%40EXAMPLE.COM&secret=\
         MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3DOOBZ&digits=8&algorithm=SHA512&counter=0",
        "HOTP SHA512 8 #0 \"alice@EXAMPLE.COM\" \"0b1c\" \
         MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3DOOBZ",
    ),
    (
        "privacyIDEA: HOTP from counter 1",
        "otpauth://hotp/OATH0001D8B6?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1&digits=6&\
         creator=privacyidea&issuer=privacyIDEA&serial=OATH0001D8B6",
        r#"HOTP SHA1 6 #1 "privacyIDEA" "OATH0001D8B6" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "privacyIDEA: a PIN in front, written as Python writes it",
        "otpauth://totp/TOTP0019C11A?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=30&digits=6&\
         creator=privacyidea&issuer=privacyIDEA&serial=TOTP0019C11A&pin=True",
        r#"TOTP SHA1 6 30s "privacyIDEA" "TOTP0019C11A" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ pin4"#,
    ),
    (
        "privacyIDEA: the newer way to ask for one, a slash in a picture's address",
        "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=30&digits=6&issuer=ACME&\
         image=https%3A//acme.example/logo.png&app_force_unlock=biometric",
        r#"TOTP SHA1 6 30s "ACME" "alice" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ pin4"#,
    ),
    (
        "privacyIDEA: no PIN",
        "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&pin=False&app_force_unlock=none",
        r#"TOTP SHA1 6 30s "" "alice" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "privacyIDEA: a day password",
        "otpauth://daypassword/DAYP01?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&issuer=privacyIDEA",
        r#"TOTP SHA1 8 86400s "privacyIDEA" "DAYP01" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "privacyIDEA: a server that calls itself Steam gives six digits",
        "otpauth://totp/TOTP01?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6&creator=privacyidea&issuer=Steam",
        r#"TOTP SHA1 6 30s "Steam" "TOTP01" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "LinOTP",
        "otpauth://hotp/LinOTP:OATH00021A2B?secret=PFXW6YLCMNSGKZTHNBUWU23M&counter=0&digits=6&issuer=LinOTP",
        r#"HOTP SHA1 6 #0 "LinOTP" "OATH00021A2B" PFXW6YLCMNSGKZTHNBUWU23M weak"#,
    ),
    (
        "NetIQ: a name of the hash with HMAC in front",
        "otpauth://totp/NetIQ:cn%3Dalice%2Co%3Dacme?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&\
         algorithm=HmacSHA1&digits=6&period=30",
        r#"TOTP SHA1 6 30s "NetIQ" "cn=alice,o=acme" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "a Java server's SHA-512",
        "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=hmac-sha-512",
        r#"TOTP SHA512 6 30s "ACME" "alice" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "a server that leaves empty what it has no setting for",
        "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=&algorithm=&digits=&period=",
        r#"TOTP SHA1 6 30s "ACME" "alice" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "a step of a day",
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=86400",
        r#"TOTP SHA1 6 86400s "" "a" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
    (
        "the last counter",
        "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=18446744073709551615",
        r#"HOTP SHA1 6 #18446744073709551615 "" "a" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
    ),
];

const LABELS: &[(&str, &str, &str)] = &[
    (
        "no label and no slash",
        "otpauth://totp?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "" "" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an empty label",
        "otpauth://totp/?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "" "" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "no issuer before the colon",
        "otpauth://totp/:alice?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "no account behind the colon",
        "otpauth://totp/ACME:?secret=JBSWY3DPEHPK3PXP&issuer=ACME",
        r#"TOTP SHA1 6 30s "ACME" "" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an encoded colon and a space behind it",
        "otpauth://totp/ACME%20Co%3A%20alice?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "ACME Co" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "spaces and letters that are not encoded",
        "otpauth://totp/Müller & Söhne: Zoë?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "Müller & Söhne" "Zoë" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "letters that are encoded",
        "otpauth://totp/%E4%BD%A0%E5%A5%BD:%F0%9F%98%80?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "你好" "😀" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an account with colons",
        "otpauth://totp/ACME:urn:user:alice?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "ACME" "urn:user:alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an issuer with a colon",
        "otpauth://totp/Issuer%3A%20100%25:alice%3A2?secret=JBSWY3DPEHPK3PXP&issuer=Issuer%3A%20100%25",
        r#"TOTP SHA1 6 30s "Issuer: 100%" "alice:2" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an account with a plus",
        "otpauth://totp/alice+work@example.org?secret=JBSWY3DPEHPK3PXP&issuer=ACME",
        r#"TOTP SHA1 6 30s "ACME" "alice+work@example.org" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "an encoded plus in issuer=",
        "otpauth://totp/C++:alice?secret=JBSWY3DPEHPK3PXP&issuer=C%2B%2B",
        r#"TOTP SHA1 6 30s "C++" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "a slash in the account",
        "otpauth://totp/ACME:alice/admin?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "ACME" "alice/admin" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "percent signs that escape nothing",
        "otpauth://totp/100%:50%zz?secret=JBSWY3DPEHPK3PXP",
        r#"TOTP SHA1 6 30s "100%" "50%zz" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "issuers that differ in case are one",
        "otpauth://totp/github:alice?secret=JBSWY3DPEHPK3PXP&issuer=GitHub",
        r#"TOTP SHA1 6 30s "GitHub" "alice" JBSWY3DPEHPK3PXP weak"#,
    ),
    (
        "two issuers: issuer= wins",
        "otpauth://totp/Contoso:alice?secret=JBSWY3DPEHPK3PXP&issuer=ACME",
        r#"TOTP SHA1 6 30s "ACME" "alice" JBSWY3DPEHPK3PXP weak two-issuers"#,
    ),
];
