//! From the slots to the vault key: by the device secret, with a PIN whose try is written down before it is looked at, or
//! with the recovery code.

use std::thread;

use passcode_proto::FaultCode;

use super::faults::{blocked, key_store_fault, put_back, slot_fault, store_fault, wrong_pin};
use super::{Credentials, Unopened};
use crate::kdf::Starved;
use crate::memory::page::KeyPage;
use crate::memory::stack;
use crate::ports::Ports;
use crate::ports::keystore::{Access, Anchor, Kept, KeyStore, StoreKind};
use crate::ports::store::{Change, Row, Store};
use crate::secret::Secret;
use crate::vault::recovery;
use crate::vault::seal::VaultKey;
use crate::vault::slot::{self, Guard, PinGuard, Proof, SlotFault};
use crate::vault::tries::{self, Blocked, PutBack, Tries};

/// A vault whose key is known.
pub struct Unlocked {
    /// The key.
    pub key: VaultKey,
    /// The device secret that belongs to it.
    pub device: Secret,
    /// What it asks for.
    pub guard: Guard,
    /// The count of wrong PINs.
    pub tries: Tries,
    /// What the key store has noted.
    pub anchor: Anchor,
    /// Whether the recovery code opened it, so that a new PIN is due.
    pub recovering: bool,
    /// Whether the key store keeps another secret, which a crash has left.
    pub has_leftovers: bool,
}

/// A closed vault and all that is needed to open it.
pub struct Closed<'a> {
    pub ports: &'a Ports,
    pub store: &'a mut dyn Store,
    pub rows: &'a [Row],
    pub guard: Guard,
    pub keystore: &'a dyn KeyStore,
}

impl Closed<'_> {
    /// Opens it with what was given; [`Unopened::Asks`] when that is too little.
    pub fn unlock(self, given: &Credentials) -> Result<Unlocked, Unopened> {
        if let Some(code) = given.recovery.as_ref().filter(|_| self.guard.pin.is_some()) {
            return self.by_recovery_code(code, given);
        }
        match (self.guard.pin.clone(), &given.pin) {
            (None, _) => self.by_device(given),
            (Some(asked), Some(pin)) => self.by_pin(&asked, pin, given),
            (Some(_), None) => Err(self.asks_for(given)),
        }
    }

    fn asks_for(self, given: &Credentials) -> Unopened {
        let needs_passphrase =
            self.guard.store == StoreKind::Passphrase && given.passphrase.is_none();
        let missing =
            if needs_passphrase { FaultCode::PassphraseNeeded } else { FaultCode::PinNeeded };
        Unopened::Asks(self.guard, missing)
    }

    fn load(&self, given: &Credentials) -> Result<Kept, Unopened> {
        let access = Access { may_ask: given.may_ask, passphrase: given.passphrase.as_ref() };
        let kept = self
            .keystore
            .load(access)
            .map_err(|fault| key_store_fault(&fault, self.guard.clone()))?;
        match kept.secrets.is_empty() {
            true => Err(Unopened::Broken(slot_fault(SlotFault::NoDeviceSecret))),
            false => Ok(kept),
        }
    }

    fn by_device(self, given: &Credentials) -> Result<Unlocked, Unopened> {
        let kept = self.load(given)?;
        let anchor = kept.anchor.unwrap_or_default();
        let tries = self.count(&kept).map_or_else(|| Tries::beginning(anchor), |(tries, _)| tries);
        let foreign = || Unopened::Broken(slot_fault(SlotFault::WrongDeviceSecret));
        self.opened(kept, &Proof::Device, tries).ok_or_else(foreign)
    }

    /// The code cannot be guessed, so it is taken during a block too; the count goes on, whatever it was.
    fn by_recovery_code(self, code: &Secret, given: &Credentials) -> Result<Unlocked, Unopened> {
        let wrong = || Unopened::Refused(FaultCode::WrongRecoveryCode.into());
        let code = recovery::parse(code).ok_or_else(wrong)?;
        let kept = self.load(given)?;
        let read = self.count(&kept).map(|(tries, _)| tries);
        let tries = Tries::judge(read, kept.anchor).unwrap_or_else(|(PutBack, tries)| tries);
        let opened = self.opened(kept, &Proof::Recovery(code), tries).ok_or_else(wrong)?;
        Ok(Unlocked { recovering: true, ..opened })
    }

    fn by_pin(
        mut self,
        asked: &PinGuard,
        pin: &Secret,
        given: &Credentials,
    ) -> Result<Unlocked, Unopened> {
        // The key is made while the key store is asked and the try written down.
        let (prepared, made) = thread::scope(|scope| {
            let make = || asked.recipe.key(pin.expose());
            let making = scope.spawn(move || stack::leaving_nothing::<{ stack::OPENING }, _>(make));
            let prepared = self.prepare(given);
            (prepared, making.join().unwrap_or(Err(Starved)))
        });
        let (kept, tries) = prepared?;
        let key = made.map_err(|Starved| Unopened::Refused(slot_fault(SlotFault::Starved)))?;
        self.with_pin(kept, key, tries)
    }

    /// Writes a try down, in the vault and in the key store.
    fn prepare(&mut self, given: &Credentials) -> Result<(Kept, Tries), Unopened> {
        let kept = self.load(given)?;
        let now = self.ports.clock.moment();
        let read = self.count(&kept);
        if read.is_none() && tries::row_among(self.rows).is_some() {
            return Err(Unopened::Broken(slot_fault(SlotFault::WrongDeviceSecret)));
        }
        let device = read.as_ref().map_or(0, |(_, device)| *device);
        let found = Tries::judge(read.map(|(tries, _)| tries), kept.anchor);
        let begun = match &found {
            Ok(tries) => tries.begin(&now),
            Err((PutBack, tries)) => Ok(tries.punish(&now)),
        };
        let tries = begun.map_err(|left| Unopened::Blocked(blocked(left), left))?;
        self.note(&kept, device, &tries)?;
        match (found, tries.blocked(&now)) {
            (Err(_), Some(left)) => Err(Unopened::Blocked(put_back(left), left)),
            _ => Ok((kept, tries)),
        }
    }

    fn note(&mut self, kept: &Kept, device: usize, tries: &Tries) -> Result<(), Unopened> {
        let key = tries::key(&kept.secrets[device]);
        self.commit(Change::Put(tries.row(&key)))?;
        let anchor = kept.anchor.unwrap_or_default();
        let noted = self.keystore.note(anchor.merged(tries.anchored(anchor.generation)));
        noted.map_err(|fault| key_store_fault(&fault, self.guard.clone()))
    }

    fn commit(&mut self, change: Change) -> Result<(), Unopened> {
        self.store.commit(&[change]).map_err(|fault| Unopened::Refused(store_fault(fault)))
    }

    fn with_pin(mut self, kept: Kept, key: KeyPage, tries: Tries) -> Result<Unlocked, Unopened> {
        let forgiven = tries.forgiven();
        let Some(opened) = self.opened(kept, &Proof::Pin(key), forgiven.clone()) else {
            let block = tries.blocked(&self.ports.clock.moment());
            let fault = wrong_pin(block, tries.left());
            return Err(match block {
                Some(left) => Unopened::Blocked(fault, left),
                None => Unopened::Refused(fault),
            });
        };
        self.commit(Change::Put(forgiven.row(&tries::key(&opened.device))))?;
        Ok(opened)
    }

    /// The count of wrong PINs, and which of the device secrets it was sealed under.
    fn count(&self, kept: &Kept) -> Option<(Tries, usize)> {
        let row = tries::row_among(self.rows)?;
        let mut secrets = kept.secrets.iter().enumerate();
        secrets.find_map(|(number, secret)| Some((Tries::read(row, &tries::key(secret))?, number)))
    }

    fn opened(&self, kept: Kept, proof: &Proof, tries: Tries) -> Option<Unlocked> {
        let Kept { mut secrets, anchor } = kept;
        let (key, number) = slot::open(self.rows, &secrets, proof)?;
        Some(Unlocked {
            key,
            has_leftovers: secrets.len() > 1,
            device: secrets.swap_remove(number),
            guard: self.guard.clone(),
            tries,
            anchor: anchor.unwrap_or_default(),
            recovering: false,
        })
    }
}

/// How long no PIN is taken, as far as that can be told without asking anyone anything.
pub fn known_block(closed: &Closed<'_>) -> Option<Blocked> {
    let kept = closed.keystore.load(Access::default()).ok()?;
    let (tries, _) = closed.count(&kept)?;
    tries.blocked(&closed.ports.clock.moment())
}
