//! The real courier: `passcoded helper courier`, a child for each letter. It has the network and no secret but what stands
//! in the letter; whatever happens to it, the agent goes on without an answer. What it does is in `helper::courier`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::wire::{ANSWER_BYTES, Answer, Limits, REQUEST_BYTES, Request, line};
use super::{Courier, Delivery, Letter, ProxyLogin, Reply, Undelivered};
use crate::ports::child::{apart, helper};
use crate::rules::{Network, Proxy};

/// How much longer than its own limit the child may take.
const GRACE: Duration = Duration::from_secs(2);

/// What the child gets of the environment: which certificates the system trusts.
const ENVIRONMENT: &[&str] = &[
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    // Without it Windows finds none of its own libraries.
    "SystemRoot",
];

/// And, when the system says where to go, where proxies are. Logins may stand in them.
const PROXIES: &[&str] =
    &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// Delivers each letter by a child of its own.
#[derive(Debug)]
pub struct HelperCourier {
    program: PathBuf,
    network: Network,
    limits: Limits,
}

impl HelperCourier {
    /// `program` is `passcoded` itself.
    pub fn new(program: PathBuf, network: Network) -> Self {
        Self { program, network, limits: Limits::USUAL }
    }

    /// The same, with other limits.
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Courier for HelperCourier {
    fn deliver(&self, letter: Letter, login: Option<ProxyLogin>) -> Delivery {
        let request = Request::of(&letter, login, &self.network, self.limits);
        let command = command(&self.program, &self.network.proxy);
        let most = Duration::from_millis(self.limits.total) + GRACE;
        Box::pin(async move {
            let line = line(&request, REQUEST_BYTES).ok_or(Undelivered::Failed)?;
            let asking = ask(command, &line);
            timeout(most, asking).await.unwrap_or(Err(Undelivered::Late))
        })
    }
}

fn command(program: &Path, proxy: &Proxy) -> Command {
    let mut command = helper(program, "courier");
    command.env_clear();
    let proxies = if *proxy == Proxy::System { PROXIES } else { &[] };
    let names = ENVIRONMENT.iter().chain(proxies);
    command.envs(names.filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    apart(&mut command);
    let mut command = Command::from(command);
    command.kill_on_drop(true);
    command
}

async fn ask(mut command: Command, line: &[u8]) -> Result<Reply, Undelivered> {
    let mut child = command.spawn().map_err(|_| Undelivered::Failed)?;
    let (mut input, output) = pipes(&mut child).ok_or(Undelivered::Failed)?;
    input.write_all(line).await.map_err(|_| Undelivered::Failed)?;
    let answer = read(output).await.map_err(|_| Undelivered::Failed)?;
    // Until here the child knows by the open input that the agent is there.
    drop(input);
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| Undelivered::Failed)?;
    answer.read()
}

fn pipes(child: &mut Child) -> Option<(ChildStdin, ChildStdout)> {
    child.stdin.take().zip(child.stdout.take())
}

/// All that the child says, within the limit.
async fn read(output: ChildStdout) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut answer = Zeroizing::new(Vec::new());
    output.take(ANSWER_BYTES as u64 + 1).read_to_end(&mut answer).await?;
    match answer.len() > ANSWER_BYTES {
        true => Err(std::io::ErrorKind::FileTooLarge.into()),
        false => Ok(answer),
    }
}
