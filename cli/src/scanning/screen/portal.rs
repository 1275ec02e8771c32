//! The screenshot of the desktop's portal, `org.freedesktop.portal.Screenshot`. It writes a file, which is read and removed:
//! it shows a secret.

use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use passcode_proto::limits::PROMPT_TIME;
use percent_encoding::percent_decode_str;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Message, Type};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, Result as BusResult};

use super::no_picture;
use crate::output::Failure;
use crate::patience;
use crate::scanning::{Picture, file};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREENSHOT: &str = "org.freedesktop.portal.Screenshot";
const REQUEST: &str = "org.freedesktop.portal.Request";

/// How a request ended: 0 for well, 1 when the user does not want it.
type Response = (u32, HashMap<String, OwnedValue>);

/// Asks for the picture; the user may be asked whether we can have it.
pub fn picture() -> Result<Picture, Failure> {
    match patience::within(PROMPT_TIME, response) {
        Some(Ok((0, results))) => match path(&results) {
            Some(path) => read_and_remove(&path),
            None => Err(no_picture("The desktop's picture of the screen is not a file.")),
        },
        Some(Ok((1, _))) => Err(no_picture("The picture of the screen was refused.")),
        Some(Ok(_)) => Err(no_picture("The desktop could not take a picture of the screen.")),
        Some(Err(_)) => Err(no_picture("The desktop gives no pictures of the screen.")),
        None => Err(no_picture("The desktop did not give a picture of the screen in time.")),
    }
}

/// The request is answered by a signal, which can come before the call returns.
fn response() -> BusResult<Response> {
    let bus = Connection::session()?;
    let rule =
        MatchRule::builder().msg_type(Type::Signal).interface(REQUEST)?.member("Response")?;
    let responses = MessageIterator::for_match_rule(rule.build(), &bus, None)?;
    let options: HashMap<&str, Value<'_>> =
        [("interactive", false.into()), ("modal", true.into())].into();
    let call = bus.call_method(Some(NAME), PATH, Some(SCREENSHOT), "Screenshot", &("", options))?;
    let request: OwnedObjectPath = call.body().deserialize()?;
    for message in responses {
        let message = message?;
        if is_about(&message, &request, &call) {
            return message.body().deserialize();
        }
    }
    Err(zbus::Error::InvalidReply)
}

/// Whether the message is about our request, and by whom we asked.
fn is_about(message: &Message, request: &OwnedObjectPath, call: &Message) -> bool {
    let header = message.header();
    let path = header.path().map(|path| path.as_str());
    path == Some(request.as_str()) && header.sender() == call.header().sender()
}

fn path(results: &HashMap<String, OwnedValue>) -> Option<PathBuf> {
    let uri = results.get("uri")?.downcast_ref::<&str>().ok()?;
    let path: Vec<u8> = percent_decode_str(uri.strip_prefix("file://")?).collect();
    Some(PathBuf::from(std::ffi::OsString::from_vec(path))).filter(|path| path.is_absolute())
}

fn read_and_remove(path: &Path) -> Result<Picture, Failure> {
    let picture = file::read(path);
    // It is gone, or cannot be removed, and the user knows where screenshots are.
    let _ = fs::remove_file(path);
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(uri: &str) -> Option<PathBuf> {
        let value = OwnedValue::try_from(Value::from(uri)).unwrap();
        path(&HashMap::from([("uri".to_owned(), value)]))
    }

    #[test]
    fn only_the_address_of_a_file_is_a_path() {
        assert_eq!(path_of("file:///tmp/a%20b.png"), Some("/tmp/a b.png".into()));
        assert_eq!(path_of("file://host/a.png"), None);
        assert_eq!(path_of("https://example.org/a.png"), None);
        assert_eq!(path(&HashMap::new()), None);
    }
}
