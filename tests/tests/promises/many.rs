//! Many profiles: paged, found and limited.

use std::time::Duration;

use passcode_proto::FaultCode;
use passcode_proto::codec::Sent;
use passcode_proto::event::Event;
use passcode_proto::limits::{LABEL_BYTES, PAGE, PROFILES, REPLY_BYTES};
use passcode_proto::profile::ProfileId;
use passcode_proto::request::{List, Status, Subscribe};
use passcode_tests::rig::Rig;
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::watched;
use passcode_tests::rig::{asks, keys};

/// What a test with a full vault may take: sealing is slow in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(30);

/// An agent with `count` profiles.
fn filled(count: usize) -> Rig {
    let mut rig = Rig::prepare();
    rig.fill(count, |number| [format!("profile {number}"), "ACME".to_owned(), number.to_string()]);
    rig.start_again();
    rig
}

/// The numbers in all pages of `limit`, and how many pages there were.
async fn paged(client: &mut Client, limit: Option<u32>) -> (Vec<u32>, usize) {
    let (mut numbers, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = client.ask(List { after, limit }).await.expect("a page");
        assert!(page.profiles.len() <= limit.unwrap_or(PAGE) as usize);
        numbers.extend(page.profiles.iter().map(|profile| profile.id.0));
        pages += 1;
        after = page.next;
        if after.is_none() {
            return (numbers, pages);
        }
    }
}

#[test]
fn a_long_list_comes_in_pages_that_leave_nothing_out() {
    watched(PATIENCE, async || {
        let rig = filled(1_200);
        let mut client = rig.client();
        let all: Vec<u32> = (1..=1_200).collect();
        assert_eq!(paged(&mut client, None).await, (all.clone(), 3));
        assert_eq!(paged(&mut client, Some(7)).await, (all.clone(), 172));
        assert_eq!(paged(&mut client, Some(400)).await, (all, 3), "no empty page at the end");
    });
}

#[test]
fn a_page_may_begin_after_a_profile_that_is_gone() {
    watched(PATIENCE, async || {
        let rig = filled(5);
        let mut client = rig.client();
        client.ask(asks::unpair("profile 2")).await.unwrap();
        let page = client.ask(List { after: Some(ProfileId(3)), limit: Some(1) }).await.unwrap();
        assert_eq!((page.profiles[0].id, page.next), (ProfileId(4), Some(ProfileId(4))));
        let page =
            client.ask(List { after: Some(ProfileId(u32::MAX)), limit: None }).await.unwrap();
        assert_eq!((page.profiles, page.next), (Vec::new(), None));
    });
}

#[test]
fn a_long_view_comes_in_parts_of_one_number() {
    watched(PATIENCE, async || {
        let rig = filled(1_200);
        let mut client = rig.client();
        client.ask(asks::list()).await.expect("the vault is open now");
        let seq = client.ask(Status {}).await.unwrap().seq;
        client.send(Subscribe {}).await;
        client.receive::<Subscribe>().await.unwrap();
        let mut wire = client.into_wire();
        for (part, (count, last)) in
            [(500, false), (500, false), (200, true)].into_iter().enumerate()
        {
            let Sent::Event(event) = wire.frame().await else { panic!("an event") };
            let Event::View(view) = event.event else { panic!("a view") };
            assert_eq!((event.seq, view.part, view.last), (seq, part as u32, last));
            assert_eq!(view.profiles.len(), count);
        }
        assert_eq!(rig.client().subscribe().await.view.profiles.len(), 1_200);
    });
}

#[test]
fn the_longest_page_fits_into_a_message() {
    watched(PATIENCE, async || {
        let mut rig = Rig::prepare();
        // Every character of these takes two bytes in JSON.
        let longest = |number: usize| format!("{number:03}{}", "\"".repeat(LABEL_BYTES - 3));
        rig.fill(PAGE as usize, |number| [longest(number), longest(0), longest(0)]);
        rig.start_again();
        let mut json = rig.json();
        let page = json.ask("list", serde_json::json!({})).await;
        assert_eq!(page["profiles"].as_array().map(Vec::len), Some(PAGE as usize));
        let mut wire = json.into_wire();
        assert!((REPLY_BYTES / 2..=REPLY_BYTES).contains(&wire.seen().len()));
        wire.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\"}\n").await;
        wire.line().await;
        let view = wire.line().await;
        assert_eq!(view["params"]["event"]["view"]["profiles"].as_array().map(Vec::len), Some(500));
    });
}

#[test]
fn the_10_001st_profile_is_refused_until_there_is_room() {
    watched(PATIENCE, async || {
        let rig = filled(PROFILES);
        let mut client = rig.client();
        let refused = client.refused(asks::pair(keys::HOTP, "one too many")).await;
        assert_eq!(refused, FaultCode::TooManyProfiles);
        assert_eq!(client.ask(Status {}).await.unwrap().profiles, Some(PROFILES as u32));
        client.given(asks::code("profile 9999")).await;
        client.given(asks::code("acme:9999")).await;
        client.ask(asks::unpair("profile 0")).await.unwrap();
        client.pair(keys::HOTP, "one too many").await;
        assert_eq!(
            client.refused(asks::pair(keys::HOTP, "another")).await,
            FaultCode::TooManyProfiles
        );
        assert_eq!(paged(&mut client, None).await.0.len(), PROFILES);
    });
}
