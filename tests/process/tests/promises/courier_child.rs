//! The agent's end of the courier: what its child is told, what others can see of it, and that nothing that happens to it
//! costs more than one letter.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use passcode_daemon::ports::child;
use passcode_daemon::ports::courier::wire::{self, Limits, Request};
use passcode_daemon::ports::courier::{
    Courier, HelperCourier, Letter, Method, ProxyLogin, Reply, Undelivered,
};
use passcode_daemon::rules::{Network, Proxy};
use passcode_daemon::secret::Secret;
use passcode_process_tests::https::{Authority, Flaw, Server, slow, well};
use passcode_process_tests::processes::{self, Process};
use passcode_process_tests::{programs, site, wait, watchdog};
use tempfile::TempDir;

/// Long enough for what is killed by hand.
const LONG: Limits = Limits { connect: 60_000, total: 60_000, body: 1024 };
const SHORT: Limits = Limits { connect: 300, total: 300, body: 1024 };

/// A courier whose helpers are known by the path of their program.
struct Desk {
    folder: TempDir,
    authority: Authority,
    limits: Limits,
}

impl Desk {
    fn new(limits: Limits) -> Self {
        let desk = Self { folder: site::folder(), authority: Authority::new(), limits };
        symlink(programs::passcoded(), desk.program()).expect("a link");
        desk
    }

    /// A desk whose helper is a script.
    fn with_script(limits: Limits, script: &str) -> Self {
        let desk = Self { folder: site::folder(), authority: Authority::new(), limits };
        fs::write(desk.program(), format!("#!/bin/sh\n{script}\n")).expect("a file");
        fs::set_permissions(desk.program(), fs::Permissions::from_mode(0o755)).expect("rights");
        desk
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("passcoded")
    }

    fn courier(&self, proxy: Proxy) -> HelperCourier {
        let network = Network { service: None, authority: Some(self.authority.file()), proxy };
        HelperCourier::new(self.program(), network).within(self.limits)
    }

    fn helpers(&self) -> Vec<Process> {
        processes::knowing(path(&self.program()))
    }

    fn helper(&self) -> Process {
        wait::until("the helper", || self.helpers().pop())
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn letter(server: &Server) -> Letter {
    Letter {
        method: Method::Post,
        url: server.url("/where-to"),
        headers: vec![("Passcode-Count", "counted-well".to_owned())],
        body: Some(Secret::of("hidden-body")),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// Delivers while another thread does something to it.
fn deliver(
    desk: &Desk,
    server: &Server,
    meanwhile: impl FnOnce() + Send,
) -> Result<Reply, Undelivered> {
    std::thread::scope(|scope| {
        scope.spawn(meanwhile);
        runtime().block_on(desk.courier(Proxy::Direct).deliver(letter(server), None))
    })
}

#[test]
fn letters_come_and_go_and_no_child_is_left() {
    let _watchdog = watchdog::watch();
    let desk = Desk::new(LONG);
    let server = Server::start(&desk.authority, Flaw::None, well);
    let courier = desk.courier(Proxy::Direct);
    let runtime = runtime();
    for _ in 0..3 {
        let reply = runtime.block_on(courier.deliver(letter(&server), None)).expect("an answer");
        assert_eq!((reply.status, &reply.body[..]), (201, &b"{\"a\":1}"[..]));
    }
    wait::until("the last helper to be gone", || desk.helpers().is_empty().then_some(()));
    assert_eq!(server.requests(), 3);
}

#[test]
fn a_courier_that_is_killed_costs_one_letter_and_no_more() {
    let _watchdog = watchdog::watch();
    let desk = Desk::new(LONG);
    let silent = Server::start(&desk.authority, Flaw::None, slow);
    let asked = || (silent.requests() > 0).then_some(());
    let lost = deliver(&desk, &silent, || {
        wait::until("the request", asked);
        processes::kill(desk.helper().pid);
    });
    assert_eq!(lost, Err(Undelivered::Failed));
    let server = Server::start(&desk.authority, Flaw::None, well);
    assert_eq!(deliver(&desk, &server, || {}).map(|reply| reply.status), Ok(201));
}

#[test]
fn a_delivery_that_is_dropped_ends_its_courier() {
    let _watchdog = watchdog::watch();
    let desk = Desk::new(LONG);
    let silent = Server::start(&desk.authority, Flaw::None, slow);
    let runtime = runtime();
    let task = runtime.spawn(desk.courier(Proxy::Direct).deliver(letter(&silent), None));
    let asked = async {
        while silent.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    runtime.block_on(asked);
    let helper = desk.helper().pid;
    task.abort();
    assert!(runtime.block_on(task).is_err());
    wait::until("the helper to end", || processes::has_ended(helper).then_some(()));
}

#[test]
fn nothing_of_a_letter_is_in_the_couriers_arguments_or_environment() {
    let _watchdog = watchdog::watch();
    let desk = Desk::new(LONG);
    let silent = Server::start(&desk.authority, Flaw::None, slow);
    let proxy = Server::proxy();
    let courier = desk.courier(Proxy::Through(format!("http://localhost:{}", proxy.port)));
    let login = ProxyLogin { user: "alice".to_owned(), password: Secret::of("hunter2") };
    let delivery = courier.deliver(letter(&silent), Some(login));
    let runtime = runtime();
    let look = runtime.spawn_blocking({
        let program = desk.program();
        move || {
            let find = || processes::knowing(path(&program)).pop();
            wait::until("the request", || (silent.requests() > 0).then_some(()));
            let helper = find().expect("the helper");
            let seen = seen_of(helper.pid);
            processes::kill(helper.pid);
            seen
        }
    });
    assert_eq!(runtime.block_on(delivery), Err(Undelivered::Failed));
    let (arguments, environment, cores) = runtime.block_on(look).expect("a look");
    assert_eq!(arguments, format!("{}\0helper\0courier\0", desk.program().display()));
    for line in environment.split('\0').filter(|line| !line.is_empty()) {
        assert!(line.starts_with("SSL_CERT_"), "{line}");
    }
    assert_eq!(cores, "0");
}

/// Arguments, environment and the longest core file of a process.
fn seen_of(pid: u32) -> (String, String, String) {
    let read = |file| fs::read_to_string(format!("/proc/{pid}/{file}")).expect("a process of ours");
    let limits = read("limits");
    let cores = limits.lines().find_map(|line| line.strip_prefix("Max core file size"));
    let cores = cores.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    (read("cmdline"), read("environ"), cores.to_owned())
}

#[test]
fn the_courier_ends_with_the_agent() {
    let _watchdog = watchdog::watch();
    let desk = Desk::new(LONG);
    let silent = Server::start(&desk.authority, Flaw::None, slow);
    let network =
        Network { service: None, authority: Some(desk.authority.file()), proxy: Proxy::Direct };
    let request = Request::of(&letter(&silent), None, &network, LONG);
    let mut command = child::helper(&desk.program(), "courier");
    let mut helper =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    let mut input = helper.stdin.take().expect("its input");
    let line = wire::line(&request, wire::REQUEST_BYTES).expect("a line");
    input.write_all(&line).expect("it listens");
    wait::until("the request", || (silent.requests() > 0).then_some(()));
    assert_eq!(helper.try_wait().expect("a child"), None);
    drop(input);
    wait::until("the helper to end", || helper.try_wait().expect("a child"));
}

#[test]
fn a_courier_that_talks_nonsense_or_without_end_brings_no_answer() {
    let _watchdog = watchdog::watch();
    let reply = r#"{"reply":{"status":200,"media":"","retry_after":null,"date":null,"body":"?"}}"#;
    let odd = format!("read -r line; echo '{reply}'");
    let scripts = [
        "exit 0",
        "read -r line",
        "read -r line; echo nonsense",
        "read -r line; yes",
        odd.as_str(),
    ];
    for script in scripts {
        let desk = Desk::with_script(LONG, script);
        let server = Server::start(&desk.authority, Flaw::None, well);
        assert_eq!(deliver(&desk, &server, || {}), Err(Undelivered::Failed), "{script}");
    }
    let desk = Desk::new(LONG);
    fs::remove_file(desk.program()).expect("a link");
    let server = Server::start(&desk.authority, Flaw::None, well);
    assert_eq!(deliver(&desk, &server, || {}), Err(Undelivered::Failed));
}

#[test]
fn a_courier_that_stands_still_is_killed_at_the_limit() {
    let _watchdog = watchdog::watch();
    let desk = Desk::with_script(SHORT, "read -r line; read -r never");
    let server = Server::start(&desk.authority, Flaw::None, well);
    assert_eq!(deliver(&desk, &server, || {}), Err(Undelivered::Late));
    wait::until("the helper to be gone", || desk.helpers().is_empty().then_some(()));
}
