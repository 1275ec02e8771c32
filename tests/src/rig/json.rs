//! A client in the JSON spelling.

use serde_json::{Value, json};

use super::wire::Wire;

/// A client that writes one object a line.
pub struct JsonClient {
    wire: Wire,
    asked: u64,
}

impl JsonClient {
    /// Speaks over `wire`.
    pub fn new(wire: Wire) -> Self {
        Self { wire, asked: 0 }
    }

    /// Asks one thing and gives the whole reply.
    pub async fn reply(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let request =
            json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        self.wire.send(format!("{request}\n")).await;
        let reply = self.wire.line().await;
        assert_eq!(reply["jsonrpc"], "2.0");
        assert_eq!(reply["id"], self.asked, "the reply is to what was asked");
        reply
    }

    /// Asks one thing and gives its result.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut reply = self.reply(method, params).await;
        assert_eq!(reply["error"], Value::Null, "{method} is done");
        reply["result"].take()
    }

    /// Asks what is to be refused, and tells by which code it was.
    pub async fn refused(&mut self, method: &str, params: Value) -> String {
        fault_code(&self.reply(method, params).await).to_owned()
    }

    /// The connection under it.
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}

/// The code of the fault that a line tells of.
pub fn fault_code(line: &Value) -> &str {
    line["error"]["data"]["code"].as_str().unwrap_or_else(|| panic!("a fault: {line}"))
}
