//! Finding a profile by what a user types: its name, `issuer:account`, or a unique beginning of its name, without
//! regard to case.

use std::collections::BTreeMap;

use passcode_proto::profile::{Profile, ProfileId};
use passcode_proto::{Fault, FaultCode, Label};

/// Most candidates that a fault names.
const NAMED_CANDIDATES: usize = 5;

/// Profiles by their folded names.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, ProfileId>);

impl Names {
    /// The profile with exactly this name.
    pub fn exact(&self, name: &str) -> Option<ProfileId> {
        self.0.get(&fold(name)).copied()
    }

    /// Whether `name` is another profile's than `own`.
    pub fn is_taken(&self, name: &Label, own: Option<ProfileId>) -> bool {
        self.0.get(&name.folded()).is_some_and(|owner| Some(*owner) != own)
    }

    /// Notes a profile's name.
    pub fn insert(&mut self, profile: &Profile) {
        self.0.insert(profile.name.folded(), profile.id);
    }

    /// Forgets a name.
    pub fn remove(&mut self, name: &Label) {
        self.0.remove(&name.folded());
    }

    /// The profiles whose names begin with `beginning`.
    pub fn beginning(&self, beginning: &str) -> Vec<ProfileId> {
        let beginning = fold(beginning);
        let from = self.0.range(beginning.clone()..);
        from.take_while(|(name, _)| name.starts_with(&beginning)).map(|(_, id)| *id).collect()
    }
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The profile that `typed` means among `profiles`.
pub fn resolve<'a>(
    names: &Names,
    typed: &str,
    profiles: impl Iterator<Item = &'a Profile> + Clone,
) -> Result<ProfileId, Fault> {
    if let Some(id) = names.exact(typed) {
        return Ok(id);
    }
    let by_account: Vec<_> = profiles
        .clone()
        .filter(|profile| is_account(profile, typed))
        .map(|profile| profile.id)
        .collect();
    let candidates = if by_account.is_empty() { names.beginning(typed) } else { by_account };
    match candidates.as_slice() {
        _ if typed.trim().is_empty() => Err(FaultCode::NoSuchProfile.into()),
        [] => Err(FaultCode::NoSuchProfile.into()),
        [only] => Ok(*only),
        several => Err(ambiguous(several, profiles)),
    }
}

fn is_account(profile: &Profile, typed: &str) -> bool {
    // Issuers and accounts may have colons of their own.
    typed.match_indices(':').any(|(colon, _)| {
        is_same(&typed[..colon], &profile.issuer) && is_same(&typed[colon + 1..], &profile.account)
    })
}

fn is_same(typed: &str, label: &Label) -> bool {
    let typed = typed.trim().chars().flat_map(char::to_lowercase);
    typed.eq(label.as_str().chars().flat_map(char::to_lowercase))
}

fn ambiguous<'a>(candidates: &[ProfileId], profiles: impl Iterator<Item = &'a Profile>) -> Fault {
    let names: Vec<_> = profiles
        .filter(|profile| candidates.contains(&profile.id))
        .map(|profile| profile.name.as_str())
        .take(NAMED_CANDIDATES)
        .collect();
    let more = if candidates.len() > names.len() { ", …" } else { "" };
    Fault::because(
        FaultCode::Ambiguous,
        format!("More than one profile fits: {}{more}.", names.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use passcode_proto::profile::{Algorithm, CodeType};

    use super::*;

    fn profile(id: u32, name: &str, issuer: &str, account: &str) -> Profile {
        let label = |text| Label::new(text).unwrap();
        Profile {
            id: ProfileId(id),
            name: label(name),
            issuer: label(issuer),
            account: label(account),
            kind: CodeType::Totp,
            algorithm: Algorithm::Sha1,
            digits: 6,
            period: 30,
            weak: false,
            service: None,
            ended: false,
        }
    }

    fn found(typed: &str) -> Result<u32, FaultCode> {
        let profiles = [
            profile(1, "work", "ACME", "alice"),
            profile(2, "work-vpn", "ACME", "alice@vpn"),
            profile(3, "Zürich", "", "bob"),
            profile(4, "w", "Other", "alice"),
        ];
        let mut names = Names::default();
        profiles.iter().for_each(|profile| names.insert(profile));
        resolve(&names, typed, profiles.iter()).map(|id| id.0).map_err(|fault| fault.code)
    }

    #[test]
    fn a_profile_is_found_by_name_account_or_unique_beginning() {
        for (typed, id) in [
            ("work", 1),
            (" WORK ", 1),
            ("work-", 2),
            ("zür", 3),
            ("w", 4),
            ("acme:alice", 1),
            ("ACME: alice@vpn", 2),
            (":bob", 3),
        ] {
            assert_eq!(found(typed), Ok(id), "{typed}");
        }
    }

    #[test]
    fn what_fits_nothing_or_several_is_refused() {
        for (typed, code) in [
            ("wo", FaultCode::Ambiguous),
            ("x", FaultCode::NoSuchProfile),
            ("", FaultCode::NoSuchProfile),
            (" ", FaultCode::NoSuchProfile),
            ("acme:", FaultCode::NoSuchProfile),
        ] {
            assert_eq!(found(typed), Err(code), "{typed}");
        }
    }
}
