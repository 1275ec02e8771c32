//! The calls of a paired device: how it stands, a counter that has drifted, and leaving.

use passcode_proto::SecretText;
use serde::{Deserialize, Serialize};

use super::super::Talk;
use super::super::fault::ServiceFault;
use super::answers::{Standing, WireStanding, number};
use super::device::Device;
use super::{DEVICES, accepted, problem, signing, understood};
use crate::ports::courier::{Letter, Method, Reply};
use crate::secret::Secret;

#[derive(Serialize)]
struct Codes<'a> {
    codes: &'a [SecretText],
}

#[derive(Deserialize)]
struct Counter {
    counter: String,
}

impl Talk {
    /// How the device stands: the policy, and that it is still there.
    pub async fn standing(&mut self, device: &mut Device) -> Result<Standing, ServiceFault> {
        let reply = self.call(device, Method::Get, "", None).await?;
        understood::<WireStanding>(&reply, &[200])?.of(&device.id)
    }

    /// Tells the service two successive codes, so that it finds the counter again; gives the one that it expects next.
    pub async fn resync(
        &mut self,
        device: &mut Device,
        codes: &[SecretText],
    ) -> Result<u64, ServiceFault> {
        let body = serde_json::to_vec(&Codes { codes }).map(Secret::new);
        let body = body.map_err(|_| ServiceFault::ResyncFailed)?;
        let reply = self.call(device, Method::Post, "/resync", Some(body)).await?;
        number(&understood::<Counter>(&reply, &[200])?.counter)
    }

    /// Takes the device off the service's list. That it is not there any more is as good.
    pub async fn leave(&mut self, device: &mut Device) -> Result<(), ServiceFault> {
        let reply = self.call(device, Method::Delete, "", None).await?;
        match accepted(&reply, &[204]) {
            Err(ServiceFault::DeviceUnknown | ServiceFault::DeviceRemoved) => Ok(()),
            left => left,
        }
    }

    /// Makes a signed call. A service that has seen a higher count, as after a copy of the vault was put back, is called
    /// once more with a count above that.
    async fn call(
        &mut self,
        device: &mut Device,
        method: Method,
        path: &str,
        body: Option<Secret>,
    ) -> Result<Reply, ServiceFault> {
        let reply = self.call_once(device, method, path, body.clone()).await?;
        let ServiceFault::CountTaken(last) = problem::read(&reply) else { return Ok(reply) };
        device.count = device.count.max(last);
        self.call_once(device, method, path, body).await
    }

    async fn call_once(
        &mut self,
        device: &mut Device,
        method: Method,
        path: &str,
        body: Option<Secret>,
    ) -> Result<Reply, ServiceFault> {
        let challenge = self.challenge(&device.origin).await?;
        device.count = device.count.checked_add(1).ok_or(ServiceFault::Refused)?;
        let url = device.origin.join(&format!("{DEVICES}/{}{path}", device.id));
        let signed = body.as_ref().map_or(&[][..], Secret::expose);
        let created = self.clock.wall().as_secs();
        let headers = signing::headers(device, method, &url, signed, &challenge.nonce, created);
        self.say(Letter { method, url, headers, body }).await
    }
}
