//! A connection as NetworkManager describes it to agents, as far as a login needs it: which plugin, to where, as whom.
//! Pure: what came by D-Bus goes in, and what is not a VPN of these plugins comes out as nothing.

use std::collections::HashMap;

use zbus::zvariant::OwnedValue;

/// All of a connection's settings: by the setting's name, then the property's.
pub type Settings = HashMap<String, HashMap<String, OwnedValue>>;

/// The plugins whose logins are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plugin {
    /// Asks for password and code one after the other.
    OpenVpn,
    /// Leaves the whole login to the agent and takes a cookie.
    OpenConnect,
}

/// A VPN connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpn {
    /// Its name, as the user gave it.
    pub id: String,
    pub uuid: String,
    pub plugin: Plugin,
    /// The user's name there, when the connection says it.
    pub user: Option<String>,
    /// The plugin's own settings.
    pub data: HashMap<String, String>,
}

impl Vpn {
    /// The VPN that the settings describe, when a plugin that is understood is to connect it.
    pub fn of(settings: &Settings) -> Option<Self> {
        let text = |setting: &str, property: &str| {
            let value = settings.get(setting)?.get(property)?;
            value.downcast_ref::<&str>().ok().map(str::to_owned)
        };
        let plugin = match text("vpn", "service-type")?.as_str() {
            "org.freedesktop.NetworkManager.openvpn" => Plugin::OpenVpn,
            "org.freedesktop.NetworkManager.openconnect" => Plugin::OpenConnect,
            _ => return None,
        };
        let data = settings.get("vpn")?.get("data").and_then(|data| data.try_clone().ok());
        let data: HashMap<String, String> =
            data.and_then(|data| data.try_into().ok()).unwrap_or_default();
        let named = ["username", "form:main:username"].iter().find_map(|key| data.get(*key));
        Some(Self {
            id: text("connection", "id")?,
            uuid: text("connection", "uuid")?,
            plugin,
            user: named.cloned().or_else(|| text("vpn", "user-name")),
            data,
        })
    }

    /// A setting of the plugin that is there and not empty.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.data.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Where it connects to, without port and protocol: the first of several.
    pub fn host(&self) -> Option<&str> {
        match self.plugin {
            Plugin::OpenConnect => self.setting("gateway").map(host_of_address),
            Plugin::OpenVpn => {
                let first = self.setting("remote")?.split([',', ' ']).find(|one| !one.is_empty());
                first.map(host_of_address)
            }
        }
    }
}

/// `vpn.example.org` in `https://vpn.example.org:443/group` and `vpn.example.org:1194:udp`, `2001:db8::1` in
/// `[2001:db8::1]:1194`.
fn host_of_address(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = address.split('/').next().unwrap_or(address);
    match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None if address.matches(':').count() > 2 => address,
        None => address.split(':').next().unwrap_or(address),
    }
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::Value;

    use super::*;

    pub fn settings(plugin: &str, data: &[(&str, &str)], user: Option<&str>) -> Settings {
        let owned = |value: Value<'_>| value.try_to_owned().unwrap();
        let data: HashMap<String, String> =
            data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let mut vpn = HashMap::from([
            (
                "service-type".to_owned(),
                owned(format!("org.freedesktop.NetworkManager.{plugin}").into()),
            ),
            ("data".to_owned(), owned(data.into())),
        ]);
        vpn.extend(user.map(|user| ("user-name".to_owned(), owned(user.into()))));
        let connection = HashMap::from([
            ("id".to_owned(), owned("Work VPN".into())),
            ("uuid".to_owned(), owned("4e1f".into())),
        ]);
        HashMap::from([("vpn".to_owned(), vpn), ("connection".to_owned(), connection)])
    }

    #[test]
    fn plugin_host_and_user_are_found_where_each_plugin_keeps_them() {
        let remote = [("remote", "vpn.example.org:1194:udp, b.example.org"), ("username", "alice")];
        let vpn = Vpn::of(&settings("openvpn", &remote, None)).unwrap();
        assert_eq!((vpn.plugin, vpn.host()), (Plugin::OpenVpn, Some("vpn.example.org")));
        assert_eq!((vpn.user.as_deref(), vpn.id.as_str()), (Some("alice"), "Work VPN"));

        let gateway = [("gateway", "https://vpn.example.org:4443/staff")];
        let vpn = Vpn::of(&settings("openconnect", &gateway, Some("bob"))).unwrap();
        assert_eq!((vpn.plugin, vpn.host()), (Plugin::OpenConnect, Some("vpn.example.org")));
        assert_eq!(vpn.user.as_deref(), Some("bob"));
    }

    #[test]
    fn other_plugins_and_connections_that_are_no_vpn_are_not_ours() {
        assert_eq!(Vpn::of(&settings("vpnc", &[], None)), None);
        let mut wireless = settings("openvpn", &[], None);
        wireless.remove("vpn");
        assert_eq!(Vpn::of(&wireless), None);
    }

    #[test]
    fn a_host_is_told_from_port_protocol_and_path() {
        for (address, host) in [
            ("10.98.0.1:11194:udp", "10.98.0.1"),
            ("[2001:db8::1]:1194", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("https://vpn.example.org/staff", "vpn.example.org"),
        ] {
            assert_eq!(host_of_address(address), host, "{address}");
        }
    }
}
