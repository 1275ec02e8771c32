//! The whole way of `passcode openconnect`: a tunnel between two hosts, and a new one with a fresh code when the server has
//! ended the session.

use std::os::unix::fs::chown;
use std::path::Path;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::daemon::Daemon;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{
    Machine, PASSWORD, UID, USER, name_servers, on_a_machine, write, write_script,
};
use passcode_login_tests::network::{Host, Pair, SERVER};
use passcode_login_tests::ocserv::{Mode, Ocserv};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::sudo;
use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

/// The server's address inside the tunnel.
const INSIDE: &str = "10.99.1.1";

/// Gives the tunnel its address; the usual script changes routes and names as well.
const SCRIPT: &str = "#!/bin/sh
[ \"$reason\" = connect ] || exit 0
ip link set dev \"$TUNDEV\" up mtu \"${INTERNAL_IP4_MTU:-1400}\"
ip addr add \"$INTERNAL_IP4_ADDRESS/24\" dev \"$TUNDEV\"
";

/// A program of the user on the client's host.
fn as_user(agent: &Agent, program: impl AsRef<Path>) -> Run {
    let user = UID.to_string();
    let as_user = ["--reuid", &user, "--regid", &user, "--clear-groups"];
    let run = Host::Client.root("setpriv").args(as_user).args(["env", "HOME=/home/otpuser"]);
    let run = run.arg(format!("PASSCODE_HOME={}", agent.home().display()));
    run.arg("PATH=/run/programs:/usr/sbin:/usr/bin:/sbin:/bin").arg(program.as_ref())
}

/// The command, with a script and a device of the test's own.
fn connect(machine: &Machine, agent: &Agent, server: &Ocserv) -> Daemon {
    let folder = machine.folder("client");
    let script = folder.join("script");
    write_script(&script, SCRIPT);
    let run = as_user(agent, machine.program("passcode")).args(["openconnect", "--user", USER]);
    let run = run.arg("--interface=octun0").arg("--script").arg(script).arg(server.url());
    Daemon::start("passcode openconnect", run, &folder.join("log"))
}

/// Says something to whoever comes to the server's host.
fn greeter(machine: &Machine) -> Daemon {
    let greet = ["TCP-LISTEN:7777,fork,reuseaddr", "EXEC:echo reached"];
    let log = machine.folder("greeter").join("log");
    Daemon::start("socat", Host::Server.root("socat").args(greet), &log)
}

/// What the server's host says through the tunnel.
fn greeting() -> String {
    let connect = ["-u", &format!("TCP:{INSIDE}:7777,connect-timeout=1"), "-"];
    Host::Client.root("socat").args(connect).end().out
}

fn wait_for_tunnel(client: &mut Daemon) {
    client.wait_for("a way through the tunnel", |_| greeting() == "reached\n");
}

#[test]
fn a_tunnel_comes_up_and_comes_back_with_a_fresh_code_when_the_server_ends_the_session() {
    on_a_machine(|machine| {
        Pair::make();
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        sudo::let_pass(&machine, "/usr/sbin/openconnect");
        let server = Ocserv::start_on(&machine, Host::Server, Mode::Pam);
        let _greeter = greeter(&machine);
        let mut client = connect(&machine, &agent, &server);
        wait_for_tunnel(&mut client);
        assert_eq!(agent.spent(), 1);
        let ended = server.occtl(&["disconnect", "user", USER]);
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
        client.wait_for("another login", |_| agent.spent() == 2);
        wait_for_tunnel(&mut client);
        processes::signal(client.pid(), Signal::TERM);
        wait::until("openconnect to end", || processes::has_ended(client.pid()).then_some(()));
        assert!(processes::knowing("--interface=octun0").is_empty(), "nothing is left behind");
        watch.finish(&[&client.log(), &agent.log()]);
    });
}

#[test]
fn a_server_that_was_started_anew_gets_a_fresh_login() {
    on_a_machine(|machine| {
        Pair::make();
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        sudo::let_pass(&machine, "/usr/sbin/openconnect");
        let mut server = Ocserv::start_on(&machine, Host::Server, Mode::Pam);
        let _greeter = greeter(&machine);
        let mut client = connect(&machine, &agent, &server);
        wait_for_tunnel(&mut client);
        server.restart(&machine);
        client.wait_for("another login", |_| agent.spent() == 2);
        wait_for_tunnel(&mut client);
        watch.finish(&[&client.log(), &agent.log()]);
    });
}

#[test]
fn a_server_that_is_away_when_the_login_is_done_anew_is_waited_for() {
    on_a_machine(|machine| {
        Pair::make();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        sudo::let_pass(&machine, "/usr/sbin/openconnect");
        let mut server = Ocserv::start_on(&machine, Host::Server, Mode::Pam);
        let _greeter = greeter(&machine);
        let mut client = connect(&machine, &agent, &server);
        wait_for_tunnel(&mut client);
        server.occtl(&["disconnect", "user", USER]);
        server.stop();
        client.wait_for_log("Failed to connect to");
        server.restart(&machine);
        wait_for_tunnel(&mut client);
        assert_eq!(agent.spent(), 2, "no code was spent on a server that was away");
    });
}

/// Runs a block of the guide for openconnect on the client's host.
fn by_the_guide(machine: &Machine, agent: &Agent, block: &str) -> Daemon {
    let folder = machine.folder("guide");
    let password = format!("/home/{USER}/password.txt");
    write(&password, format!("{PASSWORD}\n"));
    chown(&password, Some(UID), Some(UID)).expect("a file of the user");
    let script = guide::block("openconnect.md", block).replace("alice", USER);
    let run = as_user(agent, "sh").args(["-c", &script]);
    Daemon::start(block, run.folder(format!("/home/{USER}").as_ref()), &folder.join("log"))
}

/// Holds a block of the guide to what it says: a way through the tunnel, for one code.
fn comes_up(machine: &Machine, block: &str) {
    Pair::make();
    name_servers(SERVER);
    let agent = machine.agent(Token::Hotp);
    agent.keep_password(PASSWORD);
    sudo::let_pass(machine, "/usr/sbin/openconnect");
    let _server = Ocserv::start_on(machine, Host::Server, Mode::Pam);
    let _greeter = greeter(machine);
    let mut client = by_the_guide(machine, &agent, block);
    wait_for_tunnel(&mut client);
    assert_eq!(agent.spent(), 1);
}

#[test]
fn the_command_of_the_guide_brings_a_tunnel_up() {
    on_a_machine(|machine| comes_up(&machine, "openconnect"));
}

#[test]
fn the_guides_password_by_standard_input_brings_a_tunnel_up() {
    on_a_machine(|machine| comes_up(&machine, "openconnect-stdin"));
}

#[test]
fn the_guides_login_alone_is_enough_for_a_tunnel() {
    on_a_machine(|machine| comes_up(&machine, "openconnect-authenticate"));
}
