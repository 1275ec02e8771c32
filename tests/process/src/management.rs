//! OpenVPN's management interface as a test plays it, for what no OpenVPN at hand says: newer versions, and things that
//! only a broken or hostile one would say.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

use crate::wait;

/// An interface that waits for its client.
#[derive(Debug)]
pub struct Management {
    listener: UnixListener,
    path: PathBuf,
}

impl Management {
    /// One at `path`.
    ///
    /// # Panics
    /// When there is something already.
    pub fn at(path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("a place for a socket");
        Self { listener, path: path.to_owned() }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        self.path.to_str().expect("a path in UTF-8")
    }

    /// The client, greeted as OpenVPN greets that speaks `version`, and let go.
    ///
    /// # Panics
    /// When it does not come, or is silent.
    pub fn client(&self, version: u32) -> Conversation {
        let (stream, _) = self.listener.accept().expect("a client");
        stream.set_read_timeout(Some(wait::PATIENCE)).expect("a limit of time");
        let heard = BufReader::new(stream.try_clone().expect("a connection"));
        let mut conversation = Conversation { stream, heard };
        conversation.say(&format!(
            ">INFO:OpenVPN Management Interface Version {version} -- type 'help' for more info"
        ));
        conversation.say(">HOLD:Waiting for hold release:0");
        conversation.hear_until("hold release");
        conversation
    }
}

/// A connection to the client.
#[derive(Debug)]
pub struct Conversation {
    stream: UnixStream,
    heard: BufReader<UnixStream>,
}

impl Conversation {
    /// Says a line.
    ///
    /// # Panics
    /// When the client has gone.
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n").into_bytes());
    }

    /// Sends bytes; they may be more than the connection takes at once.
    ///
    /// # Panics
    /// When the client does not take them.
    pub fn send(&mut self, bytes: Vec<u8>) {
        let mut stream = self.stream.try_clone().expect("a connection");
        let sent = thread::spawn(move || stream.write_all(&bytes)).join().expect("a thread");
        sent.expect("a client that takes them");
    }

    /// The next line.
    ///
    /// # Panics
    /// When there is none.
    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        self.heard.read_line(&mut line).expect("a client that says something");
        assert!(line.ends_with('\n'), "the client has gone, and said {line:?} before");
        line.trim_end().to_owned()
    }

    /// The lines up to the one that is `last`.
    ///
    /// # Panics
    /// When it does not come.
    pub fn hear_until(&mut self, last: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.hear();
            if line == last {
                return lines;
            }
            lines.push(line);
        }
    }

    /// Waits until the client has left, and gives what it said before.
    ///
    /// # Panics
    /// When it stays.
    pub fn hear_the_end(mut self) -> String {
        let mut said = String::new();
        self.heard.read_to_string(&mut said).expect("a client that leaves");
        said
    }

    /// Ends as OpenVPN does when it is told to.
    ///
    /// # Panics
    /// When the client has gone.
    pub fn end(mut self) {
        self.say(">STATE:1795537636,EXITING,SIGTERM,,,,,");
    }
}
