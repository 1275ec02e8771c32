//! One question to one server: the bytes of the request, how the answer's end is recognised, and whether it is a good
//! answer, so that no refusal is ever timed for one.

use std::path::{Path, PathBuf};

use passcode_proto::codec::{Sent, binary};
use passcode_proto::limits::REPLY_BYTES;
use passcode_proto::request::GetCode;
use passcode_proto::verb::Verb;
use passcode_proto::{Answer, Fault};
use serde_json::json;

use crate::floor::echo::MESSAGE_BYTES;

/// `SSH_AGENTC_REQUEST_IDENTITIES` and `SSH_AGENT_IDENTITIES_ANSWER` (draft-ietf-sshm-ssh-agent).
const SSH_LIST: [u8; 5] = [0, 0, 0, 1, 11];
const SSH_LISTED: u8 = 12;

/// Bytes of the length that stands before a binary answer, ours and ssh-agent's alike.
const LENGTH_BYTES: usize = binary::LENGTH_BYTES;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where.
    pub socket: PathBuf,
    /// What a connection sends first: the request, after whatever opens the conversation.
    pub first: Vec<u8>,
    /// What it sends from then on.
    pub request: Vec<u8>,
    answer: AnswerForm,
}

#[derive(Debug, Clone, Copy)]
enum AnswerForm {
    Echo,
    Json,
    Binary,
    Ssh,
}

impl Target {
    /// A message to the echo floor.
    pub fn echo(socket: &Path) -> Self {
        Self::plain(socket, vec![b'x'; MESSAGE_BYTES], AnswerForm::Echo)
    }

    /// The list of identities of an `ssh-agent`.
    pub fn ssh_list(socket: &Path) -> Self {
        Self::plain(socket, SSH_LIST.to_vec(), AnswerForm::Ssh)
    }

    /// The code of `profile`, as our own clients ask for it.
    pub fn code(socket: &Path, profile: &str) -> Result<Self, Fault> {
        let mut request = Vec::new();
        binary::write_request(&wanted(profile).ask(), &mut request)?;
        let first = [binary::preamble().as_slice(), &request].concat();
        Ok(Self { first, ..Self::plain(socket, request, AnswerForm::Binary) })
    }

    /// The code of `profile`, in JSON.
    pub fn code_in_json(socket: &Path, profile: &str) -> Self {
        let request =
            json!({"jsonrpc": "2.0", "id": 1, "method": "code", "params": {"profile": profile}});
        Self::plain(socket, format!("{request}\n").into_bytes(), AnswerForm::Json)
    }

    fn plain(socket: &Path, request: Vec<u8>, answer: AnswerForm) -> Self {
        Self { socket: socket.to_owned(), first: request.clone(), request, answer }
    }

    /// Whether `arrived` holds a whole answer.
    pub fn is_complete(&self, arrived: &[u8]) -> bool {
        match self.answer {
            AnswerForm::Echo => arrived.len() >= MESSAGE_BYTES,
            AnswerForm::Json => arrived.ends_with(b"\n"),
            AnswerForm::Binary | AnswerForm::Ssh => {
                arrived.first_chunk::<LENGTH_BYTES>().is_some_and(|length| {
                    arrived.len() >= LENGTH_BYTES + u32::from_be_bytes(*length) as usize
                })
            }
        }
    }

    /// Whether a whole answer is what was asked for.
    pub fn is_good(&self, answer: &[u8]) -> bool {
        match self.answer {
            AnswerForm::Echo => answer.len() == MESSAGE_BYTES,
            AnswerForm::Json => answer.windows(10).any(|part| part == br#""result":{"#.as_slice()),
            AnswerForm::Ssh => answer.get(LENGTH_BYTES) == Some(&SSH_LISTED),
            AnswerForm::Binary => {
                let body = answer.get(LENGTH_BYTES..).filter(|body| body.len() <= REPLY_BYTES);
                matches!(body.map(binary::read_sent), Some(Ok(Sent::Answer(Answer::GetCode(_)))))
            }
        }
    }
}

/// The usual request for a code.
pub fn wanted(profile: &str) -> GetCode {
    let profile = Some(profile.to_owned());
    GetCode {
        profile,
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt: true,
        purpose: None,
    }
}
