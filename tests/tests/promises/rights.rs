//! Rights: a caller who may have codes learns nothing else and changes nothing.

use passcode_daemon::peer::Rights;
use passcode_proto::FaultCode;
use passcode_proto::request::{Hello, Help, HotpResync, HotpShow, Lock, Quit, Status, Subscribe};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{asks, keys};

#[test]
fn a_caller_with_codes_alone_gets_codes_and_learns_how_the_agent_is() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let mut caller = rig.client_of("/usr/bin/relay", Rights::CODES);
        assert_eq!(caller.counter("work").await, 0);
        assert!(caller.ask(HotpResync { profile: None, codes: None, send: false }).await.is_ok());
        assert!(caller.ask(Hello { client: "relay".into() }).await.is_ok());
        assert!(caller.ask(Help {}).await.is_ok());
        assert!(caller.ask(Status {}).await.is_ok());
    });
}

#[test]
fn a_caller_with_codes_alone_can_neither_list_nor_watch_nor_change_anything() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let before = (rig.stores.stored(), client.ask(asks::list()).await.unwrap());
        let mut caller = rig.client_of("/usr/bin/relay", Rights::CODES);
        for refused in [
            caller.refused(asks::list()).await,
            caller.refused(HotpShow { profile: None }).await,
            caller.refused(Subscribe {}).await,
            caller.refused(asks::pair(keys::TOTP, "new")).await,
            caller.refused(asks::rename("work", "new")).await,
            caller.refused(asks::default("work")).await,
            caller.refused(asks::unpair("work")).await,
            caller.refused(asks::hotp_set("work", 100)).await,
            caller.refused(Lock {}).await,
            caller.refused(asks::unlock()).await,
            caller.refused(Quit {}).await,
        ] {
            assert_eq!(refused, FaultCode::Forbidden);
        }
        assert_eq!((rig.stores.stored(), client.ask(asks::list()).await.unwrap()), before);
    });
}

#[test]
fn a_refusal_does_not_tell_whether_there_is_such_a_profile() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let mut caller = rig.client_of("/usr/bin/relay", Rights::CODES);
        let there = caller.ask(asks::unpair("work")).await.unwrap_err();
        assert_eq!(there, caller.ask(asks::unpair("no such")).await.unwrap_err());
    });
}
