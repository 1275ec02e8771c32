//! What is said about a login: to the user while it goes on, and at its end.

use super::line::Refusal;

use super::shown::plain;
use super::tally::Gave;
use crate::output::Failure;

/// Said when the tunnel stands.
pub const CONNECTED: &str = "passcode: OpenVPN is connected.";

/// Said when the tunnel is lost and OpenVPN logs in again.
pub fn lost(reason: &str) -> String {
    match plain(reason) {
        reason if reason.is_empty() => {
            "passcode: The connection is lost; logging in again.".to_owned()
        }
        reason => format!("passcode: The connection is lost ({reason}); logging in again."),
    }
}

/// Something that the server says, without an answer to it.
pub fn says(text: &str) -> String {
    format!("passcode: The server says: {}", plain(text))
}

/// A page that the user has to open.
pub fn page(address: &str) -> String {
    format!("passcode: Open this page to go on with the login: {}", plain(address))
}

/// The login was refused, and is tried once more.
pub fn once_more(why: &Refusal) -> String {
    format!(
        "passcode: The server refused the login{}; trying once more with a fresh code.",
        because(why)
    )
}

/// What the server gives as its reason.
pub fn reason(why: &Refusal) -> Option<String> {
    match why {
        Refusal::Plain(Some(reason)) | Refusal::Temporary(Some(reason)) => Some(plain(reason)),
        _ => None,
    }
    .filter(|reason| !reason.is_empty())
}

fn because(why: &Refusal) -> String {
    reason(why).map_or_else(String::new, |reason| format!(" ({reason})"))
}

/// The server does not want what it got.
pub fn refused(gave: Gave, why: &Refusal) -> Failure {
    let because = because(why);
    if let Refusal::Temporary(_) = why {
        return ended(
            format!("The server lets nobody in for the moment{because}."),
            "Try again in some minutes.",
        );
    }
    match gave {
        Gave::Code => ended(
            format!("The server refused two logins with fresh codes{because}."),
            "See that the password, --user and --profile are right, and the clock; an HOTP counter that has run ahead \
             is mended with: passcode hotp resync",
        ),
        Gave::Password => ended(
            format!("The server refused the password{because}."),
            "See that the password and --user are right. No code was spent.",
        ),
        Gave::Nothing => ended(
            format!("The server refuses the login that OpenVPN has by itself{because}."),
            "See the file that `auth-user-pass` names in OpenVPN's configuration, and the certificate.",
        ),
    }
}

/// The server wants one code after the other.
pub fn asks_on(text: &str) -> Failure {
    ended(
        format!("The server asks for a third code ({}).", plain(text)),
        "See that --profile is right, and the clock; an HOTP counter that has run ahead is mended with: passcode \
         hotp resync",
    )
}

/// Code after code was given, and the server neither took nor refused one.
pub fn unheard() -> Failure {
    ended(
        "The server took five codes and let nobody in, without a word about them.".to_owned(),
        "Try again when the server and the way to it are in order.",
    )
}

/// A private key's or a proxy's password was refused again and again.
pub fn other_refused(realm: &str) -> Failure {
    ended(
        format!("The password for `{}` was refused three times.", plain(realm)),
        "Try again with the right one.",
    )
}

/// The prompt asks for what is never given, as its text or the user's rules say.
pub fn not_given(text: &str) -> Failure {
    ended(
        format!("The server asks for something that is not given to it: {}", plain(text)),
        "If it is a passcode after all, say so with a [[prompt]] rule in config.toml.",
    )
}

/// Nobody can be asked for something that only the user knows.
pub fn nobody(what: &str, hint: &str) -> Failure {
    Failure::local(
        "openvpn",
        format!("OpenVPN asks for {what}, and nobody has answered."),
        hint.to_owned(),
    )
}

/// The interface has a password, and none is known.
pub fn no_key() -> Failure {
    Failure::usage(
        "OpenVPN's management interface has a password.",
        "Name the file that holds it, the same as in OpenVPN's configuration: --management-password-file FILE",
    )
}

/// The interface has another password.
pub fn wrong_key() -> Failure {
    Failure::local(
        "openvpn",
        "OpenVPN's management interface has another password.",
        "Name the file that OpenVPN's `management` line names: --management-password-file FILE",
    )
}

/// What is to be said is longer than OpenVPN understands.
pub fn too_long() -> Failure {
    Failure::local(
        "openvpn",
        "An answer is too long for this OpenVPN, or holds a line break.",
        "Before management interface version 6, OpenVPN takes 255 bytes; password and code count together.",
    )
}

/// OpenVPN leaves the private key to whoever answers for it.
pub fn certificate() -> Failure {
    Failure::local(
        "openvpn",
        "OpenVPN asks for a certificate or a signature, which is no part of this.",
        "Take `management-external-key` and `management-external-cert` out of its configuration.",
    )
}

/// OpenVPN's own last words.
pub fn fatal(text: &str) -> Failure {
    Failure::local("openvpn", format!("OpenVPN has ended: {}", plain(text)), "Its log says more.")
}

/// OpenVPN has ended for a reason that is no failure of a login.
pub fn left(reason: &str) -> Failure {
    Failure::local("openvpn", format!("OpenVPN has ended ({reason})."), "Its log says more.")
}

/// OpenVPN was killed, or is gone for a reason that it could not tell.
pub fn vanished() -> Failure {
    Failure::local(
        "openvpn",
        "OpenVPN is gone without a word.",
        "Its log may say why; it may have been killed.",
    )
}

fn ended(message: String, hint: &str) -> Failure {
    Failure::refused("openvpn_refused", message, hint)
}
