//! strongSwan by the guide's program: the real daemon on both sides.

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::codes::SECRET_IN_HEX;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{PASSWORD, USER, on_a_machine, write, write_script};
use passcode_login_tests::network::{Pair, SERVER};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::strongswan::StrongSwan;
use passcode_process_tests::run::Ended;
use passcode_process_tests::wait;

const GUIDE: &str = "strongswan.md";

/// The guide's connection, to the test's server and by its certificate, which vouches for itself.
fn connection() -> String {
    let text = guide::block(GUIDE, "strongswan-connection").replace("alice", USER);
    let text = text.replace("vpn.example.org", SERVER).replace("10.0.0.0/8", "10.98.0.0/24");
    text.replace("auth = pubkey", "auth = pubkey\n            certs = CERTIFICATE")
}

/// The user runs a block of the guide, with the password on standard input.
fn done(agent: &Agent<'_>, block: &str) -> Ended {
    let block = guide::block(GUIDE, block).replace("alice", USER);
    let run = agent.client("sh").args(["-c", &block]);
    run.input(format!("{PASSWORD}\n")).limit(3 * wait::PATIENCE).end()
}

#[test]
fn a_login_by_eap_gtc_takes_password_and_code_and_the_secret_is_gone_after_it() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let _wire = Pair::make();
        let server = StrongSwan::start(&machine, &connection());
        let agent = machine.agent(Token::Hotp);
        let program = machine.program("swanctl-with-secret");
        write_script(&program, &guide::block(GUIDE, "strongswan-program"));
        let rights = format!("{USER} ALL=(root) NOPASSWD: ALL\n");
        write(
            "/etc/sudoers.d/vpn",
            rights + "Defaults secure_path=/run/programs:/usr/sbin:/usr/bin\n",
        );
        let first = done(&agent, "strongswan-up");
        assert_eq!(first.status, Some(0), "{}{}{}", first.out, first.err, server.log());
        assert!(first.out.contains("CHILD_SA work{1} established"), "{}", first.out);
        assert_eq!(done(&agent, "strongswan-down").status, Some(0));
        let left = machine.root("swanctl").args(["--initiate", "--child", "work"]).end();
        assert!(left.out.contains("no shared key found") || left.status != Some(0), "{}", left.out);
        let second = done(&agent, "strongswan-up");
        assert_eq!(second.status, Some(0), "{}{}", second.out, second.err);
        assert_eq!(agent.spent(), 2);
        assert_eq!(done(&agent, "strongswan-down").status, Some(0));
        write("/etc/users-joined.oath", other());
        let refused = done(&agent, "strongswan-up");
        assert_ne!(refused.status, Some(0), "{}", refused.out);
        watch.finish(&[&first.out, &second.out, &refused.out, &server.log()]);
    });
}

/// The servers expect the codes of another secret.
fn other() -> String {
    format!("HOTP/E/6\t{USER}\t+\t{}\n", SECRET_IN_HEX.replace("3930", "3931"))
}
