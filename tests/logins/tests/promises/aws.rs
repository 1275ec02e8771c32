//! AWS sessions: the real AWS command line, which runs `passcode aws` for its credentials, and a service that answers as STS.

use std::fs;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::codes::SECRET_IN_HEX;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{USER, on_a_machine, write};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::sts::{SECRETS, Sts};
use passcode_process_tests::run::{Ended, Run};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/alice";

/// The guide's files, with the test's service and profile in them.
fn configured(sts: &Sts) {
    let folder = format!("/home/{USER}/.aws");
    fs::create_dir_all(&folder).expect("a folder");
    write(format!("{folder}/credentials"), guide::block("aws.md", "aws-credentials"));
    let config = guide::block("aws.md", "aws-config").replace("--profile aws ", "--profile work ");
    let config = config.replace("--serial", &format!("--endpoint-url {} --serial", sts.url()));
    write(format!("{folder}/config"), config);
    Run::new("chown").args(["-R", USER, &folder]).output();
}

/// `passcode aws` with keys of this AWS profile, and more options.
fn session(agent: &Agent<'_>, sts: &Sts, keys: &str, more: &[&str]) -> Ended {
    let usual = ["aws", "--aws-profile", keys, "--serial", SERIAL, "--endpoint-url"];
    let asked = agent.passcode(&usual).arg(sts.url()).args(more);
    asked.env("AWS_DEFAULT_REGION", "eu-central-1").end()
}

#[test]
fn the_aws_command_line_gets_one_session_for_one_code_and_keeps_it() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (sts, agent) = (Sts::start(&machine), machine.agent(Token::Hotp));
        machine.need("aws");
        configured(&sts);
        let used = || {
            let block = guide::block("aws.md", "aws-use");
            agent.client("sh").args(["-c", &block]).output()
        };
        let first = used();
        assert!(first.contains("custom-process"), "{first}");
        assert_eq!(used(), first);
        assert_eq!((sts.actions().as_str(), agent.spent()), ("GetSessionToken given\n", 1));
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn a_role_a_refusal_and_a_profile_without_keys_are_told_apart() {
    on_a_machine(|machine| {
        let (sts, agent) = (Sts::start(&machine), machine.agent(Token::Hotp));
        configured(&sts);
        let role = ["--role-arn", "arn:aws:iam::123456789012:role/admin", "--duration", "900"];
        let given = session(&agent, &sts, "keys", &role);
        assert_eq!(given.status, Some(0), "{}", given.err);
        for text in ["\"Version\":1", "\"AccessKeyId\":\"ASIAPASSCODE\"", SECRETS[0], SECRETS[1]] {
            assert!(given.out.contains(text), "{text}: {}", given.out);
        }
        assert_eq!(session(&agent, &sts, "keys", &role).out, given.out, "kept");
        assert_eq!(
            session(&agent, &sts, "keys", &[&role[..], &["--forget"][..]].concat()).status,
            Some(0)
        );
        let other = SECRET_IN_HEX.replace("3930", "3931");
        write("/etc/users.oath", format!("HOTP/E/6\t{USER}\t-\t{other}\n"));
        let refused = session(&agent, &sts, "keys", &role);
        assert_eq!(refused.status, Some(5));
        assert!(refused.err.contains("AWS refused the code."), "{}", refused.err);
        assert_eq!(sts.actions(), "AssumeRole given\nAssumeRole refused\n");
        let none = session(&agent, &sts, "none", &[]);
        assert_eq!(none.status, Some(1));
        assert!(none.err.contains("The AWS profile none has no keys."), "{}", none.err);
    });
}

#[test]
fn programs_that_ask_at_the_same_time_share_one_code() {
    on_a_machine(|machine| {
        let (sts, agent) = (Sts::start(&machine), machine.agent(Token::Hotp));
        configured(&sts);
        let ask = || session(&agent, &sts, "keys", &[]);
        let (first, second) = std::thread::scope(|scope| {
            let first = scope.spawn(ask);
            let second = ask();
            (first.join().expect("an end"), second)
        });
        assert_eq!((first.status, second.status), (Some(0), Some(0)), "{}", first.err);
        assert_eq!(first.out, second.out);
        assert_eq!((sts.actions().lines().count(), agent.spent()), (1, 1));
    });
}

#[test]
fn a_profile_that_asks_itself_is_told_so() {
    on_a_machine(|machine| {
        let (sts, agent) = (Sts::start(&machine), machine.agent(Token::Hotp));
        configured(&sts);
        let ended = session(&agent, &sts, "work", &[]);
        assert_ne!(ended.status, Some(0));
        assert!(ended.err.contains("has no keys of its own"), "{}", ended.err);
        assert_eq!(sts.actions(), "");
    });
}
