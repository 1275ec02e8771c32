//! The helper's part is played by lines of shell.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::DesktopWatch;
use super::child::Program;
use crate::ports::fake::clock::FakeClock;
use crate::ports::watch::{Happening, SessionWatch};

fn watch(clock: &FakeClock, script: &str) -> UnboundedReceiver<Happening> {
    let arguments = ["-c", script, "helper"].map(str::to_owned).into();
    let helper = Program { path: "/bin/sh".into(), arguments };
    DesktopWatch { clock: Arc::new(clock.clone()), helper }.watch()
}

async fn next(happenings: &mut UnboundedReceiver<Happening>) -> Happening {
    let next = tokio::time::timeout(Duration::from_secs(20), happenings.recv()).await;
    next.expect("something happens").expect("the watch goes on")
}

/// The sentences of the next happening, which has to be about what is missing.
async fn missing(happenings: &mut UnboundedReceiver<Happening>) -> String {
    match next(happenings).await {
        Happening::Missing(sentences) => sentences.join("\n"),
        other => panic!("{other:?} is not about what is missing"),
    }
}

#[tokio::test]
async fn every_line_of_the_helper_becomes_a_happening() {
    let script =
        "printf 'locked\\nunlocked\\nresumed\\naway\\nback\\nlogged-out\\nmissing\\n'; cat";
    let mut happenings = watch(&FakeClock::default(), script);
    assert!(matches!(next(&mut happenings).await, Happening::ScreenLocked));
    assert!(matches!(next(&mut happenings).await, Happening::ScreenUnlocked));
    assert!(matches!(next(&mut happenings).await, Happening::Resumed));
    assert!(matches!(next(&mut happenings).await, Happening::SwitchedAway));
    assert!(matches!(next(&mut happenings).await, Happening::SwitchedBack));
    assert!(matches!(next(&mut happenings).await, Happening::LoggedOut));
    assert_eq!(missing(&mut happenings).await, "");
}

#[tokio::test]
async fn what_is_missing_is_told_in_sentences() {
    let mut happenings = watch(&FakeClock::default(), "echo missing logind screen-locks; cat");
    let sentences = missing(&mut happenings).await;
    assert!(sentences.contains("logind does not answer on the system bus"), "{sentences}");
    assert!(sentences.contains("Screen locks are not announced here"), "{sentences}");
}

#[tokio::test]
async fn lines_that_are_not_known_are_left_out() {
    let script =
        "echo moonlight; head -c 100000 /dev/zero; echo; printf '\\377\\n'; echo back; cat";
    let mut happenings = watch(&FakeClock::default(), script);
    assert!(matches!(next(&mut happenings).await, Happening::SwitchedBack));
}

#[tokio::test]
async fn the_helper_is_told_when_a_token_is_dropped_and_not_before() {
    let script = "echo suspending 41; read order; echo locked; test \"$order\" = 'sleep 41' && echo resumed; cat";
    let mut happenings = watch(&FakeClock::default(), script);
    let Happening::Suspending(token) = next(&mut happenings).await else { panic!("no token") };
    tokio::task::yield_now().await;
    assert!(happenings.try_recv().is_err(), "it waits for the token");
    drop(token);
    assert!(matches!(next(&mut happenings).await, Happening::ScreenLocked));
    assert!(matches!(next(&mut happenings).await, Happening::Resumed));
}

#[tokio::test]
async fn a_helper_that_ends_is_missed_and_started_again_after_a_growing_pause() {
    let clock = FakeClock::default();
    let mut happenings = watch(&clock, "echo locked");
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert!(matches!(next(&mut happenings).await, Happening::ScreenLocked));
        let sentence = missing(&mut happenings).await;
        assert!(sentence.contains("is not watched now"), "{sentence}");
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(pause) - Duration::from_nanos(1));
        assert_eq!(clock.sleepers(), 1, "the pause is over before {pause} s");
        clock.advance(Duration::from_nanos(1));
    }
}

#[tokio::test]
async fn a_helper_that_cannot_be_started_is_missed_too() {
    let clock = FakeClock::default();
    let helper = Program { path: "/nonexistent/helper".into(), arguments: Vec::new() };
    let mut happenings = DesktopWatch { clock: Arc::new(clock), helper }.watch();
    assert!(missing(&mut happenings).await.contains("is not watched now"));
}

#[tokio::test]
async fn a_token_of_a_helper_that_has_ended_does_no_harm() {
    let mut happenings = watch(&FakeClock::default(), "echo suspending 1");
    let Happening::Suspending(token) = next(&mut happenings).await else { panic!("no token") };
    assert!(missing(&mut happenings).await.contains("is not watched now"));
    drop(token);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_helper_ends_when_nobody_listens_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().display().to_string();
    let mut happenings = watch(&FakeClock::default(), &format!("echo back; cat # {marker}"));
    assert!(matches!(next(&mut happenings).await, Happening::SwitchedBack));
    assert!(is_running(&marker));
    drop(happenings);
    let ended = async {
        while is_running(&marker) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it ends");
}

/// Whether a process has `text` in its arguments.
#[cfg(target_os = "linux")]
fn is_running(text: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.map(|process| process.path().join("cmdline")).any(|arguments| {
        let arguments = std::fs::read(arguments).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(text)
    })
}
