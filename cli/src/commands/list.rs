//! `passcode list`: the profiles, and the walk through the pages in which the agent gives them.

use clap::Args;
use passcode_proto::profile::{Profile, ProfileId};
use passcode_proto::request::List as ListPage;
use passcode_proto::{FaultCode, Label};
use serde::Serialize;

use super::Run;
use crate::context::Context;
use crate::output::{self, Failure, Outcome};
use crate::text;
use crate::unlocking::Agent;

/// List the profiles
///
/// A line each: name, kind, issuer and account. The default profile is marked with an asterisk.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON: profiles, and the name of the default one
    #[arg(long)]
    json: bool,
}

impl Run for List {
    fn json(&self) -> bool {
        self.json
    }

    fn run(self, context: &Context) -> Outcome {
        let (profiles, default) = all_profiles(&mut context.agent()?)?;
        let default = default.and_then(|id| profiles.iter().find(|profile| profile.id == id));
        let list = Listed { default: default.map(|profile| &profile.name), profiles: &profiles };
        match (self.json, profiles.is_empty()) {
            (true, _) => output::print_json(&list),
            (false, false) => output::print(&list.in_lines().join("\n")),
            (false, true) => {
                let nothing = FaultCode::NothingPaired;
                output::note(&format!("{}\n  {}", nothing.message(), nothing.hint()));
                Ok(())
            }
        }
    }
}

/// Asks for every profile, in the order of their pairing, and for the default one.
pub fn all_profiles(agent: &mut Agent) -> Result<(Vec<Profile>, Option<ProfileId>), Failure> {
    let mut profiles = Vec::new();
    let mut after = None;
    loop {
        let page = agent.call(ListPage { after, limit: None })?;
        profiles.extend(page.profiles);
        after = page.next;
        if after.is_none() {
            return Ok((profiles, page.default));
        }
    }
}

#[derive(Serialize)]
struct Listed<'a> {
    profiles: &'a [Profile],
    default: Option<&'a Label>,
}

impl Listed<'_> {
    fn in_lines(&self) -> Vec<String> {
        let row = |profile: &Profile| {
            let mark = if self.default == Some(&profile.name) { "*" } else { " " };
            let owner = match (profile.ended, text::owner(profile)) {
                (false, owner) => owner,
                (true, owner) => format!("{owner} (unpaired by the organisation)"),
            };
            [format!("{mark} {}", profile.name), profile.kind.to_string(), owner]
        };
        text::table(&self.profiles.iter().map(row).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::profile::{Algorithm, CodeType};

    use super::*;

    fn profile(id: u32, name: &str, kind: CodeType, issuer: &str, account: &str) -> Profile {
        let label = |text| Label::new(text).unwrap();
        Profile {
            id: ProfileId(id),
            name: label(name),
            issuer: label(issuer),
            account: label(account),
            kind,
            algorithm: Algorithm::Sha1,
            digits: 6,
            period: if kind == CodeType::Hotp { 0 } else { 30 },
            weak: false,
            service: None,
            ended: false,
        }
    }

    #[test]
    fn the_default_is_marked_and_columns_line_up() {
        let profiles = [
            profile(1, "work", CodeType::Totp, "ACME", "alice"),
            profile(2, "a bank", CodeType::Hotp, "", "4711"),
            profile(3, "bare", CodeType::Steam, "", ""),
        ];
        let listed = Listed { profiles: &profiles, default: Some(&profiles[0].name) };
        assert_eq!(
            listed.in_lines(),
            ["* work    TOTP   ACME: alice", "  a bank  HOTP   4711", "  bare    Steam"]
        );
    }

    #[test]
    fn json_names_the_default() {
        let profiles = [profile(1, "work", CodeType::Totp, "ACME", "alice")];
        let listed = Listed { profiles: &profiles, default: Some(&profiles[0].name) };
        assert_eq!(
            serde_json::to_value(&listed).unwrap(),
            serde_json::json!({
                "profiles": [{
                    "id": 1, "name": "work", "issuer": "ACME", "account": "alice", "type": "totp",
                    "algorithm": "SHA1", "digits": 6, "period": 30, "weak": false,
                    "service": null, "ended": false,
                }],
                "default": "work",
            })
        );
    }
}
