//! What the guides for ssh, sudo, git, openconnect, remote desktops and RADIUS show does what they say: every block as it is
//! printed, with the user of the tests for `alice`. The guides' servers are the machine's.

use std::fs;
use std::time::Duration;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::codes;
use passcode_login_tests::git_server::GitServer;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{Machine, PASSWORD, UID, USER, on_a_machine, write};
use passcode_login_tests::pam::{self, Service};
use passcode_login_tests::radius::{FreeRadius, SHARED};
use passcode_login_tests::sshd::Sshd;
use passcode_login_tests::sudo;
use passcode_login_tests::xrdp::{DISPLAY, Display, Verdict, Xrdp};
use passcode_process_tests::run::{Ended, Run};

/// How long a remote desktop may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A block of a guide, for the user of the tests.
fn block(guide: &str, name: &str) -> String {
    guide::block(guide, name).replace("alice", USER)
}

/// Runs shell as the user, who has the password in a file too.
fn shell(agent: &Agent<'_>, script: &str) -> Run {
    let file = format!("/home/{USER}/password.txt");
    write(&file, format!("{PASSWORD}\n"));
    own(&file);
    agent.client("sh").args(["-c", script])
}

/// Gives a file to the user.
fn own(file: &str) {
    std::os::unix::fs::chown(file, Some(UID), Some(UID)).expect("a file of the user");
}

/// Keeps the password as the guides' first page says.
fn keep_password(agent: &Agent<'_>) {
    let set = shell(agent, &block("README.md", "password"));
    set.input(format!("{PASSWORD}\n")).output();
}

fn assert_done(ended: &Ended, agent: &Agent<'_>, spent: u64) {
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(agent.spent(), spent, "{}", ended.err);
}

/// The user's ssh takes the machine's server for known.
fn know_hosts() {
    let folder = format!("/home/{USER}/.ssh");
    fs::create_dir(&folder).expect("a folder");
    let configuration = format!("{folder}/config");
    write(&configuration, "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n");
    [folder, configuration].iter().for_each(|file| own(file));
}

#[test]
fn ssh_once() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        keep_password(&agent);
        let _server = Sshd::start(&machine, Service::PasswordThenCode);
        know_hosts();
        assert_done(&shell(&agent, &block("ssh.md", "ssh")).end(), &agent, 1);
    });
}

#[test]
fn ssh_for_good_and_one_login_for_many() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        keep_password(&agent);
        let _server = Sshd::start(&machine, Service::PasswordThenCode);
        know_hosts();
        let share = format!("/home/{USER}/.ssh/config");
        let known = fs::read_to_string(&share).expect("what was written");
        write(&share, format!("{known}{}", block("ssh.md", "ssh-share")));
        let login = format!("ssh {USER}@server.example.org true >>said 2>&1\n");
        let script = block("ssh.md", "ssh-profile") + &login + &login;
        assert_done(&shell(&agent, &script).end(), &agent, 1);
    });
}

#[test]
fn sudo_once_and_for_good() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        keep_password(&agent);
        sudo::ask(&machine, Service::PasswordThenCode, 1, "ALL");
        assert_done(&shell(&agent, &block("sudo.md", "sudo")).end(), &agent, 1);
        let script = block("sudo.md", "sudo-profile") + "sudo id -un\n";
        let became = shell(&agent, &script).end();
        assert_done(&became, &agent, 2);
        assert_eq!(became.out, "root\n");
    });
}

#[test]
fn git_by_its_rule() {
    on_a_machine(|machine| {
        let agent = machine.agent_with(Token::Hotp, &block("git.md", "git-rule"));
        keep_password(&agent);
        let _server = GitServer::start(&machine);
        machine.user("git").args(["init", "--quiet", "--bare", "project.git"]).output();
        assert_done(&shell(&agent, &block("git.md", "git")).end(), &agent, 1);
        assert!(fs::exists(format!("/home/{USER}/project/.git")).expect("a folder"));
    });
}

/// Runs a command for a remote desktop until the user's session has begun and ended.
fn shows_desktop(machine: &Machine, agent: &Agent<'_>, command: &str) {
    keep_password(agent);
    let (server, _display) = (Xrdp::start(machine), Display::start(machine));
    let client = shell(agent, command).env("DISPLAY", DISPLAY).limit(PATIENCE).start();
    assert_eq!(server.verdict_after(0, PATIENCE), Some(Verdict::Granted), "{}", server.log());
    server.end_session();
    drop(client);
    assert_eq!(agent.spent(), 1);
}

#[test]
fn a_remote_desktop_by_the_command() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        shows_desktop(&machine, &machine.agent(Token::Hotp), &block("rdp.md", "rdp"));
    });
}

#[test]
fn a_remote_desktop_by_the_askpass_of_freerdp_3() {
    on_a_machine(|machine| {
        machine.need_freerdp3();
        let agent = machine.agent_with(Token::Hotp, &block("rdp.md", "rdp-rule"));
        shows_desktop(&machine, &agent, &block("rdp.md", "rdp-askpass"));
    });
}

#[test]
fn a_remote_desktop_by_freerdp_2() {
    on_a_machine(|machine| {
        shows_desktop(&machine, &machine.agent(Token::Hotp), &block("rdp.md", "rdp-2"));
    });
}

#[test]
fn radius_and_pam_by_their_administrators_programs() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let _server = FreeRadius::start(&machine);
        write("/etc/radius.secret", format!("{SHARED}\n"));
        own("/etc/radius.secret");
        assert_done(&shell(&agent, &block("radius.md", "radius-joined")).end(), &agent, 1);
        assert_done(&shell(&agent, &block("radius.md", "radius-challenge")).end(), &agent, 2);
        pam::serve("my-service", Service::Code);
        // pam_oath's file of users is root's alone, so pamtester has to be.
        let pam = block("radius.md", "pam").replace("pamtester", "sudo pamtester");
        sudo::let_pass(&machine, "/usr/bin/pamtester");
        assert_done(&shell(&agent, &pam).end(), &agent, 3);
    });
}

#[test]
fn rules_of_ones_own_decide() {
    on_a_machine(|machine| {
        let agent = machine.agent_with(Token::Hotp, &block("README.md", "rules"));
        let asked = agent.passcode(&["askpass", "Your Secure ID, please: "]).output();
        assert_eq!(asked.trim_end(), codes::hotp(1)[0]);
        let host = "(bob@vpn.example.org) Password: ";
        let explained = agent.passcode(&["askpass", "--explain", host]).output();
        assert!(explained.contains("\"profile\":\"work\""), "{explained}");
    });
}
