//! The rows of a vault: whatever stands in them, sealed under the vault's own key or not at all, opening the vault
//! refuses it or gives a vault whose codes can be computed.
//!
//! An input is a row after the other: a byte for the table (its highest bit says that the row is sealed), one for the
//! number, one for the revision, one for the length of what follows, and that many bytes.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use passcode_daemon::kdf::Cost;
use passcode_daemon::ports::Ports;
use passcode_daemon::ports::fake::courier::FakeCourier;
use passcode_daemon::ports::fake::clock::FakeClock;
use passcode_daemon::ports::fake::keystore::FakeKeyStores;
use passcode_daemon::ports::fake::prompter::FakePrompter;
use passcode_daemon::ports::fake::store::FakeStores;
use passcode_daemon::ports::fake::settings::FakeSettings;
use passcode_daemon::ports::fake::watch::FakeWatch;
use passcode_daemon::ports::keystore::StoreKind;
use passcode_daemon::ports::store::{Row, Table};
use passcode_daemon::rules::Rules;
use passcode_daemon::secret::Secret;
use passcode_daemon::vault::opening::{self, Credentials};
use passcode_daemon::vault::seal::VaultKey;
use passcode_daemon::vault::slot::{self, Proof};
use passcode_daemon::vault::OpenVault;

const SEALED: u8 = 0x80;
const START: u64 = 1_700_000_000;

/// The device secret of every vault here.
const DEVICE_SECRET: [u8; 32] = [7; 32];

/// A vault key, and the row by which the device secret opens it.
static OWN: LazyLock<(VaultKey, Row)> = LazyLock::new(|| {
    let key = VaultKey::random().expect("a new vault's key");
    let secret = Secret::new(DEVICE_SECRET.to_vec());
    let slots = slot::wrap(&key, &secret, StoreKind::Keyring, &[(Proof::Device, None)], 1);
    (key, slots.into_iter().next().expect("a slot"))
});

/// The rows that an input stands for.
fn rows(mut input: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    while let [kind, id, revision, length, rest @ ..] = input {
        let (plain, after) = rest.split_at(usize::from(*length).min(rest.len()));
        let table = Table::ALL[usize::from(kind & !SEALED) % Table::ALL.len()];
        let (id, revision) = (u32::from(*id), u64::from(*revision));
        rows.push(match kind & SEALED {
            0 => Row { table, id, revision, sealed: plain.to_vec() },
            _ => OWN.0.seal(table, id, revision, plain),
        });
        input = after;
    }
    rows
}

/// Opens a vault of the given rows, as an agent does.
fn open(rows: Vec<Row>) -> Option<OpenVault> {
    let (stores, keystores) = (FakeStores::new(), FakeKeyStores::default());
    keystores.fake(StoreKind::Keyring).plant(Some(DEVICE_SECRET.to_vec()));
    stores.plant(OWN.1.clone());
    rows.into_iter().for_each(|row| stores.plant(row));
    let ports = Ports {
        clock: Arc::new(FakeClock::at(START)),
        stores: Arc::new(stores),
        keystores: Arc::new(keystores),
        prompter: Arc::new(FakePrompter::default()),
        courier: Arc::new(FakeCourier::default()),
        settings: Arc::new(FakeSettings::default()),
        watch: Arc::new(FakeWatch::new()),
        rules: Arc::new(Rules { cost: Cost::LEAST, ..Rules::default() }),
    };
    // A PIN and a recovery code, for slots that ask for one.
    let given = Credentials {
        pin: Some(Secret::of("2468")),
        recovery: Some(Secret::of("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A")),
        ..Credentials::default()
    };
    let bare = opening::open(&ports, &Credentials::default());
    bare.or_else(|_| opening::open(&ports, &given)).ok().map(|opened| opened.vault)
}

fuzz_target!(|input: &[u8]| {
    let Some(mut vault) = open(rows(input)) else { return };
    let ids: Vec<_> = vault.profiles_after(None).map(|profile| profile.id).collect();
    for id in ids {
        let entry = vault.entry(id).expect("what is listed is there");
        let code = vault.code(entry, u64::MAX).expect("its secret was opened before");
        assert_eq!(code.expose().chars().count(), usize::from(entry.parameters.digits()));
        vault.last_given_step(entry);
        vault.usage_change(id);
    }
    vault.is_in_doubt(START);
    vault.view(1);
});
