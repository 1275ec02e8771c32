//! Verifiers that others have written accept our codes: the PAM modules of Google Authenticator and of the OATH
//! Toolkit, as administrators set them up for SSH and VPNs.

use std::fs;
use std::path::PathBuf;

use passcode_process_tests::home::{Home, RFC_SECRET};
use passcode_process_tests::pam::Service;
use passcode_process_tests::run::Run;
use passcode_process_tests::sshd::Sshd;
use passcode_process_tests::{programs, site, tools, watchdog};
use tempfile::TempDir;

/// What the program `google-authenticator` makes and prints for a user.
struct Google {
    folder: TempDir,
    /// The address in its QR code.
    address: String,
    /// The secret for those who cannot scan.
    secret: String,
}

impl Google {
    fn make(options: &[&str]) -> Self {
        tools::need("google-authenticator", "libpam-google-authenticator");
        tools::need_pam_module("pam_google_authenticator.so", "libpam-google-authenticator");
        let folder = site::folder();
        let usual = ["--no-confirm", "--force", "--no-rate-limit", "--emergency-codes=1"];
        let made =
            Run::new("google-authenticator").args(usual).args(options).env("HOME", folder.path());
        let printed = made.arg("--secret").arg(folder.path().join("secret")).output();
        let after = |mark: &str| {
            let rest = printed.split(mark).nth(1).expect("the program prints what we look for");
            rest.lines().next().unwrap_or_default().trim().to_owned()
        };
        let address = after("chl=").replace("%3F", "?").replace("%3D", "=").replace("%26", "&");
        Self { folder, address, secret: after("secret key is: ") }
    }

    fn service(&self, option: &str) -> Service {
        let file = self.folder.path().join("secret");
        let module = "required pam_google_authenticator.so user=root";
        Service::new(&format!("{module} secret={} {option}", file.display()))
    }
}

/// The OATH Toolkit's file of users.
struct Users {
    folder: TempDir,
}

impl Users {
    fn new(line: &str) -> Self {
        tools::need_pam_module("pam_oath.so", "libpam-oath");
        let users = Self { folder: site::folder() };
        fs::write(users.file(), format!("{line}\n")).expect("a file of users");
        site::chmod(&users.file(), 0o600);
        users
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("users.oath")
    }

    fn service(&self, options: &str) -> Service {
        Service::new(&format!("required pam_oath.so usersfile={} {options}", self.file().display()))
    }
}

/// The secret of the RFCs' tables, as the OATH Toolkit writes it.
const RFC_SECRET_HEX: &str = "3132333435363738393031323334353637383930";

/// Six digits that are not `code`.
fn another(code: &str) -> String {
    let number: u32 = code.parse().expect("a code of digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

#[test]
fn google_authenticators_pam_module_accepts_a_code_once_and_a_fresh_one_after_it() {
    let _watchdog = watchdog::watch();
    let google =
        Google::make(&["--time-based", "--disallow-reuse", "--window-size=17", "--step-size=5"]);
    let (home, service) = (Home::new(), google.service(""));
    home.passcode(&["pair", "-", "--name", "ssh", "--period", "5"]).input(&google.address).output();
    let code = home.print(&["get", "ssh", "--fresh"]);
    assert!(!service.accepts(&another(&code)), "a wrong code");
    assert!(service.accepts(&code), "the code");
    assert!(!service.accepts(&code), "the same code again");
    assert!(service.accepts(&home.print(&["get", "ssh", "--fresh"])), "a fresh code");
}

#[test]
fn the_key_for_those_who_cannot_scan_is_the_same_as_the_address_in_the_qr_code() {
    let _watchdog = watchdog::watch();
    let google = Google::make(&["--time-based", "--allow-reuse", "--window-size=3"]);
    let (home, service) = (Home::new(), google.service(""));
    home.pair("scanned", &google.address);
    home.pair("typed", &google.secret);
    assert!(service.accepts(&home.print(&["get", "scanned"])));
    assert!(service.accepts(&home.print(&["get", "typed"])));
}

#[test]
fn google_authenticators_counter_window_is_ours() {
    let _watchdog = watchdog::watch();
    let google = Google::make(&["--counter-based", "--window-size=5"]);
    let (home, service) = (Home::new(), google.service("no_increment_hotp"));
    // This program counts from 1 and does not say so in its key.
    let before_the_first = home.pair("token", &google.address);
    assert!(!service.accepts(&before_the_first));
    let first = home.print(&["get", "token"]);
    assert!(service.accepts(&first));
    assert!(!service.accepts(&first), "a spent code");
    (0..3).for_each(|_| drop(home.print(&["get", "token"])));
    assert!(service.accepts(&home.print(&["get", "token"])), "within the window");
    (0..5).for_each(|_| drop(home.print(&["get", "token"])));
    assert!(!service.accepts(&home.print(&["get", "token"])), "beyond the window");
}

#[test]
fn the_oath_toolkits_pam_module_follows_our_counter_and_resynchronises() {
    let _watchdog = watchdog::watch();
    let users = Users::new(&format!("HOTP root - {RFC_SECRET_HEX}"));
    let (narrow, wide) = (users.service("window=5 digits=6"), users.service("window=50 digits=6"));
    let home = Home::new();
    let first = home.pair("vpn", &format!("otpauth://hotp/vpn?secret={RFC_SECRET}&counter=0"));
    assert!(narrow.accepts(&first));
    assert!(!narrow.accepts(&first), "a spent code");
    (0..3).for_each(|_| drop(home.print(&["get", "vpn"])));
    assert!(narrow.accepts(&home.print(&["get", "vpn"])), "within the window");
    (0..20).for_each(|_| drop(home.print(&["get", "vpn"])));
    assert!(!narrow.accepts(&home.print(&["get", "vpn"])), "beyond the window");
    let resync = home.print(&["hotp", "resync", "vpn"]);
    let codes: Vec<&str> = resync.lines().collect();
    assert_eq!(codes.len(), 2);
    assert!(wide.accepts(codes[0]), "an administrator looks further ahead once");
    assert!(narrow.accepts(codes[1]), "and the next one is in order");
    assert!(narrow.accepts(&home.print(&["get", "vpn"])));
}

#[test]
fn a_password_and_a_code_in_one_field_sign_on() {
    let _watchdog = watchdog::watch();
    let users = Users::new(&format!("HOTP root correct-horse {RFC_SECRET_HEX}"));
    let (home, service) = (Home::new(), users.service("digits=6"));
    home.pair("vpn", &format!("otpauth://hotp/vpn?secret={RFC_SECRET}&counter=0"));
    let join = home.passcode(&["get", "vpn", "--join", "{password}{code}"]);
    let answer = join.input("correct-horse\n").output();
    assert_eq!(answer, "correct-horse287082\n");
    assert!(service.accepts(answer.trim_end()));
    assert!(!service.accepts(&home.print(&["get", "vpn"])), "a code without the password");
}

#[test]
fn the_oath_toolkits_pam_module_accepts_time_based_codes_of_eight_digits() {
    let _watchdog = watchdog::watch();
    let users = Users::new(&format!("HOTP/T60/8 root - {RFC_SECRET_HEX}"));
    let (home, service) = (Home::new(), users.service("digits=8 window=2"));
    home.pair("gate", &format!("otpauth://totp/gate?secret={RFC_SECRET}&digits=8&period=60"));
    assert!(service.accepts(&home.print(&["get", "gate"])));
}

#[test]
fn ssh_signs_on_with_a_code_from_the_agent_and_each_code_counts_once() {
    let _watchdog = watchdog::watch();
    let users = Users::new(&format!("HOTP root - {RFC_SECRET_HEX}"));
    let sshd = Sshd::new(users.service("window=5 digits=6"));
    let home = Home::new();
    home.pair("ssh", &format!("otpauth://hotp/ssh?secret={RFC_SECRET}&counter=0"));
    let (bin, folder) = (programs::passcode(), home.path());
    let variables = [("BIN", bin.as_path()), ("PASSCODE_HOME", folder)];
    for _ in 0..2 {
        let signed_on = sshd.sign_on("exec \"$BIN\" get ssh", &variables);
        assert_eq!(signed_on.out, "signed on\n", "{}{}", signed_on.err, sshd.log());
    }
    let again = sshd.sign_on("echo 287082", &variables);
    assert_eq!((again.status, again.out.as_str()), (Some(255), ""), "a spent code: {}", sshd.log());
    assert_eq!(home.print(&["get"]), "969429", "two codes were spent");
}
