//! `passcode-bench`: prints how quick the agent is beside its references. `run.sh` beside this crate starts it.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    passcode_bench::run(std::env::args_os().skip(1).collect())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("passcode-bench: its references are Linux programs; it runs on Linux alone.");
}
