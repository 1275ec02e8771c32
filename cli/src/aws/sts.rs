//! The call to AWS, made by the AWS command line, versions 1 and 2: the code goes by standard input, so that no other program
//! sees it, and what is printed is wiped when it has been read. What AWS says to a refusal is told in words of our own, and
//! as it stands, made printable, where it is not known.

use std::env;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};

use passcode_proto::SecretText;
use zeroize::Zeroizing;

use super::session::Session;
use super::wish::Wish;
use crate::output::Failure;
use crate::text;

/// Set for the AWS command line, so that a profile that runs this program does not do so without end.
const GUARD: &str = "PASSCODE_AWS";

/// Most bytes that are read of what the AWS command line prints.
const BYTES: usize = 64 * 1024;

/// What is said then.
const RECURSION: &str = "has no keys of its own but gets them from this command.";

/// Fails when this program was run by the AWS command line that it runs.
pub fn check_recursion() -> Result<(), Failure> {
    env::var_os(GUARD).map_or(Ok(()), |profile| Err(recursion(&profile.to_string_lossy())))
}

fn recursion(profile: &str) -> Failure {
    Failure::usage(
        format!("The AWS profile {} {RECURSION}", text::printable(profile)),
        "Name the profile that has the long-term keys: --aws-profile NAME",
    )
}

/// Asks AWS for a session. The code is asked for only when the AWS command line is there.
pub fn call(
    wish: &Wish,
    code: impl FnOnce() -> Result<SecretText, Failure>,
) -> Result<Session, Failure> {
    if !is_installed() {
        return Err(missing());
    }
    let code = code()?;
    let mut child = command(wish).spawn().map_err(|_| missing())?;
    let (printed, said) = exchange(&mut child, &code).map_err(|_| broken())?;
    let done = child.wait().map_err(|_| broken())?;
    match Session::printed(&printed) {
        Some(session) if done.success() => Ok(session),
        _ => Err(refusal(wish, &String::from_utf8_lossy(&said))),
    }
}

fn is_installed() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join("aws").is_file())
}

fn command(wish: &Wish) -> Command {
    let mut command = Command::new("aws");
    command.args(wish.arguments()).env(GUARD, &wish.aws_profile);
    // What version 2 would do on a terminal.
    command.env("AWS_PAGER", "").env("AWS_CLI_AUTO_PROMPT", "off");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

type Streams = (Zeroizing<Vec<u8>>, Vec<u8>);

fn exchange(child: &mut Child, code: &SecretText) -> io::Result<Streams> {
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut input), Some(output), Some(errors)) = (input, output, errors) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    // One that has ended already says why.
    let _ = input.write_all(code.expose().as_bytes());
    drop(input);
    let said = std::thread::spawn(move || {
        let mut said = Vec::new();
        errors.take(BYTES as u64).read_to_end(&mut said).map(|_| said)
    });
    let printed = crate::input::read_all(output, BYTES)?;
    let said = said.join().map_err(|_| io::Error::from(io::ErrorKind::Other))??;
    Ok((printed, said))
}

/// What the AWS command line said, as a failure with advice.
fn refusal(wish: &Wish, said: &str) -> Failure {
    let has = |text: &str| said.contains(text);
    let profile = text::printable(&wish.aws_profile);
    if has(RECURSION) {
        return recursion(&wish.aws_profile);
    }
    if has("MultiFactorAuthentication failed") || has("invalid MFA one time pass code") {
        return Failure::refused(
            "login",
            "AWS refused the code.",
            "See that --serial is the device of this profile, and that the clock is right; then try again.",
        );
    }
    if has("AccessDenied") {
        return Failure::refused("login", "AWS refused the session.", advice(said));
    }
    if has("could not be found") || has("Unable to locate credentials") {
        return Failure::local(
            "aws",
            format!("The AWS profile {profile} has no keys."),
            format!("Put the long-term keys there: aws configure --profile {profile}"),
        );
    }
    if has("InvalidClientTokenId") || has("ExpiredToken") || has("SignatureDoesNotMatch") {
        return Failure::refused(
            "login",
            format!("AWS does not take the keys of the AWS profile {profile}."),
            format!("Put keys there that are good: aws configure --profile {profile}"),
        );
    }
    Failure::local("aws", "The AWS command line gave no session.", advice(said))
}

/// The last line that says something.
fn advice(said: &str) -> String {
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    match last {
        Some(line) => format!("It says: {}", text::printable(line)),
        None => "Run it by hand: aws sts get-caller-identity".to_owned(),
    }
}

fn missing() -> Failure {
    Failure::local("aws", "aws is not installed.", "Install it: sudo apt-get install awscli")
}

fn broken() -> Failure {
    Failure::local("aws", "The AWS command line ended early.", "Run it by hand: aws --version")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(said: &str) -> (String, String) {
        let wish = Wish {
            serial: "arn:aws:iam::123456789012:mfa/alice".into(),
            aws_profile: "work".into(),
            duration: None,
            role: None,
            endpoint: None,
        };
        let failure = refusal(&wish, said);
        (failure.message().to_owned(), failure.in_one_line())
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for (said, message) in [
            (
                "An error occurred (AccessDenied) when calling the GetSessionToken operation: \
                 MultiFactorAuthentication failed with invalid MFA one time pass code. ",
                "AWS refused the code.",
            ),
            (
                "An error occurred (AccessDenied): User is not authorized",
                "AWS refused the session.",
            ),
            ("The config profile (work) could not be found", "The AWS profile work has no keys."),
            (
                "An error occurred (InvalidClientTokenId) when calling",
                "AWS does not take the keys of the AWS profile work.",
            ),
            (
                "Error when retrieving credentials: passcode: The AWS profile work has no keys of its own but \
                 gets them from this command.",
                "The AWS profile work has no keys of its own but gets them from this command.",
            ),
            ("Could not connect to the endpoint URL", "The AWS command line gave no session."),
        ] {
            assert_eq!(told(said).0, message);
        }
    }

    #[test]
    fn what_aws_says_is_made_printable() {
        let (_, line) = told("first\nlast \u{1b}[31mred\u{202e}\n\n");
        assert!(line.contains("It says: last") && !line.contains(['\u{1b}', '\u{202e}']));
        assert!(!line.contains("first"));
    }
}
