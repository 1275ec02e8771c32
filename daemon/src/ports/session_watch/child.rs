//! The helper as a child of the agent: started, listened to, started again. It ends with the agent, whose end of its
//! standard input is closed then, however the agent ended.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::lines::Lines;
use super::pause::Pause;
use super::wire::{Line, Order};
use crate::ports::clock::Clock;
use crate::ports::watch::{Happening, Sleepless};

const NOT_WATCHED: &str = "The session is not watched now: the agent's helper has ended and is started again; lock by \
                           hand with: passcode lock";

/// What is started.
#[derive(Clone)]
pub struct Program {
    pub path: PathBuf,
    pub arguments: Vec<String>,
}

impl Program {
    /// This program, as the helper. One that has been replaced on disk since it was started is still what runs here,
    /// and both ends speak the same lines.
    pub fn helper() -> Self {
        let own = std::env::current_exe().ok().filter(|path| path.exists());
        Self {
            path: own.unwrap_or_else(|| "/proc/self/exe".into()),
            arguments: ["helper", "watch"].map(str::to_owned).into(),
        }
    }

    /// Its environment is ours: it says where the buses are. A process group of its own keeps the keys of a terminal
    /// from ending it before the agent.
    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).kill_on_drop(true).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
    }
}

/// Keeps the helper running for as long as somebody listens.
pub async fn keep(program: Program, clock: Arc<dyn Clock>, tell: UnboundedSender<Happening>) {
    let mut pause = Pause::default();
    loop {
        let started = clock.boot();
        tokio::select! {
            ended = run(&program, &tell) => tracing::warn!(?ended, "the helper that watches the session has ended"),
            () = tell.closed() => return,
        }
        say(&tell, Happening::Missing(vec![NOT_WATCHED.to_owned()]));
        let wait = clock.sleep(pause.after(clock.boot().saturating_sub(started)));
        tokio::select! {
            () = wait => {}
            () = tell.closed() => return,
        }
    }
}

/// Runs one helper to its end.
async fn run(program: &Program, tell: &UnboundedSender<Happening>) -> io::Result<()> {
    let mut child = program.start()?;
    let (Some(mut orders), Some(lines)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let (let_sleep, mut sleeps) = unbounded_channel();
    let mut helper = Helper { lines: Lines::new(lines), let_sleep };
    loop {
        let order = tokio::select! {
            happening = helper.next() => match happening? {
                Some(happening) => { say(tell, happening); continue }
                None => break,
            },
            order = next(&mut sleeps) => order,
        };
        orders.write_all(format!("{order}\n").as_bytes()).await?;
    }
    // It says no more, so it is of no more use.
    child.kill().await
}

/// Never ends: the other end is held by the helper that gives the orders.
async fn next(orders: &mut UnboundedReceiver<Order>) -> Order {
    match orders.recv().await {
        Some(order) => order,
        None => std::future::pending().await,
    }
}

/// Whether anybody listens is looked at by [`keep`].
fn say(tell: &UnboundedSender<Happening>, happening: Happening) {
    let _ = tell.send(happening);
}

struct Helper {
    lines: Lines<ChildStdout>,
    let_sleep: UnboundedSender<Order>,
}

impl Helper {
    /// What happens next; none when the helper says no more.
    async fn next(&mut self) -> io::Result<Option<Happening>> {
        while let Some(line) = self.lines.next().await? {
            if let Some(line) = Line::parse(&line) {
                return Ok(Some(self.happening(line)));
            }
        }
        Ok(None)
    }

    fn happening(&self, line: Line) -> Happening {
        match line {
            Line::Locked => Happening::ScreenLocked,
            Line::Unlocked => Happening::ScreenUnlocked,
            Line::Suspending(number) => Happening::Suspending(self.sleepless(number)),
            Line::Resumed => Happening::Resumed,
            Line::Away => Happening::SwitchedAway,
            Line::Back => Happening::SwitchedBack,
            Line::LoggedOut => Happening::LoggedOut,
            Line::Missing(gaps) => {
                Happening::Missing(gaps.iter().map(|gap| gap.sentence().to_owned()).collect())
            }
        }
    }

    /// A helper that has ended meanwhile has let the machine sleep by that.
    fn sleepless(&self, number: u64) -> Sleepless {
        let let_sleep = self.let_sleep.clone();
        Sleepless::new(move || {
            let _ = let_sleep.send(Order::Sleep(number));
        })
    }
}
