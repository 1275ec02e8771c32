//! Which connections the user has named, on the command line, and by which profile each logs in. What `[[prompt]]` rules
//! name is asked of the agent.

#[cfg(all(unix, not(target_os = "macos")))]
use super::connection::Vpn;
#[cfg(all(unix, not(target_os = "macos")))]
use crate::output::Failure;

/// `--connection ID[=PROFILE]`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(dead_code, reason = "not every system has NetworkManager")]
pub struct Named {
    /// The connection's name, or its UUID.
    connection: String,
    profile: Option<String>,
}

impl Named {
    /// Reads the option's value.
    pub fn read(text: &str) -> Result<Self, String> {
        let (connection, profile) = match text.rsplit_once('=') {
            Some((connection, profile)) => (connection, Some(profile)),
            None => (text, None),
        };
        if connection.is_empty() || profile.is_some_and(str::is_empty) {
            return Err("it is a connection, or CONNECTION=PROFILE".to_owned());
        }
        Ok(Self { connection: connection.to_owned(), profile: profile.map(str::to_owned) })
    }
}

/// What a login is done by.
#[cfg(all(unix, not(target_os = "macos")))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The profile; the default one when there is none.
    pub profile: Option<String>,
    /// As what rules know the server: the gateway, or the connection's name where a rule has that.
    pub host: Option<String>,
}

/// All that was named.
#[cfg(all(unix, not(target_os = "macos")))]
#[derive(Debug, Default)]
pub struct Names {
    pub connections: Vec<Named>,
    /// The profile of those that are named without one.
    pub profile: Option<String>,
}

#[cfg(all(unix, not(target_os = "macos")))]
impl Names {
    /// How this connection logs in; nothing when nobody has named it. `by_rule` gives the profile that the user's rules
    /// name for a host.
    pub fn find(
        &self,
        vpn: &Vpn,
        by_rule: impl Fn(&str) -> Result<Option<String>, Failure>,
    ) -> Result<Option<Chosen>, Failure> {
        let is_meant = |named: &&Named| [&vpn.id, &vpn.uuid].contains(&&named.connection);
        if let Some(named) = self.connections.iter().find(is_meant) {
            let profile = named.profile.clone().or_else(|| self.profile.clone());
            let host = vpn.host().map(str::to_owned);
            return Ok(Some(Chosen { profile, host }));
        }
        for host in [vpn.host(), Some(&vpn.id)].into_iter().flatten() {
            if let Some(profile) = by_rule(host)? {
                return Ok(Some(Chosen { profile: Some(profile), host: Some(host.to_owned()) }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
#[cfg(all(unix, not(target_os = "macos")))]
mod tests {
    use std::collections::HashMap;

    use super::super::connection::Plugin;
    use super::*;

    fn vpn() -> Vpn {
        let data = HashMap::from([("remote".to_owned(), "vpn.example.org:1194".to_owned())]);
        let (id, uuid) = ("Work VPN".to_owned(), "4e1f".to_owned());
        Vpn { id, uuid, plugin: Plugin::OpenVpn, user: None, data }
    }

    fn found(named: &[&str], profile: Option<&str>, rule: (&str, &str)) -> Option<Option<String>> {
        let connections = named.iter().map(|text| Named::read(text).unwrap()).collect();
        let names = Names { connections, profile: profile.map(str::to_owned) };
        let by_rule = |host: &str| Ok((host == rule.0).then(|| rule.1.to_owned()));
        names.find(&vpn(), by_rule).unwrap().map(|chosen| chosen.profile)
    }

    #[test]
    fn a_connection_that_nobody_named_is_left_to_others() {
        assert_eq!(found(&["Home VPN=home"], Some("work"), ("other.example.org", "work")), None);
        assert_eq!(found(&[], None, ("", "")), None);
    }

    #[test]
    fn a_connection_is_named_by_its_name_its_uuid_or_a_rule_for_its_host_or_name() {
        let work = Some(Some("work".to_owned()));
        for named in ["Work VPN=work", "4e1f=work"] {
            assert_eq!(found(&[named], None, ("", "")), work);
        }
        assert_eq!(found(&["Work VPN"], Some("work"), ("", "")), work);
        assert_eq!(found(&["Work VPN"], None, ("", "")), Some(None), "the default profile");
        for host in ["vpn.example.org", "Work VPN"] {
            assert_eq!(found(&[], None, (host, "work")), work, "{host}");
        }
    }

    #[test]
    fn the_command_line_comes_before_the_rules() {
        let profile = found(&["Work VPN=work"], None, ("vpn.example.org", "other"));
        assert_eq!(profile, Some(Some("work".to_owned())));
    }

    #[test]
    fn a_name_without_anything_is_refused() {
        assert_eq!(Named::read("a=b=work").unwrap().connection, "a=b");
        for text in ["", "=work", "Work VPN="] {
            assert!(Named::read(text).is_err(), "{text}");
        }
    }
}
