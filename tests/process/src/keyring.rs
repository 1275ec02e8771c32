//! A desktop with a keyring: a session bus and gnome-keyring of its own, with a home that nobody else uses. The bus
//! starts nothing by itself, so that nothing is there but what the test has started.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use passcode_daemon::ports::keyring::{KeyringStore, Limits, USUAL_INSTANCE};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Type, Value};

use crate::desktop::PrivateBus;
use crate::processes::{self, Process};
use crate::prompter::{Prompter, User};
use crate::run::Run;
use crate::{programs, site, tools, wait};

/// The password of the keyring.
pub const PASSWORD: &str = "the keyring's own";

/// The collection that the password of the user opens.
pub const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// The name of the Secret Service.
pub const SECRETS: &str = "org.freedesktop.secrets";

/// `passcoded`, in the environment of the desktop. Its own path is there, so that it is known by it.
const HELPER: &str = r#"#!/bin/sh
exec env -i HOME="FOLDER/home" XDG_RUNTIME_DIR="FOLDER" DBUS_SESSION_BUS_ADDRESS="PLACE" "FOLDER/passcoded" "$@"
"#;

/// A desktop; it ends with the test.
#[derive(Debug)]
pub struct KeyringDesktop {
    folder: TempDir,
    bus: PrivateBus,
    connection: Option<Connection>,
    keyring: Option<Child>,
}

impl KeyringDesktop {
    /// A home, and nothing that runs.
    pub fn new() -> Self {
        tools::need("gnome-keyring-daemon", "gnome-keyring");
        let folder = site::folder();
        let bus = PrivateBus::new(folder.path().join("bus"));
        let desktop = Self { folder, bus, connection: None, keyring: None };
        fs::create_dir(desktop.home()).expect("a home");
        let itself = desktop.file("passcoded");
        std::os::unix::fs::symlink(programs::passcoded(), itself).expect("a link");
        // Not written by this process, for the reason that `programs::for_every_user` gives.
        let write = Run::new("sh").args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]);
        write.arg(desktop.helper()).input(desktop.helper_script()).output();
        desktop
    }

    /// With a bus, and a keyring that is open.
    pub fn with_keyring() -> Self {
        let mut desktop = Self::new();
        desktop.start_bus();
        desktop.start_keyring();
        desktop
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its user's home.
    pub fn home(&self) -> PathBuf {
        self.file("home")
    }

    /// The program that is started as the helper.
    pub fn helper(&self) -> PathBuf {
        self.file("helper")
    }

    /// What a program is given to be on this desktop.
    pub fn variables(&self) -> [(&'static str, OsString); 3] {
        [
            ("HOME", self.home().into()),
            ("XDG_RUNTIME_DIR", self.path().into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.address().into()),
        ]
    }

    fn helper_script(&self) -> String {
        let folder = self.path().display().to_string();
        HELPER.replace("FOLDER", &folder).replace("PLACE", &self.bus.address())
    }

    /// The key store in its keyring.
    pub fn keys(&self) -> KeyringStore {
        self.keys_within(Limits::USUAL)
    }

    /// The same with other limits than the usual ones.
    pub fn keys_within(&self, limits: Limits) -> KeyringStore {
        KeyringStore::new(USUAL_INSTANCE, self.helper(), limits)
    }

    /// The helpers that run.
    pub fn helpers(&self) -> Vec<Process> {
        let own = processes::knowing(&self.file("passcoded").display().to_string());
        own.into_iter().filter(|process| process.arguments.contains(" helper keyring")).collect()
    }

    /// Starts the session bus.
    pub fn start_bus(&mut self) {
        self.bus.start();
        self.connection = Some(self.bus.connect());
    }

    /// Starts the keyring, opened by its password; a new one when there is none.
    pub fn start_keyring(&mut self) {
        self.start_keyring_with(&["--unlock"]);
        wait::until("the keyring to be open", || self.is_open(LOGIN)?.then_some(()));
    }

    /// Starts the keyring as it is at rest: what is there is locked.
    pub fn start_locked_keyring(&mut self) {
        self.start_keyring_with(&[]);
    }

    fn start_keyring_with(&mut self, arguments: &[&str]) {
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring.args(["--foreground", "--components=secrets"]).args(arguments);
        let child = self.spawn(keyring, PASSWORD);
        // For the guardian.
        let noted = fs::write(self.file("keyring.pid"), format!("{}\n", child.id()));
        noted.expect("a note");
        self.keyring = Some(child);
        wait::until("the keyring", || self.has_owner(SECRETS).then_some(()));
    }

    fn spawn(&self, mut command: Command, input: &str) -> Child {
        command.env_clear().envs(self.variables());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a program of the desktop");
        let mut pipe = child.stdin.take().expect("a pipe to its input");
        pipe.write_all(input.as_bytes()).expect("its input");
        child
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a session bus")
    }

    /// A window on the bus that asks `user` for passwords.
    pub fn prompter(&self, user: User) -> Prompter {
        Prompter::start(self.bus.connect(), user)
    }

    fn has_owner(&self, name: &str) -> bool {
        let name = BusName::try_from(name).expect("a name");
        let bus = DBusProxy::new(self.connection()).expect("the bus");
        bus.name_has_owner(name).expect("the bus")
    }

    /// Whether a collection is open; none when there is no such collection.
    pub fn is_open(&self, collection: &str) -> Option<bool> {
        let interface = "org.freedesktop.DBus.Properties";
        let asked = ("org.freedesktop.Secret.Collection", "Locked");
        let said = self.connection().call_method(
            Some(SECRETS),
            collection,
            Some(interface),
            "Get",
            &asked,
        );
        let locked: OwnedValue = said.ok()?.body().deserialize().ok()?;
        Some(!bool::try_from(locked).expect("a bool"))
    }

    /// Locks a collection, as a desktop does.
    ///
    /// # Panics
    /// When that fails.
    pub fn lock(&self, collection: &str) {
        let collections = vec![ObjectPath::try_from(collection).expect("a path")];
        let _: (Vec<OwnedObjectPath>, OwnedObjectPath) = self.ask("Lock", &(collections,));
        assert_eq!(self.is_open(collection), Some(false));
    }

    /// Lets the user make one more collection, which is the one for new entries from then on; a prompter has to be there.
    ///
    /// # Panics
    /// When the keyring refuses.
    pub fn make_default_collection(&self, name: &str) {
        let property = "org.freedesktop.Secret.Collection.Label";
        let properties = HashMap::from([(property, Value::from(name))]);
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
            self.ask("CreateCollection", &(properties, ""));
        let interface = "org.freedesktop.Secret.Prompt";
        let shown = self.connection().call_method(
            Some(SECRETS),
            &prompt,
            Some(interface),
            "Prompt",
            &("",),
        );
        shown.expect("a window");
        let path = format!("/org/freedesktop/secrets/collection/{name}");
        wait::until("another collection", || self.is_open(&path));
        let path = ObjectPath::try_from(path).expect("a path");
        let () = self.ask("SetAlias", &("default", path));
    }

    fn ask<Q, A>(&self, method: &str, question: &Q) -> A
    where
        Q: Serialize + DynamicType,
        A: DeserializeOwned + Type,
    {
        let (path, interface) = ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service");
        let said =
            self.connection().call_method(Some(SECRETS), path, Some(interface), method, question);
        said.expect("an answer of the keyring").body().deserialize().expect("its form")
    }

    /// The keyring's process.
    ///
    /// # Panics
    /// When none was started.
    pub fn keyring_pid(&self) -> u32 {
        self.keyring.as_ref().expect("a keyring").id()
    }

    /// Ends the keyring without a warning.
    pub fn kill_keyring(&mut self) {
        self.keyring.take().into_iter().for_each(end);
        wait::until("the keyring to be gone", || (!self.has_owner(SECRETS)).then_some(()));
    }

    /// The folder that holds it all.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Default for KeyringDesktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for KeyringDesktop {
    fn drop(&mut self) {
        self.keyring.take().into_iter().for_each(end);
    }
}

fn end(mut child: Child) {
    // It fails only when the process has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
