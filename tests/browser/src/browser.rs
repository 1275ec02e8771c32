//! The browser: opens pages, finds what is on them by its label or words, clicks, types, and looks. Whatever does not
//! work within a few seconds is a failed test.

use std::path::Path;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::Driver;
use crate::wire;

/// How long something may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// The name that WebDriver gives to references to elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that are no letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next thing that can be used.
    Tab,
    /// Do it.
    Enter,
    /// Choose it.
    Space,
}

impl Key {
    fn code(self) -> &'static str {
        match self {
            Self::Tab => "\u{e004}",
            Self::Enter => "\u{e007}",
            Self::Space => " ",
        }
    }
}

/// How pages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In dark colours.
    pub dark: bool,
    /// How many pixels are wide.
    pub width: u32,
}

/// A browser with a profile of its own, which ends when it is dropped.
pub struct Browser {
    session: String,
    driver: Driver,
    profile: TempDir,
}

impl Browser {
    /// Starts one. Certificates of test CAs are taken.
    ///
    /// # Panics
    /// When Chromium or its driver is not installed, or does not start.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let driver = Driver::start().unwrap_or_else(|fault| panic!("{fault}"));
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--force-device-scale-factor=1",
            "--lang=en",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "timeouts": {"implicit": 0, "pageLoad": 30_000, "script": 10_000},
            "goog:chromeOptions": {"args": arguments},
        }}});
        let started = wire::ask(driver.port, "POST", "/session", &wanted);
        let started = started.unwrap_or_else(|fault| panic!("Chromium does not start: {fault}"));
        let session = started["sessionId"].as_str().expect("a session").to_owned();
        let browser = Self { session, driver, profile };
        browser.show_as(Look { dark: false, width: 1000 });
        browser
    }

    /// The folder of its profile.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let path = format!("/session/{}{path}", self.session);
        wire::ask(self.driver.port, method, &path, body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        match self.try_ask(method, path, body) {
            Ok(value) => value,
            Err(fault) => panic!("{method} {path}: {fault}"),
        }
    }

    fn command(&self, name: &str, parameters: &Value) {
        let body = json!({"cmd": name, "params": parameters});
        self.ask("POST", "/goog/cdp/execute", &body);
    }

    /// Shows pages in another way.
    pub fn show_as(&self, look: Look) {
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.command("Emulation.setEmulatedMedia", &json!({"features": features}));
        let size = json!({
            "width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Opens an address.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.ask("POST", "/url", &json!({"url": url}));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.ask("GET", "/url", &Value::Null).as_str().unwrap_or_default().to_owned()
    }

    /// What an expression of JavaScript is worth on the page.
    #[track_caller]
    pub fn evaluate(&self, expression: &str) -> Value {
        let script = json!({"script": format!("return {expression}"), "args": []});
        self.ask("POST", "/execute/sync", &script)
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}\n{}", self.text());
            std::thread::sleep(PAUSE);
        }
    }

    fn element(&self, path: &str) -> Option<String> {
        let query = json!({"using": "xpath", "value": path});
        let found = self.try_ask("POST", "/element", &query).ok()?;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    /// Waits for what an XPath names.
    #[track_caller]
    fn await_element(&self, path: &str) -> String {
        self.wait_until(path, |browser| browser.element(path).is_some());
        self.element(path).expect("it was there")
    }

    /// Clicks the button, link, choice or summary with these words, or with these words in bold.
    #[track_caller]
    pub fn click(&self, words: &str) {
        let words = quoted(words);
        let named = format!(
            "[normalize-space()={words} or @aria-label={words} or .//strong[normalize-space()={words}]]"
        );
        let path = ["button", "a", "label", "summary"].map(|kind| format!("//{kind}{named}"));
        let element = self.await_element(&path.join(" | "));
        self.ask("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Types into the field with this label, in place of what stands there.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        let path = format!("//*[@id=//label[normalize-space()={}]/@for]", quoted(label));
        let element = self.await_element(&path);
        self.ask("POST", &format!("/element/{element}/clear"), &json!({}));
        self.ask("POST", &format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Presses a key, wherever the focus is.
    pub fn press(&self, key: Key) {
        self.type_signs(key.code());
    }

    /// Types a text, wherever the focus is.
    pub fn type_text(&self, text: &str) {
        self.type_signs(text);
    }

    fn type_signs(&self, text: &str) {
        let keys = text.chars().flat_map(|sign| {
            ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": sign.to_string()}))
        });
        let actions = json!({"type": "key", "id": "keyboard", "actions": keys.collect::<Vec<_>>()});
        self.ask("POST", "/actions", &json!({"actions": [actions]}));
    }

    /// What has the focus: its label, its words, or what it is called for those who do not see it.
    pub fn focus(&self) -> String {
        let focus = "(e => (e.getAttribute('aria-label') || e.labels?.[0]?.innerText \
                     || e.innerText || e.tagName).trim())(document.activeElement)";
        self.evaluate(focus).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until something has the focus, which comes a moment after a page.
    #[track_caller]
    pub fn await_focus(&self, name: &str) {
        self.wait_until(name, |browser| browser.focus() == name);
    }

    /// All words on the page that can be seen.
    pub fn text(&self) -> String {
        self.evaluate("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// The words of what a CSS selector names; nothing when it is not there.
    pub fn text_of(&self, selector: &str) -> String {
        let text = format!("document.querySelector({})?.innerText ?? ''", json!(selector));
        self.evaluate(&text).as_str().unwrap_or_default().trim().to_owned()
    }

    /// Waits for the page with this heading.
    #[track_caller]
    pub fn await_heading(&self, heading: &str) {
        self.wait_until(heading, |browser| browser.text_of("h1") == heading);
    }

    /// What the page says is wrong.
    #[track_caller]
    pub fn await_alert(&self) -> String {
        self.wait_until("an alert", |browser| !browser.text_of("[role=alert]").is_empty());
        self.text_of("[role=alert]")
    }

    /// Whether the page says that somebody is signed on.
    pub fn is_signed_on(&self) -> bool {
        self.evaluate("document.querySelector('main')?.dataset.signedOn === 'yes'") == true
    }

    /// Takes a picture of the whole page.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn screenshot(&self, path: &Path) {
        let whole = json!({"captureBeyondViewport": true});
        let body = json!({"cmd": "Page.captureScreenshot", "params": whole});
        let picture = self.ask("POST", "/goog/cdp/execute", &body);
        let text = picture["data"].as_str().expect("a picture").as_bytes();
        std::fs::write(path, BASE64.decode(text).expect("base64")).expect("room for a picture");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // When the session cannot be ended, the driver ends it with itself.
        let _ = self.try_ask("DELETE", "", &Value::Null);
    }
}

/// A text in XPath, which knows no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
