//! Programs that ask by pinentry: the real openfortivpn, at a gateway that speaks Fortinet's login.

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::fortinet::{self, Fortinet};
use passcode_login_tests::guide;
use passcode_login_tests::machine::{
    Machine, PASSWORD, UID, USER, on_a_machine, write, write_script,
};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

const GUIDE: &str = "fortinet.md";

/// Runs a block of the guide as the user.
fn done_by_user(agent: &Agent<'_>, block: &str) -> Run {
    agent.client("sh").args(["-c", block])
}

/// The user's agent where the guide's program looks for it, and what it installs.
fn furnished(machine: &Machine, agent: &Agent<'_>) {
    let runtime = format!("/run/user/{UID}/passcode");
    let link =
        format!("mkdir -p {runtime} && ln -s {}/agent.sock {runtime}", agent.home().display());
    machine.root("sh").args(["-c", &link]).output();
    linked(machine);
    let script = guide::block(GUIDE, "pinentry-sudo");
    write_script(machine.program("passcode-pinentry-sudo"), &script);
    write(
        "/etc/sudoers.d/vpn",
        format!("{USER} ALL=(root) NOPASSWD: ALL\nDefaults secure_path={PATHS}\n"),
    );
}

/// The guide's link, where the machine has its programs.
fn linked(machine: &Machine) {
    let link = guide::block(GUIDE, "pinentry-link").replace("/usr/local/bin", "/run/programs");
    machine.root("sh").args(["-c", &link]).output();
}

/// Where root finds programs.
const PATHS: &str = "/run/programs:/usr/sbin:/usr/bin:/sbin:/bin";

/// Connects as the guide does; the gateway lets in, and has no tunnel to offer.
fn connected(agent: &Agent<'_>) -> String {
    let block = guide::block(GUIDE, "openfortivpn");
    let block = block.replace("vpn.example.org:443", &format!("localhost:{}", fortinet::PORT));
    let ended = done_by_user(agent, &block).limit(2 * wait::PATIENCE).end();
    ended.out + &ended.err
}

#[test]
fn openfortivpn_is_given_password_and_token_by_the_guides_pinentry() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        // Two profiles and no default: the guide's rule has to name the right one.
        let rule = guide::block(GUIDE, "fortinet-rule").replace("vpn.example.org", "localhost");
        let (gateway, agent) = (Fortinet::start(&machine), machine.agent_with(Token::Hotp, &rule));
        agent
            .passcode(&["pair", "-", "--name", "other", "--no-code"])
            .input("MFRGGZDFMZTWQ2LK")
            .output();
        agent.keep_password(PASSWORD);
        machine.need("openfortivpn");
        furnished(&machine, &agent);
        let first = connected(&agent);
        assert_eq!(gateway.verdicts(), "password\ncode\n", "{first}{}", gateway.log());
        let second = connected(&agent);
        assert_eq!(gateway.verdicts(), "password\ncode\npassword\ncode\n", "{second}");
        assert_eq!(agent.spent(), 2);
        watch.finish(&[&first, &second, &agent.log()]);
    });
}

/// Another pinentry, which a user answers with this.
fn other_pinentry(machine: &Machine, typed: &str) {
    let script = format!(
        "#!/bin/sh\necho OK hello\nwhile read -r line; do\ncase $line in\n\
         GETPIN) echo D {typed}; echo OK ;;\nBYE) exit ;;\n*) echo OK ;;\nesac\ndone\n"
    );
    write_script(machine.program("pinentry"), &script);
}

#[test]
fn a_password_is_for_programs_that_the_user_or_their_protocol_names() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        other_pinentry(&machine, "hunter2");
        let given = |arguments: &[&str], key: &str| {
            let question = format!("SETKEYINFO {key}\nSETPROMPT Password:\nGETPIN\nBYE\n");
            agent.passcode(&[&["pinentry"], arguments].concat()).input(question).output()
        };
        assert!(given(&[], "--clear").contains("\nD hunter2\n"), "some program");
        let stored = format!("\nD {PASSWORD}\n");
        assert!(given(&["--profile", PROFILE], "--clear").contains(&stored));
        assert!(given(&[], "alice__vpn.example.org_password").contains(&stored));
    });
}

#[test]
fn gnupg_gets_its_passphrase_from_the_user_and_never_a_code() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        linked(&machine);
        other_pinentry(&machine, "five-words-of-mine");
        let pinentry = machine.program("passcode-pinentry");
        let script = "mkdir -m 700 .gnupg && echo \"pinentry-program $0\" > .gnupg/gpg-agent.conf
            echo secret | gpg --quiet --symmetric > sealed && gpgconf --kill gpg-agent
            gpg --quiet --batch --pinentry-mode loopback --passphrase five-words-of-mine --decrypt sealed";
        let opened = agent.client("sh").args(["-c", script]).arg(pinentry).end();
        assert_eq!(opened.out, "secret\n", "{}", opened.err);
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn the_guides_question_is_answered_by_a_code_and_a_passphrase_by_the_other_pinentry() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        linked(&machine);
        let said = done_by_user(&agent, &guide::block(GUIDE, "pinentry-try")).output();
        let code = &passcode_login_tests::codes::hotp(1)[0];
        assert!(said.contains(&format!("\nD {code}\nOK\n")), "{said}");
        other_pinentry(&machine, "hunter2");
        let question = "SETPROMPT Passphrase:\nGETPIN\nBYE\n";
        let said = agent.passcode(&["pinentry", "--profile", PROFILE]).input(question).output();
        assert!(said.contains("\nD hunter2\nOK\n"), "{said}");
        let unasked = agent.passcode(&["pinentry", "--no-prompt"]).input(question).output();
        assert!(unasked.contains("ERR 83886179 Operation cancelled"), "{unasked}");
        assert_eq!(agent.spent(), 1);
    });
}
