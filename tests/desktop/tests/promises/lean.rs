//! What the tray costs while nothing is asked of it. These are figures to be read, on a machine that does nothing else, so
//! nobody runs them but who asks for them: `cargo test -p passcode-desktop-tests -- --ignored --nocapture lean`.

use std::time::{Duration, Instant};

use passcode_desktop_tests::strain;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;

use crate::given::seen_with_work;

/// How long a tray is watched that does nothing.
const SPAN: Duration = Duration::from_secs(10);

#[test]
#[ignore = "it measures"]
fn a_tray_without_a_window_is_small_and_asleep() {
    let mut desk = seen_with_work();
    let pid = desk.tray().pid();
    println!("comes to rest: {}", strain::rest(pid, SPAN).is_some());
    let at_rest = (strain::memory(pid), strain::wakeups(pid, SPAN));
    let start = Instant::now();
    desk.icon().activate();
    let screen = desk.session.screen();
    screen.wait_for(passcode_desktop_tests::desk::MAIN);
    let mapped = start.elapsed();
    desk.window().button("Copy");
    let open = (strain::memory(pid), strain::wakeups(pid, SPAN));
    desk.window().close();
    wait::until("a tray that has closed its window", || (!desk.window().is_open()).then_some(()));
    let closed = (strain::memory(pid), strain::wakeups(pid, SPAN));
    for (name, (memory, wakeups)) in
        [("before the first window", at_rest), ("window open", open), ("window closed", closed)]
    {
        println!("{name}: {memory} KiB, wakeups in {} s: {wakeups:?}", SPAN.as_secs());
    }
    println!("from the click to the window: {} ms", mapped.as_millis());
}

#[test]
#[ignore = "it measures"]
fn a_window_opens_quickly_every_time() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    let screen = desk.session.screen();
    for _ in 0..5 {
        let start = Instant::now();
        desk.icon().activate();
        screen.wait_for(passcode_desktop_tests::desk::MAIN);
        println!("from the click to the window: {} ms", start.elapsed().as_millis());
        desk.window().button("Copy");
        desk.window().close();
    }
}
