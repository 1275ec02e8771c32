//! git over HTTPS, which asks by `GIT_ASKPASS`, at a server whose password is the account's and a code in one.

use std::fs;

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::git_server::GitServer;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::run::Ended;

/// What the user says of this server.
const RULE: &str = "
[[prompt]]
program = \"git*\"
host = \"git.example.org\"
profile = \"work\"
answer = \"password+code\"
";

fn clone(machine: &Machine, agent: &Agent, server: &GitServer) -> Ended {
    machine.user("git").args(["init", "--quiet", "--bare", "project.git"]).output();
    let git = agent.client("git").env("GIT_ASKPASS", machine.program("passcode-askpass"));
    git.args(["clone", &server.url("project.git"), "clone"]).end()
}

#[test]
fn a_rule_answers_git_with_password_and_code_in_one() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent_with(Token::Hotp, RULE);
        agent.keep_password(PASSWORD);
        let server = GitServer::start(&machine);
        let cloned = clone(&machine, &agent, &server);
        assert_eq!(cloned.status, Some(0), "{}", cloned.err);
        assert!(fs::exists(format!("/home/{USER}/clone/.git")).expect("a folder"));
        assert_eq!((agent.spent(), server.refused()), (1, 0));
        watch.finish(&[&cloned.err, &agent.log()]);
    });
}

#[test]
fn a_refused_answer_ends_the_clone_with_one_code_spent() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent_with(Token::Hotp, RULE);
        agent.keep_password(PASSWORD);
        agent.passcode(&["hotp", "set", PROFILE, "20"]).output();
        let server = GitServer::start(&machine);
        let cloned = clone(&machine, &agent, &server);
        assert_ne!(cloned.status, Some(0));
        assert!(cloned.err.contains("Authentication failed"), "{}", cloned.err);
        assert_eq!((agent.spent(), server.refused()), (21, 1));
        watch.finish(&[&cloned.err, &agent.log()]);
    });
}

#[test]
fn without_a_rule_git_gets_the_password_and_no_code() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = GitServer::start(&machine);
        let cloned = clone(&machine, &agent, &server);
        assert_ne!(cloned.status, Some(0), "{}", cloned.err);
        assert_eq!(agent.spent(), 0);
    });
}
