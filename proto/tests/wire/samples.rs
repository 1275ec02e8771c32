//! One sample or more of every message, with a name for its golden file.

use passcode_proto::codec::Sent;
use passcode_proto::event::Numbered;
use passcode_proto::profile::{Algorithm, CodeType, Counter, Profile, ProfileId};
use passcode_proto::reply::*;
use passcode_proto::request::*;
use passcode_proto::{Answer, Fault, FaultCode, Label, Request, SecretText, Verb};

/// A message in either direction.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// From a client.
    Request(Request),
    /// From the agent.
    Sent(Sent),
}

/// Every sample, by the name of its golden file.
pub fn all() -> Vec<(String, Message)> {
    let requests = requests()
        .into_iter()
        .chain(crate::logins::requests())
        .map(|(name, one)| (name.to_owned(), Message::Request(one)));
    let answers = answers()
        .into_iter()
        .chain(crate::logins::answers())
        .map(|(name, one)| (name.to_owned(), sent(Sent::Answer(one))));
    let faults = FaultCode::ALL.iter().map(|code| {
        let fault = Fault::because(*code, "What happened.").advise("What to do.");
        (format!("fault-{}", code.name()), sent(Sent::Fault(fault)))
    });
    let events = crate::events::events()
        .into_iter()
        .map(|(name, event)| (name.to_owned(), sent(Sent::Event(Numbered { seq: 300, event }))));
    requests.chain(answers).chain(faults).chain(events).collect()
}

fn sent(sent: Sent) -> Message {
    Message::Sent(sent)
}

pub fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

pub fn label(text: &str) -> Label {
    Label::new(text).expect("a label")
}

/// A profile that has everything.
pub fn profile(id: u32) -> Profile {
    Profile {
        id: ProfileId(id),
        name: label("Zürich 🔑"),
        issuer: label("ACME \"Co\""),
        account: label("alice@example.org"),
        kind: CodeType::Totp,
        algorithm: Algorithm::Sha256,
        digits: 8,
        period: 86_400,
        weak: true,
        service: Some(label("id.example.org")),
        ended: true,
    }
}

fn requests() -> Vec<(&'static str, Request)> {
    [usual_requests(), managing_requests()].concat()
}

fn usual_requests() -> Vec<(&'static str, Request)> {
    let code = GetCode {
        profile: None,
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt: false,
        purpose: None,
    };
    let pair = Pair {
        key: secret("GEZDGNBVGY3TQOJQ"),
        name: None,
        counter: None,
        digits: None,
        algorithm: None,
        period: None,
        no_code: false,
        service: None,
        passphrase: None,
    };
    let whole_pair = Pair {
        name: text("Zürich"),
        counter: Some(Counter(u64::MAX)),
        digits: Some(8),
        algorithm: Some(Algorithm::Sha512),
        period: Some(86_400),
        no_code: true,
        service: text("https://id.example.org"),
        passphrase: Some(secret("open sesame")),
        ..pair.clone()
    };
    let whole_code = GetCode {
        profile: text("ACME:alice"),
        fresh: true,
        min_valid: Some(250),
        wait: Some(60),
        show: true,
        no_prompt: true,
        purpose: None,
    };
    vec![
        ("request-hello", Hello { client: "passcode 0.1.0".into() }.ask()),
        ("request-help", Help {}.ask()),
        ("request-status", Status {}.ask()),
        ("request-subscribe", Subscribe {}.ask()),
        ("request-list", List { after: None, limit: None }.ask()),
        ("request-list-page", List { after: Some(ProfileId(500)), limit: Some(251) }.ask()),
        ("request-code", code.ask()),
        ("request-code-whole", whole_code.ask()),
        ("request-pair", pair.ask()),
        ("request-pair-whole", whole_pair.ask()),
        ("request-rename", Rename { profile: "work".into(), name: "home".into() }.ask()),
        ("request-default", SetDefault { profile: "work".into() }.ask()),
        ("request-unpair", Unpair { profile: "work".into(), pin: None, offline: false }.ask()),
        (
            "request-unpair-pin",
            Unpair { profile: "work".into(), pin: Some(secret("2468")), offline: true }.ask(),
        ),
    ]
}

/// Requests that manage the vault and what is around it.
fn managing_requests() -> Vec<(&'static str, Request)> {
    vec![
        ("request-lock", Lock {}.ask()),
        ("request-unlock", Unlock { pin: None, passphrase: None, recovery: None }.ask()),
        (
            "request-unlock-whole",
            Unlock {
                pin: Some(secret("2468")),
                passphrase: Some(secret("a passphrase")),
                recovery: Some(secret("ABCD-EFGH")),
            }
            .ask(),
        ),
        ("request-pin.set", PinSet { pin: secret("2468"), recovery_code: true }.ask()),
        (
            "request-pin.change",
            PinChange { pin: secret("2468"), new: secret("135790"), recovery_code: false }.ask(),
        ),
        ("request-pin.remove", PinRemove { pin: secret("2468") }.ask()),
        (
            "request-keystore.set",
            KeystoreSet { kind: "passphrase".into(), pin: None, passphrase: Some(secret("words")) }
                .ask(),
        ),
        ("request-reset", Reset {}.ask()),
        ("request-doctor", Doctor {}.ask()),
        ("request-hotp.show", HotpShow { profile: text("work") }.ask()),
        ("request-hotp.set", {
            HotpSet { profile: "work".into(), next: Counter(1 << 53), pin: None }.ask()
        }),
        ("request-hotp.resync", HotpResync { profile: None, codes: Some(3), send: true }.ask()),
        ("request-policy.refresh", PolicyRefresh {}.ask()),
        (
            "request-container.hand_over",
            HandOver { profile: text("work"), pin: Some(secret("2468")) }.ask(),
        ),
        ("request-proxy.set", ProxySet { user: "alice".into(), password: secret("hunter2") }.ask()),
        ("request-proxy.remove", ProxyRemove {}.ask()),
        ("request-prompter.register", PrompterRegister {}.ask()),
        ("request-prompter.answer", {
            PrompterAnswer { prompt: 7, typed: Some(secret("2468")) }.ask()
        }),
        ("request-prompter.answer-none", PrompterAnswer { prompt: 7, typed: None }.ask()),
        (
            "request-lock_times.set",
            LockTimesSet { idle_lock: Some(300), max_open: Some(0), pin: Some(secret("2468")) }
                .ask(),
        ),
        ("request-quit", Quit {}.ask()),
    ]
}

fn answers() -> Vec<(&'static str, Answer)> {
    let parameter = Parameter {
        name: "profile".into(),
        kind: "string".into(),
        optional: true,
        about: "What it means.".into(),
    };
    let verb = VerbHelp {
        name: "code".into(),
        about: "What it does.".into(),
        params: vec![parameter],
        answer: "Code".into(),
    };
    let welcome =
        Welcome { protocol: 1, oldest: 1, agent: "0.1.0".into(), features: vec!["pin".into()] };
    let page = ProfilePage {
        profiles: vec![profile(1), hotp_profile(70_000)],
        default: Some(ProfileId(1)),
        next: Some(ProfileId(70_000)),
    };
    let last_page = ProfilePage { profiles: vec![], default: None, next: None };
    let state = |next| HotpState { profile: label("work"), next: Counter(next) };
    let paired = Paired {
        profile: Some(profile(2)),
        others: vec![],
        first: Some(Box::new(timed_code())),
        pin_due: None,
        fingerprint: None,
        client_part: None,
        warnings: vec![],
    };
    let paired_quietly = Paired {
        profile: None,
        others: vec![profile(3)],
        first: None,
        pin_due: Some(6),
        fingerprint: text("ABCD-EFGH"),
        client_part: Some(secret("GEZDGNBVGY3TQOJQ")),
        warnings: vec!["Weak.".into()],
    };
    let finding = Finding {
        about: "Key store".into(),
        verdict: Verdict::Weak,
        message: "The key lies beside the vault.".into(),
        hint: "Move it.".into(),
    };
    let made = PinMade { recovery_code: Some(secret("ABCD-EFGH")), former_code_void: false };
    let changed = PinMade { recovery_code: None, former_code_void: true };
    let resync = Resync {
        profile: label("work"),
        codes: vec![secret("755224"), secret("287082")],
        next: Counter(2),
    };
    vec![
        ("answer-hello", Answer::Hello(welcome)),
        ("answer-help", Answer::Help(HelpTable { verbs: vec![verb] })),
        ("answer-status", Answer::Status(status())),
        ("answer-status-locked", Answer::Status(locked_status())),
        ("answer-subscribe", Answer::Subscribe(Subscribed { seq: 65_536 })),
        ("answer-list", Answer::List(page)),
        ("answer-list-empty", Answer::List(last_page)),
        ("answer-code-totp", Answer::GetCode(timed_code())),
        ("answer-code-hotp", Answer::GetCode(counted_code())),
        ("answer-code-steam", Answer::GetCode(steam_code())),
        ("answer-pair", Answer::Pair(paired)),
        ("answer-pair-quietly", Answer::Pair(paired_quietly)),
        ("answer-rename", Answer::Rename(Done {})),
        ("answer-default", Answer::SetDefault(Done {})),
        ("answer-unpair", Answer::Unpair(Unpaired { queued: true })),
        ("answer-lock", Answer::Lock(Done {})),
        ("answer-unlock", Answer::Unlock(Done {})),
        ("answer-pin.set", Answer::PinSet(made)),
        ("answer-pin.change", Answer::PinChange(changed)),
        ("answer-pin.remove", Answer::PinRemove(Done {})),
        ("answer-keystore.set", Answer::KeystoreSet(Done {})),
        ("answer-reset", Answer::Reset(Wiped { warnings: vec!["It is locked.".into()] })),
        ("answer-doctor", Answer::Doctor(Findings { findings: vec![finding] })),
        ("answer-hotp.show", Answer::HotpShow(state(0))),
        ("answer-hotp.set", Answer::HotpSet(state(u64::MAX))),
        ("answer-hotp.resync", Answer::HotpResync(resync)),
        ("answer-policy.refresh", Answer::PolicyRefresh(Refreshed { services: vec![service()] })),
        (
            "answer-container.hand_over",
            Answer::HandOver(HandedOver { key: secret("pia://container/S") }),
        ),
        ("answer-proxy.set", Answer::ProxySet(Done {})),
        ("answer-proxy.remove", Answer::ProxyRemove(Done {})),
        ("answer-prompter.register", Answer::PrompterRegister(Done {})),
        ("answer-prompter.answer", Answer::PrompterAnswer(Done {})),
        ("answer-lock_times.set", Answer::LockTimesSet(lock_times())),
        ("answer-quit", Answer::Quit(Done {})),
    ]
}

fn lock_times() -> LockTimes {
    LockTimes {
        idle_lock: Some(300),
        max_open: None,
        longest_idle_lock: Some(600),
        longest_max_open: None,
    }
}

fn service() -> ServiceReport {
    ServiceReport {
        service: "id.example.org:8443".into(),
        profiles: vec![label("work")],
        fingerprint: text("ABCD-EFGH"),
        refreshed: Some(1_700_000_000),
        trouble: text("The service cannot be reached."),
        queued: text("unpair"),
    }
}

pub fn hotp_profile(id: u32) -> Profile {
    Profile {
        issuer: Label::default(),
        account: Label::default(),
        kind: CodeType::Hotp,
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 0,
        weak: false,
        ..profile(id)
    }
}

fn timed_code() -> Code {
    let validity =
        Validity::Time { valid_from: 1_700_000_010, valid_to: 1_700_000_040, seconds_left: 30 };
    Code { profile: label("work"), code: secret("07081804"), kind: CodeType::Totp, validity }
}

fn counted_code() -> Code {
    let validity = Validity::Count { counter: Counter(u64::MAX - 1) };
    Code { profile: label("work"), code: secret("755224"), kind: CodeType::Hotp, validity }
}

fn steam_code() -> Code {
    let validity = Validity::Time { valid_from: 0, valid_to: 30, seconds_left: 1 };
    Code { profile: label("games"), code: secret("2TC8B"), kind: CodeType::Steam, validity }
}

fn status() -> StatusReport {
    StatusReport {
        state: LockState::Open,
        socket: "/run/user/1000/passcode/agent.sock".into(),
        pid: 4_194_304,
        agent: "0.1.0".into(),
        protocol: 1,
        profiles: Some(10_000),
        default: Some(label("work")),
        keystore: "file".into(),
        pin: PinReport {
            set: Some(4),
            required: 6,
            due: true,
            tries_left: Some(3),
            blocked_for: None,
        },
        passphrase: false,
        locks_in: Some(180),
        settings: Box::new(Settings { lock_times: lock_times(), shortcut: text("Ctrl+Alt+P") }),
        prompter: Some("/usr/bin/passcode-tray".into()),
        connections: 256,
        seq: 1 << 32,
        services: vec![service()],
        warnings: vec!["No PIN is set.".into()],
    }
}

fn locked_status() -> StatusReport {
    StatusReport {
        state: LockState::Locked,
        profiles: None,
        default: None,
        keystore: "passphrase".into(),
        pin: PinReport { blocked_for: Some(120), ..PinReport::default() },
        passphrase: true,
        locks_in: None,
        services: vec![],
        warnings: vec![],
        ..status()
    }
}
