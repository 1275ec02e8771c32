//! Answering for OpenVPN: its management interface is connected to, and name, password and codes are given when it asks.
//!
//! [`mod@line`] and [`command`] are the two directions of its language, [`machine`] decides what is said next ([`steps`]) and
//! [`tally`] when it is enough, [`answering`] finds the answers; none of them does anything by itself. [`session`] is the
//! loop around them, [`link`] the connection, [`child`] an OpenVPN of our own, [`config`] what its configuration says,
//! [`verdict`] what is said to the user, who is asked by [`person`].

mod answering;
mod child;
mod command;
mod config;
mod line;
mod link;
mod login;
mod machine;
mod order;
mod person;
mod session;
mod shown;
mod steps;
mod tally;
#[cfg(test)]
mod tests;
mod verdict;

use std::fs;
use std::io::Read;
use std::iter;
use std::path::Path;
use std::sync::mpsc::Receiver;

use passcode_proto::SecretText;
use passcode_proto::join::Template;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::output::{self, Failure, Outcome};
use answering::Answering;
use child::Launch;
pub use order::{Order, Target};
use person::{AtTerminal, Modes};
use session::{Job, Which};
use steps::Answer;

/// Longest file with a password that is read, in bytes.
const FILE: u64 = 64 * 1024;

/// Answers for an OpenVPN until it ends.
pub fn run(order: Order, context: &Context) -> Outcome {
    let mut parts = Parts {
        host: None,
        context: context.clone(),
        profile: order.profile,
        user: order.user,
        password: order.password,
        template: order.template,
    };
    let mut key_file = order.key_file;
    let which = match order.target {
        Target::Running(address) => Which::Running(link::address(&address).map_err(no_address)?),
        Target::Own { config, options, sudo } => {
            let read = config::read(&config);
            if read.calls_its_manager || options.iter().any(|option| child::is_ours(option)) {
                return Err(not_ours());
            }
            key_file = key_file.or(read.key_file);
            parts.host = read.host;
            let asks_for_login = read.login_file.is_some_and(|file| parts.take_login(&file));
            warn_of_root();
            Which::Own(Launch { config, options, sudo, asks_for_login })
        }
    };
    let key = key_file.map(|file| first_lines(&file).map(|[key, _]| key).ok_or_else(no_key_file));
    let _modes = Modes::note();
    session::run(which, key.transpose()?, move |jobs, give| parts.answer(jobs, give))
}

/// What answers are made of.
#[derive(Debug)]
struct Parts {
    host: Option<String>,
    context: Context,
    profile: Option<String>,
    user: Option<String>,
    password: Option<SecretText>,
    template: Option<Template>,
}

impl Parts {
    /// Answers one question after the other, until nobody wants answers any more.
    fn answer(mut self, jobs: Receiver<Job>, give: &dyn Fn(Result<Answer, Failure>) -> bool) {
        let first = loop {
            match jobs.recv() {
                Ok(Job::Host(host)) => drop(self.host.get_or_insert(host)),
                Ok(Job::Find(want)) => break want,
                Err(_) => return,
            }
        };
        let login = login::new(&self.context, self.host.as_deref(), self.profile, self.password);
        let person = AtTerminal(&self.context);
        let (user, template) = (self.user, self.template);
        let mut answering = Answering { login, person, user, template };
        let later = jobs.into_iter().filter_map(Job::want);
        for want in iter::once(first).chain(later) {
            if !give(answering.answer(&want)) {
                break;
            }
        }
    }

    /// Takes name and password from the file that OpenVPN would read them from.
    fn take_login(&mut self, file: &Path) -> bool {
        let Some([user, password]) = first_lines(file) else { return false };
        self.user.get_or_insert_with(|| user.expose().to_owned());
        if self.password.is_none() && !password.expose().is_empty() {
            self.password = Some(password);
        }
        true
    }
}

/// The first two lines of a short file, of which the second may be missing.
fn first_lines(file: &Path) -> Option<[SecretText; 2]> {
    let mut text = Zeroizing::new(String::with_capacity(FILE as usize));
    fs::File::open(file).ok()?.take(FILE).read_to_string(&mut text).ok()?;
    let mut lines = text.lines().map(|line| SecretText::new(line.to_owned()));
    let first = lines.next().filter(|line| !line.expose().is_empty())?;
    Some([first, lines.next().unwrap_or_else(|| SecretText::new(String::new()))])
}

/// Run by sudo, the agent that is asked is root's.
fn warn_of_root() {
    if rustix::process::geteuid().is_root() && std::env::var_os("SUDO_UID").is_some() {
        output::note(
            "passcode: Run by sudo, this asks root's agent and not yours; run it as yourself, with --sudo.",
        );
    }
}

fn no_address(why: &'static str) -> Failure {
    Failure::usage(format!("--management {why}."), "See: passcode openvpn --help")
}

fn no_key_file() -> Failure {
    Failure::usage(
        "The file with the management interface's password cannot be read, or is empty.",
        "Name the file that OpenVPN's `management` line names: --management-password-file FILE",
    )
}

fn not_ours() -> Failure {
    Failure::usage(
        "OpenVPN is told to have its management interface elsewhere.",
        "Leave the options that begin with `management` away; or start OpenVPN yourself, and: passcode openvpn \
         --management SOCKET",
    )
}
