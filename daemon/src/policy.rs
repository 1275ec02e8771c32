//! One table for every request: what right it takes, whether the vault has to be open, whether it counts as use, and
//! whether it takes the PIN once more. A new verb does not compile until it is answered here.

use passcode_proto::{Fault, FaultCode, Request};

use crate::keeper::{Needs, Terms};
use crate::peer::{Right, Rights};

/// What holds for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What the caller must be allowed.
    pub right: Right,
    /// What it cannot do without, and what it means for the vault.
    pub terms: Terms,
    /// Whether the log names it at the usual level: whatever changes something, but not each code, since codes are
    /// asked for by the hundred thousand a second and a line would take longer than the code.
    pub logged: bool,
}

const fn rule_of(right: Right, needs: Needs, logged: bool) -> Rule {
    Rule { right, terms: Terms::of(needs), logged }
}

/// A rule for what gives codes: a vault that gives some is in use.
const fn giving(rule: Rule) -> Rule {
    Rule { terms: Terms { counts_as_use: true, ..rule.terms }, ..rule }
}

/// A rule for what manages the vault: it takes the PIN once more, when one is set.
const fn managing(needs: Needs) -> Rule {
    let rule = rule_of(Right::Manage, needs, true);
    Rule { terms: Terms { fresh_pin: true, ..rule.terms }, ..rule }
}

/// The rule for `request`.
pub const fn rule(request: &Request) -> Rule {
    match request {
        Request::Hello(_) | Request::Help(_) | Request::Status(_) => {
            rule_of(Right::Presence, Needs::Nothing, false)
        }
        // Which profile a rule names is no secret of the vault's.
        Request::Subscribe(_) | Request::Doctor(_) | Request::PromptExplain(_) => {
            rule_of(Right::Profiles, Needs::Nothing, false)
        }
        Request::List(_) | Request::HotpShow(_) => {
            rule_of(Right::Profiles, Needs::OpenVault, false)
        }
        Request::GetCode(wanted) if wanted.show => rule_of(Right::Codes, Needs::Codes, false),
        Request::GetCode(_) => giving(rule_of(Right::Codes, Needs::Codes, false)),
        Request::PasswordUse(_) => giving(rule_of(Right::Codes, Needs::Codes, true)),
        Request::HotpResync(_) => giving(rule_of(Right::Codes, Needs::Codes, true)),
        Request::PolicyRefresh(_) | Request::ProxySet(_) | Request::ProxyRemove(_) => {
            rule_of(Right::Manage, Needs::OpenVault, true)
        }
        Request::Pair(_) => giving(rule_of(Right::Manage, Needs::OpenVault, true)),
        // The first PIN has no other to be checked against.
        Request::Rename(_) | Request::SetDefault(_) | Request::PinSet(_) => {
            rule_of(Right::Manage, Needs::OpenVault, true)
        }
        Request::Unpair(_)
        | Request::HotpSet(_)
        | Request::PinChange(_)
        | Request::PinRemove(_)
        | Request::HandOver(_)
        | Request::LockTimesSet(_)
        | Request::PasswordSet(_)
        | Request::PasswordRemove(_)
        | Request::KeystoreSet(_) => managing(Needs::OpenVault),
        Request::Lock(_)
        | Request::Unlock(_)
        | Request::Reset(_)
        | Request::PrompterRegister(_)
        | Request::PrompterAnswer(_)
        | Request::Quit(_) => rule_of(Right::Manage, Needs::Nothing, true),
    }
}

/// Refuses what the caller has no right to.
pub fn check(request: &Request, rights: Rights) -> Result<Rule, Fault> {
    let rule = rule(request);
    match rights.allow(rule.right) {
        true => Ok(rule),
        false => Err(FaultCode::Forbidden.into()),
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::request::{GetCode, List, Quit, Status};

    use super::*;

    #[test]
    fn a_caller_with_codes_alone_can_neither_list_nor_manage() {
        let code = GetCode {
            profile: None,
            fresh: false,
            min_valid: None,
            wait: None,
            show: false,
            no_prompt: false,
            purpose: None,
        };
        assert!(check(&Request::GetCode(code), Rights::CODES).is_ok());
        assert!(check(&Request::Status(Status {}), Rights::CODES).is_ok());
        for request in [Request::List(List { after: None, limit: None }), Request::Quit(Quit {})] {
            assert_eq!(check(&request, Rights::CODES).unwrap_err().code, FaultCode::Forbidden);
        }
    }
}
