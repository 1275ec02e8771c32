//! The key store `keyring` with a real gnome-keyring: what is kept is found again, nothing pops up unless it may, and
//! whatever becomes of the keyring, nothing hangs and nothing is lost.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use passcode_daemon::ports::keyring::{KeyringStore, Limits};
use passcode_daemon::ports::keystore::{Access, Anchor, Kept, KeyStore, KeyStoreFault};
use passcode_daemon::secret::Secret;
use passcode_process_tests::keyring::{KeyringDesktop, LOGIN, PASSWORD};
use passcode_process_tests::prompter::User;
use passcode_process_tests::wait::Stop;
use passcode_process_tests::{processes, wait, watchdog};
use rustix::process::Signal;

const QUIET: Access<'static> = Access { may_ask: false, passphrase: None };
const ASKING: Access<'static> = Access { may_ask: true, passphrase: None };

/// Limits for tests in which one of them passes.
const SHORT: Limits = Limits { quiet: Duration::from_secs(2), asking: Duration::from_secs(5) };

const ANCHOR: Anchor = Anchor { generation: 1 << 40, attempt: 7, doublings: 3 };

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; 32])
}

fn kept(keys: &KeyringStore) -> Result<Vec<Secret>, KeyStoreFault> {
    keys.load(QUIET).map(|kept| kept.secrets)
}

#[test]
fn secrets_and_the_anchor_are_found_again_in_an_open_keyring() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys();
    assert_eq!(keys.load(QUIET), Ok(Kept::default()));
    keys.add(&secret(1)).unwrap();
    keys.note(ANCHOR).unwrap();
    keys.add(&secret(2)).unwrap();
    assert_eq!(keys.add(&secret(1)), Ok(()));
    assert_eq!(keys.add(&secret(3)), Err(KeyStoreFault::Taken));
    let all = Kept { secrets: vec![secret(1), secret(2)], anchor: Some(ANCHOR) };
    assert_eq!(desktop.keys().load(QUIET), Ok(all));
    keys.keep_only(&secret(2)).unwrap();
    let later = Anchor { generation: 1 << 41, ..ANCHOR };
    keys.note(later).unwrap();
    let left = Kept { secrets: vec![secret(2)], anchor: Some(later) };
    assert_eq!(keys.load(QUIET), Ok(left));
    assert_eq!(keys.warning(), None);
    keys.delete().unwrap();
    assert_eq!(keys.delete(), Ok(()));
    assert_eq!(keys.load(QUIET), Ok(Kept::default()));
}

#[test]
fn what_was_kept_is_there_after_the_keyring_was_started_again() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys();
    keys.add(&secret(1)).unwrap();
    keys.note(ANCHOR).unwrap();
    desktop.kill_keyring();
    desktop.start_keyring();
    let all = Kept { secrets: vec![secret(1)], anchor: Some(ANCHOR) };
    assert_eq!(keys.load(QUIET), Ok(all));
}

#[test]
fn agents_with_a_folder_of_their_own_do_not_see_each_others_secrets() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys();
    let other = KeyringStore::new("0123456789abcdef", desktop.helper(), Limits::USUAL);
    keys.add(&secret(1)).unwrap();
    assert_eq!(other.load(QUIET), Ok(Kept::default()));
    other.add(&secret(2)).unwrap();
    other.note(ANCHOR).unwrap();
    other.keep_only(&secret(2)).unwrap();
    assert_eq!(keys.load(QUIET), Ok(Kept { secrets: vec![secret(1)], anchor: None }));
    keys.delete().unwrap();
    assert_eq!(kept(&other), Ok(vec![secret(2)]));
}

#[test]
fn a_locked_keyring_is_told_and_nothing_pops_up_unless_it_may() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let prompter = desktop.prompter(User::Away);
    let keys = desktop.keys();
    keys.add(&secret(1)).unwrap();
    desktop.lock(LOGIN);
    assert_eq!(kept(&keys), Err(KeyStoreFault::Locked));
    assert_eq!(keys.add(&secret(2)), Err(KeyStoreFault::Locked));
    assert_eq!(keys.keep_only(&secret(2)), Err(KeyStoreFault::Locked));
    assert_eq!(keys.note(ANCHOR), Err(KeyStoreFault::Locked));
    assert_eq!(keys.delete(), Err(KeyStoreFault::Locked));
    assert_eq!(prompter.begun(), 0);
}

#[test]
fn a_locked_keyring_opens_when_the_user_types_its_password() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let prompter = desktop.prompter(User::Types(PASSWORD));
    let keys = desktop.keys();
    keys.add(&secret(1)).unwrap();
    desktop.lock(LOGIN);
    assert_eq!(keys.load(ASKING).map(|kept| kept.secrets), Ok(vec![secret(1)]));
    assert_eq!(prompter.begun(), 1);
    assert_eq!(kept(&keys), Ok(vec![secret(1)]), "it stays open");
    assert_eq!(keys.load(ASKING).map(|kept| kept.secrets), Ok(vec![secret(1)]));
    assert_eq!(prompter.begun(), 1, "what is open is not asked for");
}

#[test]
fn a_user_who_closes_the_window_has_said_no() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let prompter = desktop.prompter(User::Declines);
    desktop.lock(LOGIN);
    assert_eq!(desktop.keys().load(ASKING), Err(KeyStoreFault::Locked));
    assert_eq!(prompter.begun(), 1);
}

#[test]
fn a_window_that_nobody_answers_is_given_up_at_the_limit() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let prompter = desktop.prompter(User::Away);
    desktop.lock(LOGIN);
    let keys = desktop.keys_within(SHORT);
    assert_eq!(keys.load(ASKING), Err(KeyStoreFault::Late));
    assert_eq!(desktop.helpers(), []);
    assert_eq!(prompter.begun(), 1);
    let quiet = desktop.keys();
    assert_eq!(kept(&quiet), Err(KeyStoreFault::Locked), "the keyring still answers");
    assert_eq!(prompter.begun(), 1);
}

#[test]
fn without_a_bus_or_without_a_keyring_on_it_that_is_told_and_one_that_comes_later_is_found() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::new();
    let keys = desktop.keys();
    let absence = |access| match keys.load(access) {
        Err(fault @ KeyStoreFault::Absent(_)) => format!("{fault} {}", fault.hint()),
        other => panic!("{other:?}"),
    };
    assert!(absence(QUIET).contains("there is no session bus"));
    desktop.start_bus();
    for access in [QUIET, ASKING] {
        let told = absence(access);
        assert!(told.contains("no program on the session bus"), "{told}");
        assert!(told.contains("keystore = \"passphrase\""), "{told}");
    }
    assert!(matches!(keys.add(&secret(1)), Err(KeyStoreFault::Absent(_))));
    desktop.start_keyring();
    assert_eq!(keys.add(&secret(1)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(1)]));
}

#[test]
fn a_keyring_that_is_not_made_yet_is_told_and_made_by_the_user_alone() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::new();
    desktop.start_bus();
    desktop.start_locked_keyring();
    let prompter = desktop.prompter(User::Types("a new password"));
    let keys = desktop.keys();
    let missing = KeyStoreFault::Absent("the keyring has no default collection yet");
    assert_eq!(keys.load(QUIET), Err(missing.clone()));
    assert_eq!(keys.add(&secret(1)), Err(missing));
    assert_eq!(prompter.begun(), 0);
    assert_eq!(keys.load(ASKING), Ok(Kept::default()));
    assert!(prompter.begun() > 0);
    assert_eq!(keys.add(&secret(1)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(1)]));
}

#[test]
fn a_secret_in_another_collection_than_the_default_one_is_not_asked_for_unless_it_may() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let prompter = desktop.prompter(User::Types(PASSWORD));
    let keys = desktop.keys();
    keys.add(&secret(1)).unwrap();
    desktop.make_default_collection("Work");
    assert_eq!(kept(&keys), Ok(vec![secret(1)]), "both are open");
    desktop.lock(LOGIN);
    let asked = prompter.begun();
    assert_eq!(kept(&keys), Err(KeyStoreFault::Locked));
    assert_eq!(prompter.begun(), asked);
    assert_eq!(keys.load(ASKING).map(|kept| kept.secrets), Ok(vec![secret(1)]));
    assert_eq!(prompter.begun(), asked + 1);
}

#[test]
fn a_keyring_without_a_password_is_told() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::new();
    let folder = desktop.home().join(".local/share/keyrings");
    fs::create_dir_all(&folder).unwrap();
    let blank =
        "[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n";
    fs::write(folder.join("login.keyring"), blank).unwrap();
    fs::write(folder.join("default"), "login").unwrap();
    desktop.start_bus();
    desktop.start_locked_keyring();
    let keys = desktop.keys();
    assert_eq!(keys.add(&secret(1)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(1)]));
    assert!(keys.warning().unwrap().contains("no password"), "{:?}", keys.warning());
}

/// Stops the keyring, begins a call, does something meanwhile, and gives what the call returned.
fn with_call_under_way<T>(
    desktop: &KeyringDesktop,
    call: impl FnOnce() -> T + Send,
    meanwhile: impl FnOnce(),
) -> T
where
    T: Send,
{
    processes::signal(desktop.keyring_pid(), Signal::STOP);
    thread::scope(|scope| {
        let call = scope.spawn(call);
        wait::until("the helper", || (!desktop.helpers().is_empty()).then_some(()));
        meanwhile();
        call.join().expect("no panic")
    })
}

#[test]
fn a_keyring_that_stands_still_is_given_up_at_the_limit_and_works_again_when_it_goes_on() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let (keys, short) = (desktop.keys(), desktop.keys_within(SHORT));
    keys.add(&secret(1)).unwrap();
    let late = with_call_under_way(&desktop, || short.add(&secret(2)), || ());
    assert_eq!(late, Err(KeyStoreFault::Late));
    assert_eq!(desktop.helpers(), []);
    processes::signal(desktop.keyring_pid(), Signal::CONT);
    let secrets = kept(&keys).unwrap();
    assert!(secrets.contains(&secret(1)), "{secrets:?}");
    assert_eq!(keys.keep_only(&secret(1)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(1)]));
}

#[test]
fn a_keyring_that_is_killed_in_the_middle_of_a_call_is_never_taken_for_an_empty_one() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys();
    keys.add(&secret(1)).unwrap();
    let pid = desktop.keyring_pid();
    let failed = with_call_under_way(&desktop, || keys.load(QUIET), || processes::kill(pid));
    assert!(
        matches!(failed, Err(KeyStoreFault::Failed(_) | KeyStoreFault::Absent(_))),
        "{failed:?}"
    );
    desktop.kill_keyring();
    desktop.start_keyring();
    assert_eq!(kept(&keys), Ok(vec![secret(1)]));
}

#[test]
fn a_keyring_that_is_killed_while_keys_are_changed_loses_neither_the_old_nor_the_new_one() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys();
    keys.add(&secret(0)).unwrap();
    let mut last = 0;
    for round in 0..4 {
        let (over, changes) = (AtomicBool::new(false), AtomicU8::new(0));
        let pid = desktop.keyring_pid();
        last = thread::scope(|scope| {
            let changing = scope.spawn(|| change_keys(&keys, last, &changes, &over));
            let _stop = Stop(&over);
            let under_way =
                || changes.load(Ordering::Relaxed) > round && !desktop.helpers().is_empty();
            wait::until("a change", || under_way().then_some(()));
            processes::kill(pid);
            changing.join().unwrap()
        });
        desktop.kill_keyring();
        desktop.start_keyring();
        let secrets = kept(&keys).unwrap();
        assert!(secrets.contains(&secret(last)), "round {round}: {last} is not in {secrets:?}");
        keys.keep_only(&secret(last)).unwrap();
    }
}

/// Puts one secret into the place of another until something fails; gives the last one that has to be there.
fn change_keys(keys: &KeyringStore, first: u8, changes: &AtomicU8, over: &AtomicBool) -> u8 {
    let mut last = first;
    while !over.load(Ordering::Relaxed) {
        let next = last.wrapping_add(1);
        if keys.add(&secret(next)).and_then(|()| keys.keep_only(&secret(next))).is_err() {
            break;
        }
        last = next;
        changes.fetch_add(1, Ordering::Relaxed);
    }
    last
}

#[test]
fn the_helper_is_protected_and_its_arguments_and_environment_hold_no_secret() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let keys = desktop.keys_within(SHORT);
    let bytes: Vec<u8> = (0..32).map(|byte| byte * 7 + 1).collect();
    let base64 = data_encoding::BASE64.encode(&bytes);
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let secret = Secret::new(bytes);
    let look = || {
        let helper = &desktop.helpers()[0];
        let read = |file| fs::read(format!("/proc/{}/{file}", helper.pid)).unwrap_or_default();
        let known = [read("cmdline"), read("environ")].concat();
        let known = String::from_utf8_lossy(&known).into_owned();
        assert!(known.contains("helper\0keyring"), "{known}");
        assert!(!known.contains(&base64[..20]) && !known.contains(&hex[..20]), "{known}");
        wait::until("the helper to harden itself", || {
            let limits = String::from_utf8(read("limits")).unwrap();
            let cores = limits.lines().find(|line| line.starts_with("Max core file size"))?;
            (cores.split_whitespace().nth(4) == Some("0")).then_some(())
        });
    };
    let late = with_call_under_way(&desktop, || keys.add(&secret), look);
    assert_eq!(late, Err(KeyStoreFault::Late));
}

#[test]
fn the_helper_ends_with_the_agent() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    processes::signal(desktop.keyring_pid(), Signal::STOP);
    let mut agent = std::process::Command::new(desktop.helper());
    agent.args(["helper", "keyring"]).stdin(std::process::Stdio::piped());
    let mut helper = agent.stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut input = helper.stdin.take().unwrap();
    let request = b"{\"instance\":\"default\",\"may_ask\":false,\"call\":\"load\"}\n";
    std::io::Write::write_all(&mut input, request).unwrap();
    wait::until("the helper", || (!desktop.helpers().is_empty()).then_some(()));
    assert_eq!(helper.try_wait().unwrap(), None);
    drop(input);
    wait::until("the helper to end", || helper.try_wait().unwrap());
}
