//! The calls of a container: registering, synchronising, handing over, leaving. Each but the first begins with a challenge
//! that is good for one call of one kind. The server may answer with another address of itself; it is not followed.

use passcode_proto::SecretText;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::Talk;
use super::super::fault::ServiceFault;
use super::device::{ContainerDevice, ContainerKeys};
use super::tokens::{OwnToken, Sealed, Tokens, answer_key, opened, public_text};
use super::uri::ContainerKey;
use crate::ports::courier::{Letter, Method, Reply};
use crate::secret::Secret;

/// What the server shows as the kind of device.
const BRAND: &str = "Passcode Agent";

#[derive(Deserialize)]
struct Answer<T> {
    result: Outcome<T>,
}

#[derive(Deserialize)]
struct Outcome<T> {
    status: bool,
    value: Option<T>,
    error: Option<ServerError>,
}

#[derive(Deserialize)]
struct ServerError {
    code: i64,
}

#[derive(Deserialize)]
struct Challenge {
    nonce: String,
    time_stamp: String,
}

#[derive(Deserialize)]
struct Link {
    container_url: LinkValue,
}

#[derive(Deserialize)]
struct LinkValue {
    value: SecretText,
}

#[derive(Deserialize)]
struct Done {
    success: bool,
}

impl Done {
    fn checked(self) -> Result<(), ServiceFault> {
        match self.success {
            true => Ok(()),
            false => Err(ServiceFault::Malformed("it says neither yes nor no")),
        }
    }
}

#[derive(Serialize)]
struct Registration<'a> {
    container_serial: &'a str,
    public_client_key: &'a str,
    signature: &'a str,
    device_brand: &'a str,
    device_model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<&'a str>,
}

#[derive(Serialize)]
struct Asking<'a> {
    container_serial: &'a str,
    scope: &'a str,
}

#[derive(Serialize)]
struct Signed<'a> {
    container_serial: &'a str,
    signature: &'a str,
}

#[derive(Serialize)]
struct Synchronising<'a> {
    container_serial: &'a str,
    signature: &'a str,
    public_enc_key_client: &'a str,
    container_dict_client: &'a str,
}

#[derive(Serialize)]
struct OwnContainer<'a> {
    serial: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    tokens: &'a [OwnToken],
}

impl Talk {
    /// Registers this computer by a container's key. `model` is what the server shows of it.
    pub async fn register(
        &mut self,
        key: &ContainerKey,
        keys: &ContainerKeys,
        model: &str,
        passphrase: Option<&SecretText>,
    ) -> Result<(), ServiceFault> {
        let scope = format!("{}/container/register/finalize", key.server);
        let passphrase = passphrase.map(SecretText::expose);
        let parts = [
            key.nonce.expose(),
            &key.time,
            &key.serial,
            &scope,
            BRAND,
            model,
            passphrase.unwrap_or_default(),
        ];
        let (signature, pem) =
            keys.sign(&parts).zip(keys.public_pem()).ok_or(ServiceFault::Refused)?;
        let registration = Registration {
            container_serial: &key.serial,
            public_client_key: &pem,
            signature: &signature,
            device_brand: BRAND,
            device_model: model,
            passphrase: passphrase.filter(|_| key.sends_passphrase),
        };
        self.post::<Done>(scope.clone(), &registration).await?.checked()
    }

    /// Gets what the server has for this computer, which has `own` already.
    pub async fn synchronise(
        &mut self,
        device: &ContainerDevice,
        own: &[OwnToken],
    ) -> Result<Tokens, ServiceFault> {
        let key = answer_key().ok_or(ServiceFault::Refused)?;
        let public = public_text(&key);
        let container = OwnContainer { serial: &device.serial, kind: "smartphone", tokens: own };
        // What is signed is this very text, so it is sent as a text.
        let dict = serde_json::to_string(&container).map_err(|_| ServiceFault::Refused)?;
        let scope = format!("{}/container/synchronize", device.server);
        let signature = self.sign(device, &scope, &[&public, &dict]).await?;
        let asking = Synchronising {
            container_serial: &device.serial,
            signature: &signature,
            public_enc_key_client: &public,
            container_dict_client: &dict,
        };
        let sealed: Sealed = self.post(scope, &asking).await.map_err(of_registered)?;
        opened(&sealed, &key)
    }

    /// Gets a key by which another computer, or this one with a new key of its own, takes over the container.
    pub async fn hand_over(
        &mut self,
        device: &ContainerDevice,
    ) -> Result<SecretText, ServiceFault> {
        let link: Link = self.signed(device, "rollover").await?;
        Ok(link.container_url.value)
    }

    /// Takes this computer off the server's list. That it is not there any more is as good.
    pub async fn unregister(&mut self, device: &ContainerDevice) -> Result<(), ServiceFault> {
        match self.signed::<Done>(device, "register/terminate/client").await {
            Ok(done) => done.checked(),
            Err(ServiceFault::DeviceUnknown | ServiceFault::DeviceRemoved) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn signed<T: DeserializeOwned>(
        &mut self,
        device: &ContainerDevice,
        what: &str,
    ) -> Result<T, ServiceFault> {
        let scope = format!("{}/container/{what}", device.server);
        let signature = self.sign(device, &scope, &[]).await?;
        let signed = Signed { container_serial: &device.serial, signature: &signature };
        self.post(scope, &signed).await.map_err(of_registered)
    }

    /// Gets a challenge for the call `scope`, and signs it with what else is sent.
    async fn sign(
        &mut self,
        device: &ContainerDevice,
        scope: &str,
        more: &[&str],
    ) -> Result<String, ServiceFault> {
        let asking = Asking { container_serial: &device.serial, scope };
        let url = format!("{}/container/challenge", device.server);
        let challenge: Challenge = self.post(url, &asking).await.map_err(of_registered)?;
        let parts = [&challenge.nonce, &challenge.time_stamp, device.serial.as_str(), scope];
        device.keys.sign(&[&parts, more].concat()).ok_or(ServiceFault::Refused)
    }

    async fn post<T: DeserializeOwned>(
        &mut self,
        url: String,
        body: &impl Serialize,
    ) -> Result<T, ServiceFault> {
        let body = serde_json::to_vec(body).map(Secret::new).map_err(|_| ServiceFault::Refused)?;
        let letter = Letter { method: Method::Post, url, headers: Vec::new(), body: Some(body) };
        understood(&self.say(letter).await?)
    }
}

fn understood<T: DeserializeOwned>(reply: &Reply) -> Result<T, ServiceFault> {
    if (300..=399).contains(&reply.status) {
        return Err(ServiceFault::Redirected);
    }
    let answer =
        serde_json::from_slice(&reply.body).ok().filter(|_| reply.media == "application/json");
    let Some(Answer { result }): Option<Answer<serde_json::Value>> = answer else {
        return Err(match reply.status {
            429 => ServiceFault::Busy(reply.retry_after),
            500.. => ServiceFault::Broken(reply.status),
            _ => ServiceFault::NotAService,
        });
    };
    match (result.status, result.value, result.error) {
        (true, Some(value), _) => serde_json::from_value(value)
            .map_err(|_| ServiceFault::Malformed("a part is missing or not of the right form")),
        (_, _, Some(error)) => Err(refusal(error.code, reply.status)),
        _ => Err(ServiceFault::Malformed("it says neither yes nor no")),
    }
}

/// What a refusal means for a container that was registered: no key is in question any more. A signature is not accepted
/// when another computer has taken over.
fn of_registered(fault: ServiceFault) -> ServiceFault {
    match fault {
        ServiceFault::NotAccepted => ServiceFault::DeviceRemoved,
        ServiceFault::KeyUsed => ServiceFault::Refused,
        fault => fault,
    }
}

/// What the server's own numbers mean.
fn refusal(code: i64, status: u16) -> ServiceFault {
    match code {
        3000 => ServiceFault::KeyUsed,
        3001 | 601 => ServiceFault::DeviceUnknown,
        3002 => ServiceFault::NotAccepted,
        303 => ServiceFault::Forbidden,
        _ if status >= 500 => ServiceFault::Broken(status),
        _ => ServiceFault::Refused,
    }
}
