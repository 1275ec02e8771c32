//! `passcode aws`: credentials of a session, for the AWS command line and all that reads its configuration
//! (`credential_process`). How the session is got and kept is [`crate::aws`].

use clap::Args;

use super::Run;
use crate::aws::{self, Role, Wish, wish};
use crate::context::Context;
use crate::logins::Login;
use crate::output::{self, Failure, Outcome};

/// Print AWS credentials of a session with a code
///
/// For credential_process in ~/.aws/config: calls `aws sts` with a code that was not given out before, and prints the
/// session's credentials as JSON. The long-term keys stay in ~/.aws/credentials, under the profile --aws-profile.
///
/// AWS asks for credentials often, and a code is good once: the session is kept until five minutes before its end, in a file
/// for you alone, in memory ($XDG_RUNTIME_DIR/passcode, a tmpfs), never on a disk. It can take a minute until there is a
/// code that was not given out before.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Aws {
    /// Your MFA device: its ARN, or the serial number of a hardware token
    #[arg(long, value_name = "ARN", value_parser = wish::serial)]
    serial: String,
    /// Whose codes; the default profile when left out
    #[arg(long)]
    profile: Option<String>,
    /// The AWS profile with the long-term keys
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = wish::profile)]
    aws_profile: String,
    /// How long the session lasts, 900 to 129600 seconds, for a role 43200 [default: AWS decides]
    #[arg(long, value_name = "S")]
    duration: Option<u32>,
    /// A role to take on
    #[arg(long, value_name = "ARN", value_parser = wish::role)]
    role_arn: Option<String>,
    /// What the session is called in AWS's logs
    #[arg(long, value_name = "NAME", default_value = "passcode", requires = "role_arn", value_parser = wish::session_name)]
    role_session_name: String,
    /// Where AWS STS is, when it is not at its usual address
    #[arg(long, value_name = "URL", value_parser = wish::endpoint)]
    endpoint_url: Option<String>,
    /// Remove the session that is kept, and print nothing
    #[arg(long)]
    forget: bool,
}

const EXAMPLES: &str = "\
Examples:
  passcode aws --serial arn:aws:iam::123456789012:mfa/alice --profile aws --aws-profile keys
  In ~/.aws/config:
    [profile work]
    credential_process = passcode aws --aws-profile keys --serial arn:aws:iam::123456789012:mfa/me

Exit status 5: AWS refused the code, or the session.";

impl Run for Aws {
    fn run(self, context: &Context) -> Outcome {
        let profile = self.profile.clone();
        let forget = self.forget;
        let wish = self.wish();
        wish.check()
            .map_err(|why| Failure::usage(format!("{why}."), "See: passcode aws --help"))?;
        if forget {
            let text = if aws::forget(&wish)? { "Forgotten." } else { "No such session is kept." };
            output::note(text);
            return Ok(());
        }
        let code = || Login::new(context, "aws", Some("sts.amazonaws.com"), profile).code();
        aws::print(&wish, code)
    }
}

impl Aws {
    fn wish(self) -> Wish {
        let session = self.role_session_name;
        Wish {
            serial: self.serial,
            aws_profile: self.aws_profile,
            duration: self.duration,
            endpoint: self.endpoint_url,
            role: self.role_arn.map(|arn| Role { arn, session }),
        }
    }
}
