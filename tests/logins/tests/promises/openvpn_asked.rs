//! `passcode openvpn` in a terminal: it asks for what only the user knows, and can be left at any time.

use passcode_login_tests::agent::Token;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine};
use passcode_login_tests::openvpn::{self, Mode, OpenVpn};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::terminal::Terminal;
use passcode_process_tests::processes;

/// What a terminal makes of Ctrl-C.
const CTRL_C: &str = "\u{3}";

const WRONG: &str = "Passw0rd?";

#[test]
fn a_password_that_was_refused_is_asked_for_again_before_a_code_is_spent() {
    on_a_machine(|machine| {
        let watch = SecretWatch::over(&[WRONG]);
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Dynamic));
        let path = server.client("").display().to_string();
        let mut terminal = Terminal::open(&machine, agent.passcode(&["openvpn", &path]));
        terminal.wait_for("User name at the VPN: ");
        terminal.type_line(USER);
        terminal.wait_for("Password");
        terminal.type_line(WRONG);
        terminal.wait_for("The server refused the password.");
        assert_eq!(agent.spent(), 0);
        terminal.type_line(PASSWORD);
        terminal.wait_for("OpenVPN is connected");
        assert_eq!(agent.spent(), 1);
        watch.finish(&[&terminal.shown(), &agent.log()]);
    });
}

/// The terminal is as it was when the command has ended that asked in it, by whatever `ends` it.
fn gives_the_terminal_back(ends: impl FnOnce(&mut Terminal), machine: &Machine) -> String {
    let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(machine, Mode::Static));
    let path = server.client("").display().to_string();
    let script = format!("passcode openvpn --user {USER} {path}; stty -a");
    let mut terminal = Terminal::open(machine, agent.client("sh").args(["-c", &script]));
    terminal.wait_for("(not shown)");
    ends(&mut terminal);
    let shown = terminal.end();
    assert!(shown.contains(" echo ") && !shown.contains("-echo "), "{shown}");
    assert_eq!(agent.spent(), 0);
    shown
}

#[test]
fn ctrl_c_at_a_question_ends_openvpn_and_gives_the_terminal_back() {
    on_a_machine(|machine| {
        let shown = gives_the_terminal_back(|terminal| terminal.type_line(CTRL_C), &machine);
        assert!(shown.contains("Exiting"), "{shown}");
    });
}

#[test]
fn openvpn_that_goes_during_a_question_gives_the_terminal_back() {
    on_a_machine(|machine| {
        let kill = |_: &mut Terminal| processes::kill(openvpn::process("client.ovpn"));
        let shown = gives_the_terminal_back(kill, &machine);
        assert!(shown.contains("OpenVPN was ended by signal 9."), "{shown}");
    });
}
