//! The rules of [`super::Place`], on given variables.

use std::ffi::OsString;
use std::path::Path;

use super::Place;
use crate::fault::Fault;

fn place(variables: &[(&str, &str)]) -> Result<Place, Fault> {
    let variables: Vec<(String, OsString)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
    Place::from_variables(&move |name| {
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    })
}

#[test]
fn a_private_instance_lives_in_one_folder() {
    let place =
        place(&[("PASSCODE_HOME", "/p"), ("HOME", "/home/a"), ("XDG_DATA_HOME", "/x")]).unwrap();
    assert_eq!(place.socket, Path::new("/p/agent.sock"));
    assert_eq!(place.data, Path::new("/p"));
    assert_eq!(place.config, Path::new("/p/config.toml"));
    assert_eq!(place.agent_lock(), Path::new("/p/agent.lock"));
}

#[test]
fn xdg_folders_are_followed_when_they_are_absolute() {
    let place = place(&[
        ("HOME", "/home/a"),
        ("XDG_RUNTIME_DIR", "/run/user/7"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "/c"),
    ])
    .unwrap();
    assert_eq!(place.socket, Path::new("/run/user/7/passcode/agent.sock"));
    assert_eq!(place.data, Path::new("/home/a/.local/share/passcode"));
    assert_eq!(place.config, Path::new("/c/passcode/config.toml"));
}

#[test]
fn without_a_runtime_folder_the_socket_still_has_a_place_of_its_own() {
    let place = place(&[("HOME", "/home/a"), ("XDG_RUNTIME_DIR", "relative")]).unwrap();
    assert_eq!(place.socket, Path::new("/home/a/.local/state/passcode/agent.sock"));
}

#[test]
fn the_socket_alone_can_be_put_elsewhere() {
    let place = place(&[("PASSCODE_HOME", "/p"), ("PASSCODE_SOCKET", "/s/x.sock")]).unwrap();
    assert_eq!(
        (place.socket.as_path(), place.data.as_path()),
        (Path::new("/s/x.sock"), Path::new("/p"))
    );
}

#[test]
fn what_cannot_work_is_said_with_a_way_out() {
    let long = format!("/{}", "x".repeat(107));
    for (variables, hint) in [
        (vec![], "HOME"),
        (vec![("PASSCODE_HOME", "here")], "PASSCODE_HOME"),
        (vec![("HOME", "/h"), ("PASSCODE_SOCKET", long.as_str())], "shorter path"),
        (vec![("HOME", "/h"), ("PASSCODE_SOCKET", "x.sock")], "PASSCODE_SOCKET"),
    ] {
        let fault = place(&variables).unwrap_err();
        assert!(fault.hint.contains(hint), "{fault:?}");
    }
}
