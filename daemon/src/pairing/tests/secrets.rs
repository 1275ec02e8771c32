//! Secrets that come bare: all the ways in which one secret is written, and which bytes it is.

use data_encoding::{BASE32_NOPAD, HEXLOWER};

use super::{all_become, read};
use crate::pairing::KeyWarning;

#[test]
fn one_secret_may_be_written_in_many_ways() {
    let ways = [
        "JBSWY3DPEHPK3PXP",
        "jbswy3dpehpk3pxp",
        "JbsW y3dP EhpK 3pXp",
        "JBSW-Y3DP-EHPK-3PXP",
        "JBSW\u{2013}Y3DP\u{2011}EHPK\u{2014}3PXP",
        "  JBSWY3DP\n  EHPK3PXP\r\n",
        "JBSW\u{a0}Y3DP\u{202f}EHPK\u{2009}3PXP",
        "\u{FEFF}JBSWY3DPEHPK3PXP\u{200B}",
        "JBSWY3DP\u{200B}EHPK\u{AD}3PXP",
        "JBSWY3DPEHPK3PXP=",
        "JBSWY3DPEHPK3PXP======",
        "JBSW Y3DP EHPK 3PXP == ==",
        "base32:JBSWY3DPEHPK3PXP",
        "BASE32: jbsw y3dp ehpk 3pxp",
        "\"JBSWY3DPEHPK3PXP\"",
        "<JBSWY3DPEHPK3PXP>",
        "hex:48656c6c6f21deadbeef",
        "HEX: 48 65 6C 6C 6F 21 DE AD BE EF",
        "hex:4865-6c6c-6f21-dead-beef",
        "0x48656C6C6F21DEADBEEF",
    ];
    for way in ways {
        let key = read(way).unwrap();
        assert_eq!(key.secret.expose(), b"Hello!\xde\xad\xbe\xef", "{way:?}");
        assert_eq!(key.warnings, [KeyWarning::WeakSecret { bits: 80 }], "{way:?}");
    }
}

#[test]
fn a_bare_secret_is_time_based_with_six_digits_and_without_names() {
    all_become(&[
        (
            "\u{201c}can't scan?\u{201d} of a service",
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            r#"TOTP SHA1 6 30s "" "" GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"#,
        ),
        (
            "12 digits that are a secret",
            "base32:234567234567",
            r#"TOTP SHA1 6 30s "" "" 23456723456Q weak"#,
        ),
    ]);
}

#[test]
fn bits_that_fill_no_byte_are_dropped_and_lengths_of_no_base32_warned_of() {
    // The characters of a secret, the bytes they are, and whether RFC 4648 ever gives so many.
    let lengths = [
        ("77", "ff", true),
        ("777", "ff", false),
        ("7777", "ffff", true),
        ("77777", "ffffff", true),
        ("777777", "ffffff", false),
        ("7777777", "ffffffff", true),
        ("77777777", "ffffffffff", true),
        ("777777777", "ffffffffff", false),
    ];
    for (text, bytes, regular) in lengths {
        let key = read(text).unwrap();
        assert_eq!(HEXLOWER.encode(key.secret.expose()), bytes, "{text}");
        assert_eq!(!key.warnings.contains(&KeyWarning::OddLength), regular, "{text}");
    }
}

#[test]
fn a_secret_may_have_1024_bytes() {
    let longest = BASE32_NOPAD.encode(&[0x5a; 1024]);
    assert_eq!(read(&longest).unwrap().secret.expose(), [0x5a; 1024]);
}

#[test]
fn no_warning_is_given_of_a_secret_of_128_bits() {
    assert_eq!(read("hex:000102030405060708090a0b0c0d0e0f").unwrap().warnings, []);
}
