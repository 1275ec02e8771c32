//! Which of openconnect's arguments is the server, and what that says of its host. Only as much of openconnect's grammar
//! is known here as that takes: the server is the last argument, as its manual has it.

use std::ffi::{OsStr, OsString};

use crate::output::Failure;

/// The server among the arguments.
pub fn among(arguments: &[OsString]) -> Result<&OsStr, Failure> {
    match arguments.last() {
        Some(last) if !last.is_empty() && !last.as_encoded_bytes().starts_with(b"-") => Ok(last),
        _ => Err(Failure::usage(
            "No server was named.",
            "Name it last: passcode openconnect [OPTIONS] SERVER",
        )),
    }
}

/// The host of a server that is written as `[https://]host[:port][/group]`.
pub fn host(server: &OsStr) -> String {
    let server = server.to_string_lossy();
    let rest = server.split_once("://").map_or(&*server, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(inside) => inside.split(']').next(),
        None => authority.split(':').next(),
    };
    host.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_told_from_scheme_port_and_group() {
        for server in [
            "vpn.example.org",
            "https://vpn.example.org",
            "vpn.example.org:444/staff",
            "https://vpn.example.org/",
        ] {
            assert_eq!(host(OsStr::new(server)), "vpn.example.org", "{server}");
        }
        assert_eq!(host(OsStr::new("https://[::1]:444/")), "::1");
    }

    #[test]
    fn an_option_is_no_server() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        assert!(among(&words(&["--user=alice"])).is_err() && among(&[]).is_err());
        assert_eq!(among(&words(&["-u", "alice", "vpn"])).unwrap(), "vpn");
    }
}
