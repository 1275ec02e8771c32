//! The verbs: the one table from which the request and answer types, the JSON method names, `help` and
//! `docs/protocol.md` are made. A new verb is a line here, its parameters in [`crate::request`], its answer in
//! [`crate::reply`]; the agent then does not compile until its policy and its keeper answer it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::reply::*;
use crate::request::*;

/// Parameters of a verb, tied to the type of its answer.
pub trait Verb: Serialize + DeserializeOwned {
    /// What the agent answers.
    type Answer: Serialize + DeserializeOwned;

    /// The request.
    fn ask(self) -> Request;

    /// The answer, when it is one to this verb.
    fn read(answer: Answer) -> Option<Self::Answer>;
}

macro_rules! verbs {
    ($($(#[doc = $about:literal])+ $name:literal => $Verb:ident -> $Answer:ident;)+) => {
        /// Everything that can be asked.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Request { $($(#[doc = $about])+ $Verb($Verb),)+ }

        /// Everything that can be answered.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Answer { $(#[doc = concat!("Answer to `", $name, "`.")] $Verb($Answer),)+ }

        impl Request {
            /// The verb's name.
            pub const fn verb(&self) -> &'static str {
                match self { $(Self::$Verb(_) => $name),+ }
            }

            /// Reads the parameters of the verb `name` from JSON; `None` when there is no such verb.
            pub fn from_json(name: &str, params: &str) -> Option<Result<Self, serde_json::Error>> {
                match name {
                    $($name => Some(serde_json::from_str(params).map(Self::$Verb)),)+
                    _ => None,
                }
            }
        }

        impl Answer {
            /// Writes the answer as JSON, without the envelope.
            pub fn write_json(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
                match self { $(Self::$Verb(answer) => serde_json::to_writer(out, answer)),+ }
            }
        }

        $(impl Verb for $Verb {
            type Answer = $Answer;

            fn ask(self) -> Request {
                Request::$Verb(self)
            }

            fn read(answer: Answer) -> Option<$Answer> {
                match answer {
                    Answer::$Verb(answer) => Some(answer),
                    _ => None,
                }
            }
        })+

        /// The table that `help` serves and the documentation is made from.
        pub fn table() -> Vec<VerbHelp> {
            vec![$(VerbHelp {
                name: $name.to_owned(),
                about: concat!($($about),+).trim().to_owned(),
                params: $Verb::parameters(),
                answer: stringify!($Answer).to_owned(),
            }),+]
        }
    };
}

verbs! {
    /// Says who the client is and learns what the agent speaks. Never needed, frozen for ever.
    "hello" => Hello -> Welcome;
    /// Gives this table.
    "help" => Help -> HelpTable;
    /// Tells how the agent is; never counts as use.
    "status" => Status -> StatusReport;
    /// Turns the connection into events: a view of everything, then numbered changes.
    "subscribe" => Subscribe -> Subscribed;
    /// Gives the profiles, a page at a time.
    "list" => List -> ProfilePage;
    /// Gives a passcode. A counter-based one is spent: the next counter is on disk before the answer leaves.
    "code" => GetCode -> Code;
    /// Adds a profile by the pairing key that a service shows, and gives its first passcode.
    "pair" => Pair -> Paired;
    /// Gives a profile another name.
    "rename" => Rename -> Done;
    /// Makes a profile the one that is meant when none is named.
    "default" => SetDefault -> Done;
    /// Removes a profile and its secret for good, and tells the service that it was paired with.
    "unpair" => Unpair -> Unpaired;
    /// Destroys the keys in memory; codes are refused until `unlock`.
    "lock" => Lock -> Done;
    /// Opens the vault, with what it asks for.
    "unlock" => Unlock -> Done;
    /// Makes a PIN where there is none, or where the vault was opened by its recovery code. All keys are made anew.
    "pin.set" => PinSet -> PinMade;
    /// Puts another PIN in the place of the present one. All keys are made anew.
    "pin.change" => PinChange -> PinMade;
    /// Lets the vault open without PIN. All keys are made anew.
    "pin.remove" => PinRemove -> Done;
    /// Moves the vault's key to another kind of key store. All keys are made anew; a recovery code is void.
    "keystore.set" => KeystoreSet -> Done;
    /// Shows the counter of a counter-based profile without spending it.
    "hotp.show" => HotpShow -> HotpState;
    /// Sets the counter of a counter-based profile forward.
    "hotp.set" => HotpSet -> HotpState;
    /// Gives successive codes for the service's "synchronise token" form, spending them.
    "hotp.resync" => HotpResync -> Resync;
    /// Asks the organisations' services what their policies are now, and tells them what waited to be told.
    "policy.refresh" => PolicyRefresh -> Refreshed;
    /// Gives a key by which another computer takes over what a profile is to privacyIDEA; the profile ends here then.
    "container.hand_over" => HandOver -> HandedOver;
    /// Stores the login for the proxy that the configuration names.
    "proxy.set" => ProxySet -> Done;
    /// Forgets the login for the proxy.
    "proxy.remove" => ProxyRemove -> Done;
    /// Destroys the vault and its keys for good; needs no PIN, as deleting the files would need none.
    "reset" => Reset -> Wiped;
    /// Looks for what is in the way of the agent or weakens it, and says what to do.
    "doctor" => Doctor -> Findings;
    /// Ends the agent in good order.
    "quit" => Quit -> Done;
    // New ones come last, so that an agent of an earlier build takes none for another.
    /// Makes the connection the one that asks the user on behalf of programs that wait for the vault: events say what to
    /// ask, `prompter.answer` what was typed. One at a time; no PIN is needed, since all it can do is to bring one.
    "prompter.register" => PrompterRegister -> Done;
    /// Brings what the user typed at a prompt, on the connection that registered and no other.
    "prompter.answer" => PrompterAnswer -> Done;
    /// Sets how long the vault stays open, at once and in config.toml; the administrator's policy caps it.
    "lock_times.set" => LockTimesSet -> LockTimes;
    /// Stores the password that belongs to a profile's codes, sealed in the vault, for programs that ask for both.
    "password.set" => PasswordSet -> Done;
    /// Forgets a profile's password.
    "password.remove" => PasswordRemove -> Done;
    /// Gives a profile's password, by itself or joined with a code; the template is the profile's, never the request's.
    "password.use" => PasswordUse -> Login;
    /// Tells what a program's prompt asks for, by the rules of config.toml and the built-in ones, and for which profile.
    "prompt.explain" => PromptExplain -> Meaning;
}
