//! Pieces that pages are put together from: forms, fields, messages, marks.

use maud::{Markup, PreEscaped, html};
use qrcode::{Color, QrCode};

use super::visit::Visit;

/// Modules of white around a QR code, as its standard asks.
const QUIET: usize = 4;

/// A form that changes something.
pub fn form(visit: &Visit, action: &str, inside: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="form" value=(visit.form_mark());
            (inside)
        }
    }
}

/// What is wrong with what was entered, in front of the form.
pub fn alert(text: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = text {
            div.alert #error role="alert" { strong { "Please check: " } (text) }
        }
    }
}

/// The field for a passcode; it has the focus when there is nothing to read before it.
pub fn code_field(error: bool, has_focus: bool) -> Markup {
    html! {
        label for="code" { "Passcode" }
        input #code.code type="text" name="code" inputmode="numeric" autocomplete="one-time-code"
            spellcheck="false" maxlength="16" required autofocus[has_focus]
            aria-invalid=[error.then_some("true")] aria-describedby=[error.then_some("error")];
    }
}

/// The fingerprint of a device.
pub fn fingerprint(sign_key: &[u8]) -> Markup {
    html! { code.fingerprint { (crate::crypto::fingerprint(sign_key)) } }
}

/// A green check mark.
pub fn check_mark() -> Markup {
    html! {
        svg.check viewBox="0 0 64 64" role="img" aria-label="Done" {
            circle cx="32" cy="32" r="30" {}
            path d="M18 33l10 10 19-21" {}
        }
    }
}

/// How far pairing is.
pub fn steps(now: usize) -> Markup {
    html! {
        ol.steps aria-label="Steps" {
            @for (number, name) in (1..).zip(["Start", "Device", "Pairing"]) {
                li aria-current=[(number == now).then_some("step")] { (name) }
            }
        }
    }
}

/// A QR code.
pub fn qr_code(text: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else { return html! {} };
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path: String = dark
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET))
        .collect();
    let side = width + 2 * QUIET;
    html! {
        svg.qr viewBox=(format!("0 0 {side} {side}")) role="img"
            aria-label="QR code with the pairing key" shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// The picture of a desktop computer.
pub fn desktop() -> Markup {
    PreEscaped(include_str!("desktop.svg").to_owned())
}
