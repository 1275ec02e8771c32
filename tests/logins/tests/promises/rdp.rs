//! Remote desktops by FreeRDP on xrdp, which takes the account's password and a code in one text.

use std::time::Duration;

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::xrdp::{DISPLAY, Display, Verdict, Xrdp};
use passcode_process_tests::run::Run;

/// How long a login, and the end of a session, may take: xrdp looks for the session's channels for a while after it has ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the user says of FreeRDP, which asks by `FREERDP_ASKPASS`, a shell's command.
const RULE: &str = "
[[prompt]]
program = \"*freerdp*\"
profile = \"work\"
answer = \"password+code\"
";

/// FreeRDP 3 as its users start it, with the agent as its askpass.
fn freerdp3(machine: &Machine, agent: &Agent, server: &Xrdp) -> Run {
    let arguments = [format!("/v:{}", server.address()), format!("/u:{USER}")];
    let client = agent.client(machine.need("xfreerdp3")).args(arguments);
    let client = client.args(["/cert:ignore", "/sec:tls", "/from-stdin:force"]);
    client.env("DISPLAY", DISPLAY).env("FREERDP_ASKPASS", machine.program("passcode-askpass"))
}

#[test]
fn freerdp_asks_the_agent_by_its_askpass() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        let watch = SecretWatch::start();
        let agent = machine.agent_with(Token::Hotp, RULE);
        agent.keep_password(PASSWORD);
        let (server, _display) = (Xrdp::start(&machine), Display::start(&machine));
        let client = freerdp3(&machine, &agent, &server).start();
        assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Granted), "{}", server.log());
        server.end_session();
        drop(client);
        assert_eq!(agent.spent(), 1);
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn a_refused_code_is_not_followed_by_another() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        let watch = SecretWatch::start();
        let agent = machine.agent_with(Token::Hotp, RULE);
        agent.keep_password(PASSWORD);
        agent.passcode(&["hotp", "set", PROFILE, "20"]).output();
        let (server, _display) = (Xrdp::start(&machine), Display::start(&machine));
        let client = freerdp3(&machine, &agent, &server).start();
        assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Refused), "{}", server.log());
        assert_eq!(server.verdict_after(1, Duration::from_secs(2)), None, "{}", server.log());
        drop(client);
        assert_eq!(agent.spent(), 21);
        watch.finish(&[&agent.log()]);
    });
}

/// The command, with FreeRDP's usual options for this server.
fn passcode_rdp(agent: &Agent, server: &Xrdp, options: &[&str]) -> Run {
    let arguments = [format!("/v:{}", server.address()), format!("/u:{USER}")];
    let run = agent.passcode(&["rdp"]).args(options).args(arguments);
    run.args(["/cert:ignore", "/sec:tls"]).env("DISPLAY", DISPLAY).limit(PATIENCE)
}

/// What holds for each FreeRDP: password and code let in, and the command ends with the session.
fn lets_in(machine: &Machine, options: &[&str]) {
    let watch = SecretWatch::start();
    let agent = machine.agent(Token::Hotp);
    agent.keep_password(PASSWORD);
    let (server, _display) = (Xrdp::start(machine), Display::start(machine));
    let client = passcode_rdp(&agent, &server, options).start();
    assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Granted), "{}", server.log());
    server.end_session();
    let ended = client.end();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(agent.spent(), 1);
    watch.finish(&[&ended.out, &ended.err, &agent.log()]);
}

#[test]
fn the_command_lets_in_by_freerdp_3() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        lets_in(&machine, &[]);
    });
}

#[test]
fn the_command_lets_in_by_freerdp_2() {
    on_a_machine(|machine| {
        machine.need("xfreerdp");
        lets_in(&machine, &["--client", "xfreerdp"]);
    });
}

#[test]
fn time_based_codes_let_in_and_the_password_can_come_by_standard_input() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Totp);
        let (server, _display) = (Xrdp::start(&machine), Display::start(&machine));
        let client = passcode_rdp(&agent, &server, &["--join", "{password}{code}"]);
        let client = client.input(format!("{PASSWORD}\n")).start();
        assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Granted), "{}", server.log());
        server.end_session();
        let ended = client.end();
        watch.finish(&[&ended.out, &ended.err, &agent.log()]);
    });
}

#[test]
fn the_command_gives_a_refused_code_to_nobody_again() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        agent.passcode(&["hotp", "set", PROFILE, "20"]).output();
        let (server, _display) = (Xrdp::start(&machine), Display::start(&machine));
        let client = passcode_rdp(&agent, &server, &[]).start();
        assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Refused), "{}", server.log());
        assert_eq!(server.verdict_after(1, Duration::from_secs(2)), None, "{}", server.log());
        drop(client);
        assert_eq!(agent.spent(), 21);
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn what_is_missing_is_told_before_a_code_is_spent() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let rdp = |options: &[&str]| agent.passcode(&["rdp", "/v:desk"]).args(options);
        let no_client = rdp(&["/u:alice"]).env("PATH", "/run/programs").end();
        assert_eq!(no_client.status, Some(1), "{}", no_client.err);
        assert!(no_client.err.contains("FreeRDP is not installed"), "{}", no_client.err);
        assert!(no_client.err.contains("apt-get install freerdp3-x11"), "{}", no_client.err);
        let no_user = rdp(&[]).end();
        assert_eq!(no_user.status, Some(2), "{}", no_user.err);
        assert!(no_user.err.contains("/u:"), "{}", no_user.err);
        assert_eq!(agent.spent(), 0);
    });
}
