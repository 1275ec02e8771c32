//! `sudo -A`, which asks by `SUDO_ASKPASS`.

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::machine::{Machine, PASSWORD, on_a_machine};
use passcode_login_tests::pam::Service;
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::sudo;
use passcode_process_tests::run::Ended;

/// Asks who one is as root.
fn become_root(machine: &Machine, agent: &Agent) -> Ended {
    let sudo = agent.client("sudo").env("SUDO_ASKPASS", machine.program("passcode-askpass"));
    sudo.args(["-A", "/usr/bin/id", "-un"]).end()
}

#[test]
fn a_fresh_code_each_time_gives_the_rights_of_root() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        sudo::ask(&machine, Service::Code, 3, "/usr/bin/id");
        let became = [become_root(&machine, &agent), become_root(&machine, &agent)];
        for ended in &became {
            assert_eq!((ended.status, ended.out.as_str()), (Some(0), "root\n"), "{}", ended.err);
        }
        assert_eq!(agent.spent(), 2);
        watch.finish(&[&became[0].err, &became[1].err, &agent.log()]);
    });
}

#[test]
fn the_password_is_given_before_the_code() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Totp);
        agent.keep_password(PASSWORD);
        sudo::ask(&machine, Service::PasswordThenCode, 1, "/usr/bin/id");
        let became = become_root(&machine, &agent);
        assert_eq!((became.status, became.out.as_str()), (Some(0), "root\n"), "{}", became.err);
        watch.finish(&[&became.err, &agent.log()]);
    });
}

#[test]
fn after_two_refused_codes_there_is_no_third() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.passcode(&["hotp", "set", PROFILE, "20"]).output();
        sudo::ask(&machine, Service::Code, 3, "/usr/bin/id");
        let refused = become_root(&machine, &agent);
        assert_eq!((refused.status, refused.out.as_str()), (Some(1), ""), "{}", refused.err);
        assert_eq!(agent.spent(), 22);
        assert!(refused.err.contains("passcode hotp resync"), "{}", refused.err);
        watch.finish(&[&refused.err, &agent.log()]);
    });
}
