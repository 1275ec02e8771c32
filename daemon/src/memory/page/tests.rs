//! A key's page is its own, and what the system did for it is seen in its own account of this process.

use super::*;

#[test]
fn a_page_begins_blank_and_keeps_what_is_written_to_it() {
    let mut page = KeyPage::blank();
    assert_eq!(*page.expose(), [0; KEY_BYTES]);
    page.expose_mut()[7] = 0xAB;
    assert_eq!((page.expose()[6], page.expose()[7]), (0, 0xAB));
    assert_eq!(format!("{page:?}"), "[key]");
}

#[test]
fn every_key_has_a_page_of_its_own() {
    let pages: Vec<KeyPage> = (0..4).map(|_| KeyPage::blank()).collect();
    let mut starts: Vec<usize> = pages.iter().map(|page| page.0.addr().get()).collect();
    starts.sort_unstable();
    starts.dedup();
    assert_eq!(starts.len(), pages.len());
    assert!(starts.iter().all(|start| start % 4096 == 0), "{starts:x?}");
}

/// The flags of the mapping that `address` is in: `VmFlags` in `/proc/self/smaps` (`proc(5)`).
#[cfg(target_os = "linux")]
fn flags_at(address: usize) -> String {
    let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut lines = smaps.lines().skip_while(|line| {
        let range = line.split_once(' ').and_then(|(range, _)| range.split_once('-'));
        let number = |text| usize::from_str_radix(text, 16).ok();
        !range.is_some_and(|(from, to)| {
            number(from).is_some_and(|from| from <= address)
                && number(to).is_some_and(|to| address < to)
        })
    });
    lines.find_map(|line| line.strip_prefix("VmFlags:")).unwrap().to_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn a_page_is_locked_in_no_core_file_and_in_no_child() {
    let page = KeyPage::blank();
    let flags = flags_at(page.0.addr().get());
    let has = |flag: &str| flags.split_whitespace().any(|other| other == flag);
    let refused: Vec<_> = refusals().collect();
    assert!(has("dd") && has("wf"), "{flags}");
    // Where not even a page may be locked, that is said.
    assert!(has("lo") != refused.iter().any(|sentence| sentence.contains("swap")), "{flags}");
}
