//! Keys that begin with `otpauth://`: Google's key URI format, with the parameters that privacyIDEA,
//! KeePassXC, Stratum and others have added. How each part may be written stands where it is read.

use passcode_proto::profile::CodeType;
use zeroize::Zeroizing;

use super::fault::KeyFault;
use super::later::LaterKey;
use super::names::Names;
use super::passcodes::{self, Passcodes};
use super::query::{Query, form_decoded};
use super::secret_text::{self, Decoded};
use super::two_step::{Source, TwoStep};
use super::warning::KeyWarning;
use super::{Overrides, PairingKey, secret_warnings};
use crate::otp::STEAM_DIGITS;

/// Digits of the PIN that a key asks for; policy may ask for more.
const PIN_DIGITS: u8 = 4;

/// Seconds of the time step of privacyIDEA's day passwords, which are TOTP otherwise.
const DAY: u32 = 86_400;

/// Reads what follows `otpauth://`.
pub(super) fn read(
    rest: &str,
    overrides: &Overrides,
    source: Source<'_>,
) -> Result<PairingKey, KeyFault> {
    let rest = on_one_line(rest);
    // The first question mark ends the label, which may hold any other sign, even a bare `#` (Entra ID).
    let (place, query) = rest.split_once('?').unwrap_or((&rest, ""));
    let (host, label) = place.split_once('/').unwrap_or((place, ""));
    let query = Query::new(query);
    let (kind, default_period) = kind_of(host.trim())?;
    let names = Names::read(label, query.text("issuer")?.as_deref())?;
    let mut secret = secret(query)?;
    let kind = if is_steam(kind, &names, query, overrides)? { CodeType::Steam } else { kind };
    let Passcodes { parameters, counter } =
        passcodes::settle(kind, default_period, query, overrides)?;
    let two_step = TwoStep::asked(query, parameters.algorithm())?;
    let made = two_step.map(|two_step| two_step.made(&secret.secret, source)).transpose()?;
    let client_part = made.map(|(whole, part)| {
        secret.secret = whole;
        part
    });
    let mut warnings = secret_warnings(&secret);
    warnings.extend((kind == CodeType::Hotp && counter.is_none()).then_some(KeyWarning::NoCounter));
    warnings.extend(names.two_issuers.then_some(KeyWarning::TwoIssuers));
    let perhaps_steam = perhaps_steam(kind, &names, query, overrides)?;
    warnings.extend(perhaps_steam.then_some(KeyWarning::PerhapsSteam));
    Ok(PairingKey {
        parameters,
        secret: secret.secret,
        issuer: names.issuer,
        account: names.account,
        counter: counter.unwrap_or(0),
        pin_digits: if asks_for_pin(query)? { PIN_DIGITS } else { 0 },
        client_part,
        warnings,
    })
}

/// The key without the line breaks and tabs that mail and terminals put into long lines.
fn on_one_line(text: &str) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(text.len()));
    line.extend(text.split(['\r', '\n', '\t']));
    line
}

/// The kind of passcode that a key's host names, and its usual time step in seconds.
fn kind_of(host: &str) -> Result<(CodeType, u32), KeyFault> {
    let is = |name: &str| host.eq_ignore_ascii_case(name);
    if is("totp") {
        Ok((CodeType::Totp, passcodes::PERIOD))
    } else if is("hotp") {
        Ok((CodeType::Hotp, passcodes::PERIOD))
    } else if is("steam") {
        Ok((CodeType::Steam, passcodes::PERIOD))
    } else if is("daypassword") {
        Ok((CodeType::Totp, DAY))
    } else if is("pipush") || is("container") {
        Err(KeyFault::NotYet { what: LaterKey::PrivacyIdea })
    } else {
        Err(KeyFault::UnknownKind)
    }
}

/// Reads `secret=`. Its percent escapes are decoded, as padding is often written `%3D`; whatever is left of
/// them is not base32 and refused as such.
fn secret(query: Query<'_>) -> Result<Decoded, KeyFault> {
    let missing =
        || if query.has("secret") { KeyFault::SecretEmpty } else { KeyFault::SecretMissing };
    let value = form_decoded(query.raw("secret")?.ok_or_else(missing)?);
    secret_text::base32(str::from_utf8(&value).map_err(|_| KeyFault::NotUtf8)?)
}

/// Whether a key means Steam's codes. It does when it says so: by its host (Aegis, Ente), by
/// `encoder=steam` (KeePassXC, gopass, pyotp) or by a bare `steam` (Stratum); or when its issuer is Steam
/// and its codes have five characters, which no other codes have (2FAuth, OTPClient, WinAuth). The issuer's
/// name alone says nothing, and privacyIDEA's `creator=` neither, since its server has no Steam tokens: an
/// ordinary key of an issuer of that name must go on giving the codes that the issuer expects.
fn is_steam(
    kind: CodeType,
    names: &Names,
    query: Query<'_>,
    overrides: &Overrides,
) -> Result<bool, KeyFault> {
    if kind != CodeType::Totp {
        return Ok(kind == CodeType::Steam);
    }
    let encoded =
        query.text("encoder")?.is_some_and(|encoder| encoder.eq_ignore_ascii_case("steam"));
    if encoded || query.has("steam") {
        return Ok(true);
    }
    Ok(names.are_of_steam() && passcodes::digits(query, overrides)? == Some(STEAM_DIGITS))
}

/// Whether the key may be one that Steam itself wrote: those name the issuer and nothing else.
fn perhaps_steam(
    kind: CodeType,
    names: &Names,
    query: Query<'_>,
    overrides: &Overrides,
) -> Result<bool, KeyFault> {
    if kind != CodeType::Totp || !names.are_of_steam() {
        return Ok(false);
    }
    Ok(passcodes::digits(query, overrides)?.is_none())
}

/// Whether the issuer wants a PIN in front of the passcodes, by privacyIDEA's `pin=` or its newer
/// `app_force_unlock=`, whose other ways of unlocking (biometric, any) a PIN stands in for.
fn asks_for_pin(query: Query<'_>) -> Result<bool, KeyFault> {
    let is_one_of = |name, values: &[&str]| -> Result<bool, KeyFault> {
        let found = query.text(name)?;
        Ok(found.is_some_and(|found| values.iter().any(|value| found.eq_ignore_ascii_case(value))))
    };
    Ok(is_one_of("pin", &["true", "1"])?
        || is_one_of("app_force_unlock", &["pin", "biometric", "any"])?)
}
