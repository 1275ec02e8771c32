//! Errands: conversations with an organisation's service that may take seconds, fail half-way, and change nothing here.
//! The keeper sends one out with the keys that it needs, and makes a change of what it brings back. All of them speak
//! through the courier; none knows the vault.

pub mod container;
pub mod fault;
pub mod organisation;

use std::sync::Arc;

use crate::ports::clock::Clock;
use crate::ports::courier::{Courier, Letter, ProxyLogin, Reply};
use fault::ServiceFault;

/// A conversation: who carries the letters, and what was learnt of the time on the way.
pub struct Talk {
    courier: Arc<dyn Courier>,
    clock: Arc<dyn Clock>,
    login: Option<ProxyLogin>,
    /// Seconds by which the service's clock is ahead of this computer's, by the last answer.
    pub skew: Option<i64>,
}

impl Talk {
    /// Nothing has been said yet.
    pub fn new(
        courier: Arc<dyn Courier>,
        clock: Arc<dyn Clock>,
        login: Option<ProxyLogin>,
    ) -> Self {
        Self { courier, clock, login, skew: None }
    }

    /// Delivers a letter, whatever the service answers.
    async fn say(&mut self, letter: Letter) -> Result<Reply, ServiceFault> {
        let reply = self.courier.deliver(letter, self.login.clone()).await?;
        let here = self.clock.wall().as_secs() as i64;
        self.skew = reply.date.map(|there| there as i64 - here).or(self.skew);
        Ok(reply)
    }
}
