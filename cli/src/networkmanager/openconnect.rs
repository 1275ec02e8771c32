//! The OpenConnect plugin's settings as arguments of the program `openconnect`, and a login's result as the plugin's secrets.
//! Pure. The keys are those of NetworkManager-openconnect.

use std::ffi::OsString;

use passcode_proto::SecretText;

use super::bus::Secrets;
use super::connection::Vpn;
use crate::openconnect::Session;
use crate::output::Failure;

/// The plugin's settings, and openconnect's options for them.
const OPTIONS: &[(&str, &str)] = &[
    ("protocol", "--protocol"),
    ("cacert", "--cafile"),
    ("usercert", "--certificate"),
    ("userkey", "--sslkey"),
    ("mcacert", "--mca-certificate"),
    ("mcakey", "--mca-key"),
    ("useragent", "--useragent"),
    ("reported_os", "--os"),
    ("proxy", "--proxy"),
    ("form:main:group_list", "--authgroup"),
];

/// The arguments for a login, the server last.
///
/// # Errors
/// When the connection names no gateway.
pub fn arguments(vpn: &Vpn) -> Result<Vec<OsString>, Failure> {
    let gateway = vpn.setting("gateway").ok_or_else(no_gateway)?;
    let given = OPTIONS.iter().filter_map(|(key, option)| Some((option, vpn.setting(key)?)));
    let mut arguments: Vec<String> =
        given.map(|(option, value)| format!("{option}={value}")).collect();
    arguments.extend(vpn.user.as_ref().map(|user| format!("--user={user}")));
    if vpn.setting("enable_csd_trojan") == Some("yes") {
        let wrapper = vpn.setting("csd_wrapper");
        arguments.extend(wrapper.map(|wrapper| format!("--csd-wrapper={wrapper}")));
    }
    // With its scheme, it is never taken for an option.
    arguments.push(match gateway.contains("://") {
        true => gateway.to_owned(),
        false => format!("https://{gateway}"),
    });
    Ok(arguments.into_iter().map(OsString::from).collect())
}

/// What the plugin takes of a login.
pub fn secrets(session: &Session) -> Secrets {
    let plain = |key: &str, value: &str| (key.to_owned(), SecretText::new(value.to_owned()));
    let mut secrets = vec![
        ("cookie".to_owned(), session.cookie.clone()),
        plain("gateway", session.server()),
        plain("gwcert", &session.fingerprint),
    ];
    if !session.resolve.is_empty() {
        secrets.push(plain("resolve", &session.resolve));
    }
    Secrets(secrets)
}

fn no_gateway() -> Failure {
    Failure::local(
        "networkmanager",
        "The connection names no gateway.",
        "Name it: nmcli connection modify CONNECTION +vpn.data gateway=HOST",
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::connection::Plugin;
    use super::*;

    fn arguments_of(data: &[(&str, &str)], user: Option<&str>) -> Result<Vec<OsString>, Failure> {
        let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let (id, uuid, user) = ("Work".to_owned(), "4e1f".to_owned(), user.map(str::to_owned));
        let data: HashMap<String, String> = data.collect();
        arguments(&Vpn { id, uuid, plugin: Plugin::OpenConnect, user, data })
    }

    #[test]
    fn the_connections_settings_are_openconnects_options_and_the_server_comes_last() {
        let data = [
            ("gateway", "vpn.example.org:444"),
            ("protocol", "gp"),
            ("cacert", "/etc/vpn/ca.pem"),
            ("csd_wrapper", "/opt/wrapper"),
            ("cookie-flags", "2"),
            ("useragent", ""),
        ];
        assert_eq!(
            arguments_of(&data, Some("alice")).unwrap(),
            [
                "--protocol=gp",
                "--cafile=/etc/vpn/ca.pem",
                "--user=alice",
                "https://vpn.example.org:444"
            ]
        );
    }

    #[test]
    fn no_setting_becomes_an_option_of_its_own() {
        let data = [("gateway", "--script=/tmp/x"), ("protocol", "--dump")];
        assert_eq!(
            arguments_of(&data, None).unwrap(),
            ["--protocol=--dump", "https://--script=/tmp/x"]
        );
        assert!(arguments_of(&[], None).is_err());
    }

    #[test]
    fn what_a_login_gives_is_what_the_plugin_takes() {
        let session = Session::read("COOKIE='c'\nHOST='10.0.0.1'\nFINGERPRINT='f'\n").unwrap();
        let Secrets(secrets) = secrets(&session);
        let told: Vec<_> =
            secrets.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
        assert_eq!(told, [("cookie", "c"), ("gateway", "10.0.0.1"), ("gwcert", "f")]);
    }
}
