//! NetworkManager's VPN logins by `passcode nm-agent`: the real NetworkManager with its plugins, and the servers that they
//! connect to.

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::certificate::Certificate;
use passcode_login_tests::challenge_vpn::{self, ChallengeVpn};
use passcode_login_tests::codes::SECRET_IN_HEX;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine, write, write_script};
use passcode_login_tests::network::{Host, Pair, SERVER};
use passcode_login_tests::network_manager::NetworkManager;
use passcode_login_tests::ocserv::{self, Mode, Ocserv};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::run::Ended;
use passcode_process_tests::wait;

const GUIDE: &str = "networkmanager.md";

/// The name of the connection in the guide.
const VPN: &str = "Work VPN";

/// What the agent says when NetworkManager has taken it.
const REGISTERED: &str = "Registered with NetworkManager.";

/// Adds the guide's connection, with the test's server and authority in it.
fn add(manager: &NetworkManager<'_>, block: &str, remote: [&str; 2], certificate: &Certificate) {
    let authority = certificate.certificate.display().to_string();
    let block = guide::block(GUIDE, block).replace(remote[0], remote[1]);
    manager.script(&block.replace("/etc/vpn/ca.pem", &authority)).output();
}

fn add_openvpn(manager: &NetworkManager<'_>, server: &ChallengeVpn) {
    let remote = ["vpn.example.org:1194", &format!("{SERVER}:{}", challenge_vpn::PORT)];
    add(manager, "nm-openvpn", remote, server.certificate());
}

fn add_openconnect(manager: &NetworkManager<'_>, server: &Ocserv) {
    let remote = ["vpn.example.org:443", &format!("{SERVER}:{}", ocserv::PORT)];
    add(manager, "nm-openconnect", remote, server.certificate());
}

/// Connects, as the guide does.
fn up(manager: &NetworkManager<'_>) -> Ended {
    manager.script(&guide::block(GUIDE, "nm-up")).limit(2 * wait::PATIENCE).end()
}

fn down(manager: &NetworkManager<'_>) {
    manager.nmcli(&["connection", "down", VPN]).output();
}

/// From now on servers expect the codes of another secret.
fn expect_other_codes() {
    let other = SECRET_IN_HEX.replace("3930", "3931");
    write("/etc/users.oath", format!("HOTP/E/6\t{USER}\t-\t{other}\n"));
}

/// The options of the guide's agent.
fn connection() -> [String; 2] {
    let block = guide::block(GUIDE, "nm-agent");
    let options = ["--connection".to_owned(), format!("{VPN}={PROFILE}")];
    assert_eq!(block.trim(), format!("passcode nm-agent --connection '{}'", options[1]));
    options
}

#[test]
fn openvpn_gets_the_password_and_then_the_code_that_its_server_asks_for() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password(PASSWORD);
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        for spent in 1..=2 {
            let connected = up(&manager);
            assert_eq!(connected.status, Some(0), "{}{}", connected.err, asked.log());
            assert_eq!(agent.spent(), spent, "a code for each login");
            down(&manager);
        }
        asked.stop();
        watch.finish(&[&asked.log(), &manager.log(), &agent.log()]);
    });
}

#[test]
fn a_refused_code_ends_the_try_and_the_next_try_has_a_code_of_its_own() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password(PASSWORD);
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        expect_other_codes();
        let refused = up(&manager);
        assert_ne!(refused.status, Some(0), "{}", refused.out);
        assert!(asked.log().contains("The server refused the code"), "{}", asked.log());
        assert_eq!(agent.spent(), 1, "one code and no more");
        passcode_login_tests::pam::expect_codes_of(Token::Hotp);
        assert_eq!(up(&manager).status, Some(0), "{}", asked.log());
        assert_eq!(agent.spent(), 2);
    });
}

#[test]
fn a_connection_that_nobody_named_is_left_to_the_desktop() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password(PASSWORD);
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &["--connection".to_owned(), "Another".to_owned()]);
        asked.wait_for_log(REGISTERED);
        assert_ne!(up(&manager).status, Some(0));
        assert_eq!(agent.spent(), 0);
        // Named by a rule, as the guide shows it.
        restarted_with(&agent, &guide::block(GUIDE, "nm-rule"));
        assert_eq!(up(&manager).status, Some(0), "{}", asked.log());
        assert_eq!(agent.spent(), 1);
        // The same rule can say that the server takes both in one.
        down(&manager);
        server.want_joined();
        let rule = guide::block(GUIDE, "nm-rule") + "answer = \"password+code\"\n";
        restarted_with(&agent, &rule);
        assert_eq!(up(&manager).status, Some(0), "{}", asked.log());
        assert_eq!(agent.spent(), 2);
    });
}

/// The agent is ended; the one that the next question starts reads the rule.
fn restarted_with(agent: &Agent<'_>, rule: &str) {
    // The log may be root's, who had the first agent's written.
    let script = "printf 'keystore = \"file\"\n%s' \"$0\" > \"$PASSCODE_HOME/config.toml\"";
    agent.client("sh").args(["-c", script, rule]).output();
    agent.passcode(&["agent", "stop"]).output();
    std::fs::remove_file(agent.home().join("passcoded.log")).expect("a log");
}

#[test]
fn a_rule_for_everything_names_no_connection() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password(PASSWORD);
        restarted_with(&agent, &format!("[[prompt]]\nprofile = \"{PROFILE}\"\n"));
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &[]);
        asked.wait_for_log(REGISTERED);
        assert_ne!(up(&manager).status, Some(0));
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn a_refused_password_spends_no_code() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password("another");
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        assert_ne!(up(&manager).status, Some(0));
        assert!(asked.log().contains("The server refused the password."), "{}", asked.log());
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn the_guides_unit_is_one_that_systemd_understands() {
    on_a_machine(|machine| {
        std::os::unix::fs::symlink(machine.program("passcode"), "/tmp/passcode").expect("a link");
        let unit = guide::block(GUIDE, "nm-unit").replace("/usr/local/bin", "/tmp");
        let faults = |unit: &str| {
            write("/tmp/passcode-nm-agent.service", unit);
            let verify = ["verify", "--user", "--man=no", "/tmp/passcode-nm-agent.service"];
            let run = machine.root(machine.need("systemd-analyze")).args(verify);
            let ended = run.env("XDG_RUNTIME_DIR", "/run").end();
            assert!(ended.status == Some(0) || ended.err.contains("nm-agent"), "{}", ended.err);
            ended.err
        };
        assert_eq!(faults(&unit), "");
        assert!(faults(&unit.replace("RestartSec", "RestartSecs")).contains("RestartSecs"));
    });
}

#[test]
fn a_networkmanager_that_is_started_anew_is_answered_and_nobody_else_is() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        agent.keep_password(PASSWORD);
        let mut manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        let mark = asked.mark();
        manager.restart();
        asked.wait_for("NetworkManager to be registered with again", |asked| {
            asked.log_from(mark).contains(REGISTERED)
        });
        assert_eq!(up(&manager).status, Some(0), "{}", asked.log());
        // Root may call anybody's agent, as far as the bus is concerned.
        let script = "for name in $(busctl --system --no-legend --unique list | cut -d' ' -f1); do
            dbus-send --system --print-reply --reply-timeout=2000 --dest=$name /org/freedesktop/NetworkManager/SecretAgent \
                org.freedesktop.NetworkManager.SecretAgent.CancelGetSecrets objpath:/ string:vpn 2>&1 || true
        done";
        let said = machine.root("sh").args(["-c", script]).output();
        assert!(said.contains("Only NetworkManager may ask."), "{said}");
        assert_eq!(agent.spent(), 1);
    });
}

#[test]
fn a_question_that_is_called_off_is_answered_no_more_and_the_next_one_is() {
    on_a_machine(|machine| {
        let _wire = Pair::make();
        let (server, agent) = (ChallengeVpn::start(&machine), machine.agent(Token::Hotp));
        let manager = NetworkManager::start(&machine);
        add_openvpn(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        // No password is stored: the user is asked, who does not answer.
        user_who(&machine, "touch /tmp/asked; sleep 60");
        let waiting =
            manager.script(&guide::block(GUIDE, "nm-up")).limit(3 * wait::PATIENCE).start();
        wait::until("the user to be asked", || {
            std::fs::exists("/tmp/asked").is_ok_and(|is| is).then_some(())
        });
        down(&manager);
        assert_ne!(waiting.end().status, Some(0));
        user_who(&machine, &format!("echo 'D {PASSWORD}'; echo OK"));
        let next = up(&manager);
        assert_eq!(next.status, Some(0), "{}{}", next.err, asked.log());
        assert_eq!(agent.spent(), 1);
        let left = machine.root("timeout").args(["--preserve-status", "--signal=TERM", "2"]);
        let left = left.arg(machine.program("passcode")).args(["nm-agent", "--connection", "x"]);
        assert_eq!(left.end().status, Some(0), "SIGTERM ends it well");
    });
}

/// A pinentry by which a user answers, or does not.
fn user_who(machine: &Machine, answers: &str) {
    let pinentry = machine.program("pinentry");
    // One that runs keeps its own.
    let _ = std::fs::remove_file(&pinentry);
    let script = format!(
        "#!/bin/sh\necho OK hello\nwhile read -r line; do\ncase $line in\n\
         GETPIN) {answers} ;;\nBYE) exit ;;\n*) echo OK ;;\nesac\ndone\n"
    );
    write_script(&pinentry, &script);
}

#[test]
fn openconnect_is_logged_in_to_with_password_and_code() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let _wire = Pair::make();
        let server = Ocserv::start_on(&machine, Host::Server, Mode::Pam);
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let manager = NetworkManager::start(&machine);
        add_openconnect(&manager, &server);
        let mut asked = manager.agent(&agent, &connection());
        asked.wait_for_log(REGISTERED);
        let connected = up(&manager);
        assert_eq!(connected.status, Some(0), "{}{}", connected.err, asked.log());
        assert_eq!(agent.spent(), 1);
        down(&manager);
        expect_other_codes();
        assert_ne!(up(&manager).status, Some(0));
        assert_eq!(agent.spent(), 2, "one refused code and no more: {}", asked.log());
        asked.stop();
        watch.finish(&[&asked.log(), &manager.log(), &agent.log()]);
    });
}

#[test]
fn without_a_system_bus_it_says_so_and_fails() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let ended = agent.passcode(&["nm-agent", "--connection", VPN]).end();
        assert_eq!(ended.status, Some(1));
        assert!(ended.err.contains("The system's D-Bus cannot be reached."), "{}", ended.err);
    });
}
