//! The harness itself: what it finds wrong with a page that is, and that it leaves nothing behind.

use passcode_browser_tests::Browser;

#[test]
fn a_page_that_cannot_be_read_or_used_is_found() {
    let browser = Browser::start();
    let page = "<p style='color:%23999;background:%23fff'>pale</p><input><button></button>\
                <h3 id=x>low</h3><p id=x style='width:3000px'>wide</p>";
    browser.open(&format!("data:text/html,{page}"));
    let faults = browser.audit().join("\n");
    for fault in [
        "contrast of words 2.85",
        "no name: <input>",
        "no name: <button>",
        "an id stands twice",
        "not one first heading",
        "a level of headings is left out",
        "not one main",
        "no language",
        "no title",
        "wider than the window",
    ] {
        assert!(faults.contains(fault), "{fault} is not in:\n{faults}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_left_when_the_browser_is_dropped() {
    let browser = Browser::start();
    let profile = browser.profile().to_owned();
    assert!(profile.exists() && is_used(&profile));
    drop(browser);
    assert!(!profile.exists() && !is_used(&profile));
}

/// Whether a process runs with this profile.
#[cfg(target_os = "linux")]
fn is_used(profile: &std::path::Path) -> bool {
    let profile = profile.to_str().expect("a plain path").as_bytes().to_owned();
    let processes = std::fs::read_dir("/proc").expect("processes");
    let command = |entry: std::fs::DirEntry| std::fs::read(entry.path().join("cmdline")).ok();
    processes
        .filter_map(|entry| command(entry.ok()?))
        .any(|command| command.windows(profile.len()).any(|window| window == profile))
}
