//! The agent's socket as any program can use it: bytes in, lines out.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A connection that speaks JSON-RPC.
#[derive(Debug)]
pub struct Wire {
    stream: BufReader<UnixStream>,
}

impl Wire {
    /// Connects.
    pub fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Asks one thing, and gives the whole answer; also the one that the agent gave before it closed the connection.
    pub fn ask(&mut self, verb: &str, params: Value) -> io::Result<Value> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": verb, "params": params});
        let sent = self.send(format!("{request}\n").as_bytes());
        self.line().or_else(|error| sent.and(Err(error)))
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// The next line.
    pub fn line(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => serde_json::from_str(&line).map_err(io::Error::other),
        }
    }

    /// All that comes until the agent closes the connection.
    pub fn rest(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.stream.read_to_string(&mut text).map(|_| text)
    }
}

/// The failure's code in an answer.
pub fn failure(answer: &Value) -> &str {
    answer["error"]["data"]["code"].as_str().unwrap_or_default()
}
