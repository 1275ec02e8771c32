//! The JSON spelling: JSON-RPC 2.0, one object a line, no batches. Parameters that a verb does not know are refused;
//! the errors of the JSON library quote their input, so only a place and a kind of fault ever leave this module.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Sent;
use crate::event::Numbered;
use crate::fault::{Fault, FaultCode};
use crate::limits::{JSON_DEPTH, JSON_ID_BYTES, REPLY_BYTES};
use crate::verb::Request;

/// A request's `id` as the client wrote it, to be echoed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// The id of a reply to a message whose own id could not be read.
    pub fn unknown() -> Self {
        Self("null".to_owned())
    }

    /// Accepts a number or a short string, as JSON-RPC has them.
    fn of(raw: Option<&RawValue>) -> Result<Self, Fault> {
        let raw = raw.map_or("", RawValue::get);
        let usable = raw.starts_with(['"', '-']) || raw.starts_with(|c: char| c.is_ascii_digit());
        if usable && raw.len() <= JSON_ID_BYTES {
            return Ok(Self(raw.to_owned()));
        }
        Err(Fault::because(
            FaultCode::BadRequest,
            "The request has no \"id\" of a number or a short string.",
        ))
    }
}

/// A message, and the id to answer it under.
pub type Read = (Id, Result<Request, Fault>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// Reads one line without its line break.
pub fn read_request(line: &[u8]) -> Read {
    let envelope = match open(line) {
        Ok(envelope) => envelope,
        Err(fault) => return (Id::unknown(), Err(fault)),
    };
    match Id::of(envelope.id) {
        Ok(id) => (id, read_verb(&envelope)),
        Err(fault) => (Id::unknown(), Err(fault)),
    }
}

fn open(line: &[u8]) -> Result<Envelope<'_>, Fault> {
    if deepest(line) > JSON_DEPTH {
        return Err(FaultCode::TooDeep.into());
    }
    // The library would take an array for the envelope too.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(Fault::because(
            FaultCode::BadRequest,
            "The request is not an object; batches are not taken.",
        ));
    }
    serde_json::from_slice(line).map_err(|error| explain(&error, "The request"))
}

fn read_verb(envelope: &Envelope<'_>) -> Result<Request, Fault> {
    if envelope.jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
        return Err(Fault::because(
            FaultCode::BadRequest,
            "The request does not say \"jsonrpc\":\"2.0\".",
        ));
    }
    let method: &str = envelope
        .method
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .ok_or_else(|| Fault::because(FaultCode::BadRequest, "The request has no \"method\"."))?;
    let params = envelope.params.map_or("{}", RawValue::get);
    if !params.starts_with('{') {
        return Err(Fault::because(FaultCode::BadRequest, "\"params\" has to be an object."));
    }
    Request::from_json(method, params)
        .ok_or(FaultCode::UnknownVerb)?
        .map_err(|error| explain(&error, "\"params\""))
}

/// Says where and of what kind a fault is. Names of our own fields may be told, the client's text may not.
fn explain(error: &serde_json::Error, part: &str) -> Fault {
    let text = error.to_string();
    if text.starts_with("unknown field") {
        return Fault::because(
            FaultCode::UnknownField,
            format!("{part} has a field that is not known, before column {}.", error.column()),
        );
    }
    let what = match text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((ours, _)) => format!("{part} lacks the field \"{ours}\"."),
        None if error.is_data() => {
            format!("{part} has a value of the wrong type at column {}.", error.column())
        }
        None => format!("{part} is not JSON at column {}.", error.column()),
    };
    Fault::because(FaultCode::BadRequest, what)
}

/// The deepest nesting of arrays and objects, without parsing: brackets inside strings do not count.
fn deepest(line: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Appends what the agent sends as one line.
pub fn write_sent(id: &Id, sent: &Sent, out: &mut Vec<u8>) -> Result<(), Fault> {
    let start = out.len();
    let written = match sent {
        Sent::Answer(answer) => {
            write_head(id, "result", out);
            answer.write_json(out)
        }
        Sent::Fault(fault) => {
            write_head(id, "error", out);
            serde_json::to_writer(&mut *out, &RpcError::of(fault))
        }
        Sent::Event(event) => write_event(event, out),
    };
    out.extend(b"}\n");
    match written {
        Ok(()) if out.len() - start <= REPLY_BYTES => Ok(()),
        Ok(()) => Err(shorten(out, start, FaultCode::TooLarge)),
        Err(_) => Err(shorten(out, start, FaultCode::Internal)),
    }
}

fn shorten(out: &mut Vec<u8>, start: usize, code: FaultCode) -> Fault {
    out.truncate(start);
    code.into()
}

fn write_head(id: &Id, kind: &str, out: &mut Vec<u8>) {
    for part in ["{\"jsonrpc\":\"2.0\",\"id\":", &id.0, ",\"", kind, "\":"] {
        out.extend(part.as_bytes());
    }
}

fn write_event(event: &Numbered, out: &mut Vec<u8>) -> serde_json::Result<()> {
    out.extend(b"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":");
    serde_json::to_writer(out, event)
}

/// A failure as JSON-RPC has it: a number of its list, and our own code in `data`.
#[derive(serde::Serialize)]
struct RpcError<'a> {
    code: i32,
    message: &'a str,
    data: RpcErrorData<'a>,
}

#[derive(serde::Serialize)]
struct RpcErrorData<'a> {
    code: FaultCode,
    hint: &'a str,
    exit: u8,
}

impl<'a> RpcError<'a> {
    fn of(fault: &'a Fault) -> Self {
        let code = match fault.code {
            FaultCode::BadRequest | FaultCode::TooLarge | FaultCode::TooDeep => -32600,
            FaultCode::UnknownVerb => -32601,
            FaultCode::UnknownField => -32602,
            FaultCode::Internal => -32603,
            _ => -32000,
        };
        let data =
            RpcErrorData { code: fault.code, hint: &fault.hint, exit: fault.code.exit() as u8 };
        Self { code, message: &fault.message, data }
    }
}

/// Reads the line by which the agent refuses a connection whose spelling it does not know yet.
pub fn read_refusal(line: &[u8]) -> Result<Fault, Fault> {
    #[derive(Deserialize)]
    struct Refusal {
        error: Failure,
    }
    #[derive(Deserialize)]
    struct Failure {
        message: String,
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        code: FaultCode,
        hint: String,
    }
    let refusal: Refusal = serde_json::from_slice(line).map_err(|_| FaultCode::Version)?;
    let Failure { message, data: Data { code, hint } } = refusal.error;
    Ok(Fault { code, message, hint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{GetCode, Status};

    fn read(line: &str) -> Result<Request, FaultCode> {
        read_request(line.as_bytes()).1.map_err(|fault| fault.code)
    }

    #[test]
    fn a_request_can_be_typed_by_hand() {
        let line = r#"{"jsonrpc":"2.0","id":1,"method":"code","params":{"profile":"work"}}"#;
        let wanted = GetCode {
            profile: Some("work".into()),
            fresh: false,
            min_valid: None,
            wait: None,
            show: false,
            no_prompt: false,
            purpose: None,
        };
        assert_eq!(read(line), Ok(Request::GetCode(wanted)));
        assert_eq!(
            read(r#"{"method":"status","id":"a","jsonrpc":"2.0"}"#),
            Ok(Request::Status(Status {}))
        );
    }

    #[test]
    fn each_fault_of_form_has_its_code() {
        let cases = [
            ("{", FaultCode::BadRequest),
            ("{}", FaultCode::BadRequest),
            (r#"["2.0",1,"status",{}]"#, FaultCode::BadRequest),
            (r#"{"jsonrpc":"1.0","id":1,"method":"status"}"#, FaultCode::BadRequest),
            (r#"{"jsonrpc":"2.0","method":"status"}"#, FaultCode::BadRequest),
            (r#"{"jsonrpc":"2.0","id":[1],"method":"status"}"#, FaultCode::BadRequest),
            (r#"{"jsonrpc":"2.0","id":1,"method":"status","params":[]}"#, FaultCode::BadRequest),
            (r#"{"jsonrpc":"2.0","id":1,"method":"dance"}"#, FaultCode::UnknownVerb),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"status","params":{"x":1}}"#,
                FaultCode::UnknownField,
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"status","extra":1}"#, FaultCode::UnknownField),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"code","params":{"at":5}}"#,
                FaultCode::UnknownField,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"status","params":{"a":[[[[[[[[1]]]]]]]]}}"#,
                FaultCode::TooDeep,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"hotp.set","params":{"profile":"a","next":"18446744073709551616"}}"#,
                FaultCode::BadRequest,
            ),
        ];
        for (line, code) in cases {
            assert_eq!(read(line), Err(code), "{line}");
        }
    }

    #[test]
    fn no_error_quotes_what_was_sent() {
        let secret = "GEZDGNBVGY3TQOJQ";
        for line in [
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":["{secret}"]}}}}"#
            ),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"{secret}":1}}}}"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{secret}"}}"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":"{secret}"#),
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":"a","digits":"{secret}"}}}}"#
            ),
        ] {
            let fault = read_request(line.as_bytes()).1.unwrap_err();
            assert!(!format!("{fault:?}").contains(secret), "{fault:?}");
        }
    }

    #[test]
    fn brackets_inside_strings_are_not_nesting() {
        assert_eq!(deepest(br#"{"a":"[[[[\"[[["}"#), 1);
        assert_eq!(deepest(br#"{"a":[{"b":[]}]}"#), 4);
    }
}
