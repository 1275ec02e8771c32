//! What a client is told of a vault that does not open, and whether the vault is only locked or cannot be used.

use std::time::Duration;

use passcode_proto::{Fault, FaultCode};

use super::Unopened;
use crate::ports::keystore::KeyStoreFault;
use crate::ports::store::StoreFault;
use crate::vault::slot::{Guard, SlotFault};
use crate::vault::tries::Blocked;

/// What a client is told when the store fails to open.
pub fn store_fault(fault: StoreFault) -> Fault {
    let code = match fault {
        StoreFault::Damaged => FaultCode::VaultDamaged,
        StoreFault::Newer { .. } => FaultCode::VaultNewer,
        StoreFault::Full => FaultCode::StoreFailed,
        _ => FaultCode::VaultUnreadable,
    };
    Fault::because(code, sentence(&fault)).advise(fault.hint())
}

/// What a client is told when no slot opens.
pub fn slot_fault(fault: SlotFault) -> Fault {
    Fault::because(FaultCode::KeyStore, sentence(&fault)).advise(fault.hint())
}

/// A key store that is away or closed leaves the vault locked; one that holds something wrong makes it unusable.
pub fn key_store_fault(fault: &KeyStoreFault, guard: Guard) -> Unopened {
    let because = |code| Fault::because(code, sentence(fault)).advise(fault.hint());
    match fault {
        KeyStoreFault::PassphraseNeeded => Unopened::Asks(guard, FaultCode::PassphraseNeeded),
        KeyStoreFault::WrongPassphrase => Unopened::Refused(because(FaultCode::WrongPassphrase)),
        KeyStoreFault::Locked => Unopened::Away(because(FaultCode::KeyStoreLocked)),
        KeyStoreFault::Absent(_) => Unopened::Away(because(FaultCode::NoKeyStore)),
        KeyStoreFault::Late | KeyStoreFault::Failed(_) => {
            Unopened::Away(because(FaultCode::KeyStore))
        }
        KeyStoreFault::Disk(StoreFault::Full) => Unopened::Refused(because(FaultCode::StoreFailed)),
        KeyStoreFault::ReadOnly
        | KeyStoreFault::NoPassphrase
        | KeyStoreFault::Taken
        | KeyStoreFault::Damaged
        | KeyStoreFault::Disk(_) => Unopened::Broken(because(FaultCode::KeyStore)),
    }
}

/// A PIN that was wrong, after its try was counted: what it led to, and how many are left.
pub fn wrong_pin(block: Option<Blocked>, left: u8) -> Fault {
    let what = match (block, left) {
        (Some(Blocked(left)), _) => format!(
            "The PIN is wrong, for the third time in a row: no PIN is taken for {} seconds.",
            seconds(left)
        ),
        (None, 1) => "The PIN is wrong; one more wrong one blocks.".to_owned(),
        (None, left) => format!("The PIN is wrong; {left} tries are left."),
    };
    let fault = Fault::because(FaultCode::WrongPin, what);
    match block {
        Some(_) => fault.advise(FaultCode::PinBlocked.hint()),
        None => fault,
    }
}

/// A PIN that is not looked at.
pub fn blocked(Blocked(left): Blocked) -> Fault {
    let what = format!(
        "No PIN is taken after three wrong ones; {} seconds are left of the block.",
        seconds(left)
    );
    Fault::because(FaultCode::PinBlocked, what)
}

/// A PIN that is not looked at because an older count of tries was put back.
pub fn put_back(Blocked(left): Blocked) -> Fault {
    let left = seconds(left);
    let what = format!(
        "An older copy of the vault was put back, or its count of wrong PINs is gone: no PIN is taken for {left} seconds."
    );
    Fault::because(FaultCode::PinBlocked, what)
        .advise("Wait until the block is over. If you did not do this, somebody else did.")
}

/// Whole seconds, never none of a block that is not over.
pub fn seconds(left: Duration) -> u32 {
    u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// The lower layers describe what happened as a clause; people are told a sentence. One that begins with the name of a
/// file keeps it as it is.
pub fn sentence(clause: &dyn std::fmt::Display) -> String {
    let clause = clause.to_string();
    let mut letters = clause.chars();
    match letters.next() {
        Some(first) if !clause.starts_with("vault.") => {
            format!("{}{}.", first.to_uppercase(), letters.as_str())
        }
        _ => format!("{clause}."),
    }
}
