//! One connection, byte by byte: for tests of what stands on the wire, and under both kinds of client.

use std::io::ErrorKind;

use passcode_proto::codec::Sent;
use passcode_proto::codec::binary::{self, LENGTH_BYTES};
use passcode_proto::limits::REPLY_BYTES;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Something to talk over.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A client's end of a connection.
pub struct Wire {
    stream: Box<dyn Stream>,
    arrived: Vec<u8>,
    seen: Vec<u8>,
}

impl Wire {
    /// Takes over an end.
    pub fn new(stream: impl Stream) -> Self {
        Self { stream: Box::new(stream), arrived: Vec::new(), seen: Vec::new() }
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("the agent takes in what is sent");
    }

    /// Sends bytes that the agent may refuse to take in, since it has closed already.
    pub async fn send_if_open(&mut self, bytes: &[u8]) {
        // What the agent has to say about it is read afterwards.
        let _ = self.stream.write_all(bytes).await;
    }

    /// Sends nothing more, but still listens.
    pub async fn end_sending(&mut self) {
        self.stream.shutdown().await.expect("a connection can be closed");
    }

    /// The next line, which has to be JSON.
    pub async fn line(&mut self) -> Value {
        let end = loop {
            match self.arrived.iter().position(|byte| *byte == b'\n') {
                Some(end) => break end + 1,
                None => assert!(self.fill().await, "the agent closed instead of sending a line"),
            }
        };
        let line: Vec<u8> = self.arrived.drain(..end).collect();
        serde_json::from_slice(&line).expect("the agent sends JSON")
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Sent {
        self.frame_if_any().await.expect("the agent closed instead of sending a frame")
    }

    /// The next frame; none when the agent has closed.
    pub async fn frame_if_any(&mut self) -> Option<Sent> {
        loop {
            if let Some(length) = self.arrived.first_chunk::<LENGTH_BYTES>() {
                let length =
                    binary::read_length(*length, REPLY_BYTES).expect("a frame within its limit");
                if self.arrived.len() >= LENGTH_BYTES + length {
                    let frame: Vec<u8> = self.arrived.drain(..LENGTH_BYTES + length).collect();
                    let sent = binary::read_sent(&frame[LENGTH_BYTES..]);
                    return Some(sent.expect("a frame that can be read"));
                }
            }
            if !self.fill().await {
                assert!(self.arrived.is_empty(), "the agent closed in the middle of a frame");
                return None;
            }
        }
    }

    /// Everything that the agent still sends before it closes.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.fill().await {}
        std::mem::take(&mut self.arrived)
    }

    /// Waits until the agent closes, which it has to do without another word.
    pub async fn closed(&mut self) {
        assert_eq!(self.rest().await, b"", "nothing more is sent");
    }

    /// Whether the agent has said nothing that was not read, nor closed; to be asked when all has settled.
    pub async fn is_silent(&mut self) -> bool {
        tokio::select! {
            biased;
            more = self.fill() => { assert!(more, "the agent has closed") }
            () = std::future::ready(()) => {}
        }
        self.arrived.is_empty()
    }

    /// Everything that the agent has sent so far.
    pub fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Reads once; false when the agent has closed.
    async fn fill(&mut self) -> bool {
        let mut chunk = [0; 4096];
        let count = match self.stream.read(&mut chunk).await {
            Ok(count) => count,
            // How a system tells that the agent closed while something it had not read was under way to it.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("the connection fails: {error}"),
        };
        self.arrived.extend_from_slice(&chunk[..count]);
        self.seen.extend_from_slice(&chunk[..count]);
        count > 0
    }
}
