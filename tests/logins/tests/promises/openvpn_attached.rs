//! `passcode openvpn --management` answers for an OpenVPN that runs by itself, and leaves it alone when it ends.

use std::path::Path;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::daemon::Daemon;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine, write};
use passcode_login_tests::openvpn::{self, Client, Mode, OpenVpn};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::processes::{self, Signal};

const SOCKET: &str = "/home/otpuser/management";

/// A server, and an OpenVPN of the user with its management interface at [`SOCKET`].
fn with_socket(machine: &Machine, more: &str) -> (OpenVpn, Daemon) {
    let server = OpenVpn::start(machine, Mode::Static);
    let running = openvpn::running(machine, &server.client(more), &format!("{SOCKET} unix"));
    (server, running)
}

fn attach(agent: &Agent<'_>, name: &str) -> Client {
    let arguments = ["--user", USER, "--management", SOCKET];
    Client::start(agent, name, &arguments, &format!("{PASSWORD}\n"))
}

/// What the command says about an OpenVPN that cannot be answered for, and its exit status.
fn refused(agent: &Agent<'_>, arguments: &[&str]) -> (Option<i32>, String) {
    let ended = agent.passcode(&["openvpn", "--user", USER, "--management"]).args(arguments).end();
    (ended.status, ended.err)
}

#[test]
fn openvpn_is_answered_for_until_the_user_leaves_and_goes_on_alone() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        let (_server, mut running) = with_socket(&machine, "");
        let first = attach(&agent, "first");
        first.wait_for_connection(1);
        let log = first.log();
        assert_eq!(first.stop(), Some(0));
        let second = attach(&agent, "second");
        second.wait_for_connection(1);
        assert_eq!(agent.spent(), 1, "it was connected all the time");
        running.stop();
        assert_eq!(second.end(), Some(0));
        watch.finish(&[&log, &agent.log()]);
    });
}

#[test]
fn a_renegotiation_gets_a_fresh_code_though_openvpn_remembers_passwords() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let (server, _running) = with_socket(&machine, "reneg-sec 6\n");
        let client = attach(&agent, "client");
        client.wait_for("two renegotiations", || server.let_in() >= 3);
        let log = client.log();
        assert!(!log.contains("refused") && !log.contains("lost"), "{log}");
        assert_eq!(client.stop(), Some(0));
    });
}

#[test]
fn a_login_that_is_refused_twice_ends_openvpn() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let (_server, mut running) = with_socket(&machine, "");
        openvpn::expect_codes_from(1000);
        let client = attach(&agent, "client");
        client.wait_for("the end", || client.log().contains("refused two logins"));
        assert_eq!((client.end(), agent.spent()), (Some(5), 2));
        running.wait_for_end();
    });
}

#[test]
fn openvpn_that_is_killed_is_told_with_exit_status_1() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let (_server, running) = with_socket(&machine, "");
        let client = attach(&agent, "client");
        client.wait_for_connection(1);
        processes::signal(running.pid(), Signal::KILL);
        client.wait_for("a word about it", || client.log().contains("gone without a word"));
        assert_eq!(client.end(), Some(1));
    });
}

#[test]
fn only_one_program_at_a_time_answers_for_openvpn() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let (_server, _running) = with_socket(&machine, "");
        let client = attach(&agent, "client");
        client.wait_for_connection(1);
        let (status, said) = refused(&agent, &[SOCKET]);
        assert!(said.contains("Only one program at a time"), "{said}");
        assert_eq!((status, client.stop()), (Some(1), Some(0)));
    });
}

#[test]
fn a_management_interface_on_a_port_is_used_with_its_password_alone() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = OpenVpn::start(&machine, Mode::Static);
        write("/home/otpuser/key", "management\n");
        write("/home/otpuser/other", "something else\n");
        machine.root("chown").args([USER, "/home/otpuser/key", "/home/otpuser/other"]).output();
        let port = "127.0.0.1 7505 /home/otpuser/key";
        let mut running = openvpn::running(&machine, &server.client(""), port);
        let (status, said) = refused(&agent, &["127.0.0.1:7505"]);
        assert!(status == Some(2) && said.contains("--management-password-file FILE"), "{said}");
        let with = |file: &'static str| ["127.0.0.1:7505", "--management-password-file", file];
        let (status, said) = refused(&agent, &with("/home/otpuser/other"));
        assert!(status == Some(1) && said.contains("another password"), "{said}");
        let arguments =
            ["--user", USER, "--management"].into_iter().chain(with("/home/otpuser/key"));
        let client = Client::start(&agent, "client", &arguments.collect::<Vec<&str>>(), "");
        client.wait_for_connection(1);
        running.stop();
        assert_eq!(client.end(), Some(0));
    });
}

#[test]
fn a_management_interface_that_cannot_be_used_is_told_with_what_to_do() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let (server, running) = with_socket(&machine, "");
        let told = |place: &str, words: &str| {
            let (status, said) = refused(&agent, &[place]);
            assert!(status == Some(1) && said.contains(words), "{place}: {said}");
        };
        told("/home/otpuser/nowhere", "There is no management socket");
        processes::kill(running.pid());
        told(SOCKET, "No OpenVPN listens");
        told("127.0.0.1:7505", "No OpenVPN listens");
        let (status, said) = refused(&agent, &["192.0.2.1:7505"]);
        assert!(status == Some(2) && said.contains("a port of this computer"), "{said}");
        let folder = machine.folder("roots-openvpn");
        let socket = folder.join("management").display().to_string();
        let run = machine.root("openvpn").arg("--config").arg(server.client(""));
        let run = run.args(["--management", &socket, "unix", "--management-client-user", "root"]);
        let run = run.args(["--management-query-passwords", "--management-hold"]);
        let mut roots = Daemon::start("openvpn", run, &folder.join("log"));
        roots.wait_for_log("Need hold release");
        told(&socket, "lets another user in");
        machine.root("chmod").arg("700").arg(&folder).output();
        told(&socket, "may not be used by you");
        let another = Path::new("/tmp/another");
        let listen = format!("UNIX-LISTEN:{},fork,mode=777", another.display());
        let socat = machine.root("setpriv").args([
            "--reuid",
            "4242",
            "--clear-groups",
            "socat",
            &listen,
            "EXEC:cat",
        ]);
        let mut another_user = Daemon::start("socat", socat, &folder.join("socat"));
        another_user.wait_for("its socket", |_| another.exists());
        told("/tmp/another", "is another user's");
    });
}

#[test]
fn a_locked_vault_is_told_by_exit_status_4_and_openvpn_waits_for_who_can_answer() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.lock_with_pin("2468");
        let (_server, _running) = with_socket(&machine, "");
        let arguments = ["--no-prompt", "--user", USER, "--management", SOCKET];
        let client = Client::start(&agent, "locked", &arguments, &format!("{PASSWORD}\n"));
        client.wait_for("a word about it", || client.log().contains("vault is locked"));
        assert_eq!(client.end(), Some(4));
        agent.passcode(&["unlock", "--pin", "-"]).input("2468\n").output();
        let client = attach(&agent, "unlocked");
        client.wait_for_connection(1);
        assert_eq!((client.stop(), agent.spent()), (Some(0), 1));
    });
}
