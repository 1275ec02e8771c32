//! The program: starts a pairing service and says where it is, or adds a user to one.

use std::io::{self, BufRead, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use passcode_pairing_service::limits::Rates;
use passcode_pairing_service::{Options, Origin, Running, Service, random_text};
use tokio::signal;

type Fault = Box<dyn std::error::Error>;

const DEMO_USER: &str = "alice@example.org";
const DEMO_ADMIN: &str = "admin";

/// Reference pairing service: an organisation's side, for tests and demonstrations.
///
/// Says `origin:`, `ca:` and then `ready` on its output, and ends in good order on SIGTERM or SIGINT.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Command {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    serve: Option<Serve>,
}

#[derive(Subcommand)]
enum Other {
    /// Users, without the pages.
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a user, whose password is the first line of the input.
    Add {
        /// The name to sign on with.
        name: String,
        /// The user may see the administration.
        #[arg(long)]
        admin: bool,
        /// The service's folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Args)]
struct Serve {
    /// The service's folder, which is made when there is none.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen; port 0 for any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// The public address; https://localhost and the port when it is not given.
    #[arg(long)]
    origin: Option<Origin>,
    /// Whose service it is.
    #[arg(long, value_name = "NAME", default_value = "Example Corp")]
    issuer: String,
    /// Sets the users in this file, one NAME:PASSWORD a line, with their passwords.
    #[arg(long, value_name = "FILE")]
    passwords: Option<PathBuf>,
    /// Which users in that file are administrators.
    #[arg(long, value_name = "NAME", requires = "passwords")]
    admin: Vec<String>,
    /// Makes a user and an administrator with new random passwords, and says these.
    #[arg(long)]
    demo: bool,
    /// How long pairing keys can be used from now on.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..))]
    key_lifetime: Option<i64>,
    /// Lets everything be tried as often as a test of conformance tries it.
    #[arg(long)]
    lenient: bool,
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command { other: Some(Other::User(add)), .. } => add_user(&add),
        Command { serve: Some(options), .. } => serve(&options),
        Command { .. } => Err("there is nothing to do; see --help".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(io::stderr(), "pairing-service: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn add_user(UserCommand::Add { name, admin, data }: &UserCommand) -> Result<(), Fault> {
    let mut password = String::new();
    io::stdin().lock().take(1024).read_line(&mut password)?;
    // The address does not matter here: nothing is served.
    let service = Service::open(&Options::new(data), Origin::localhost(0))?;
    Ok(service.add_user(name, password.trim_end_matches(['\r', '\n']), *admin)?)
}

fn serve(wanted: &Serve) -> Result<(), Fault> {
    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let running = Service::start(Options {
        listen: wanted.listen,
        origin: wanted.origin.clone(),
        issuer: wanted.issuer.clone(),
        rates: if wanted.lenient { Rates::lenient() } else { Rates::default() },
        ..Options::new(&wanted.data)
    })?;
    prepare(wanted, running.service())?;
    tell(wanted, &running)?;
    waiting.block_on(told_to_end())?;
    Ok(running.stop()?)
}

fn prepare(wanted: &Serve, service: &Service) -> Result<(), Fault> {
    if let Some(file) = &wanted.passwords {
        set_passwords(file, &wanted.admin, service)?;
    }
    if let Some(key_lifetime) = wanted.key_lifetime {
        let mut policy = service.policy()?;
        policy.key_lifetime = key_lifetime;
        service.set_policy(&policy)?;
    }
    Ok(())
}

fn set_passwords(file: &Path, admins: &[String], service: &Service) -> Result<(), Fault> {
    let text = std::fs::read_to_string(file)?;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (name, password) =
            line.split_once(':').ok_or("a line of the file of passwords is NAME:PASSWORD")?;
        service.set_password(name, password, admins.iter().any(|admin| admin == name))?;
    }
    Ok(())
}

/// Says what scripts read.
fn tell(wanted: &Serve, running: &Running) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    writeln!(out, "origin: {}", running.origin)?;
    writeln!(out, "ca: {}", wanted.data.join("ca.pem").display())?;
    let service = running.service();
    if wanted.demo {
        for (prefix, name, is_admin) in [("", DEMO_USER, false), ("admin ", DEMO_ADMIN, true)] {
            let password = random_text::<12>();
            service.set_password(name, &password, is_admin)?;
            let who = if is_admin { "admin" } else { "user" };
            writeln!(out, "{who}: {name}\n{prefix}password: {password}")?;
        }
    } else if service.has_no_user()? {
        let data = wanted.data.display();
        writeln!(io::stderr(), "no user yet: pairing-service user add NAME --data {data}")?;
    }
    writeln!(out, "ready")?;
    Ok(out.flush()?)
}

#[cfg(unix)]
async fn told_to_end() -> io::Result<()> {
    let mut terminated = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<()> {
    signal::ctrl_c().await
}
