//! A browser without a screen: it keeps cookies, follows redirects, and sends forms with what their page put into them.

use data_encoding::HEXUPPER;

use crate::https::{Answer, Https};

pub struct Web {
    https: Https,
    pub cookie: Option<String>,
    /// Where it is.
    pub path: String,
    pub answer: Answer,
}

impl Web {
    pub fn new(https: &Https) -> Self {
        let answer = Answer { status: 0, headers: Vec::new(), body: String::new() };
        Self { https: https.clone(), cookie: None, path: String::new(), answer }
    }

    fn send(&mut self, method: &str, path: &str, body: &str) {
        let mut headers = Vec::new();
        if let Some(cookie) = &self.cookie {
            headers.push(("Cookie", cookie.clone()));
        }
        if method == "POST" {
            headers.push(("Content-Type", "application/x-www-form-urlencoded".to_owned()));
        }
        self.answer = self.https.send(method, path, &headers, body.as_bytes());
        self.path = path.to_owned();
        let set = self.answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        self.cookie = set.map(str::to_owned).or(self.cookie.take());
        if let Some(location) = self.answer.header("location").map(str::to_owned) {
            assert_eq!(self.answer.status, 303, "{:?}", self.answer);
            self.send("GET", &location, "");
        }
    }

    pub fn open(&mut self, path: &str) -> &str {
        self.send("GET", path, "");
        self.page()
    }

    /// Sends a form of the present page.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> &str {
        let mark = self.field("form").unwrap_or_default();
        self.submit_with(path, &mark, fields)
    }

    pub fn submit_with(&mut self, path: &str, mark: &str, fields: &[(&str, &str)]) -> &str {
        let fields = [("form", mark)].into_iter().chain(fields.iter().copied());
        let pairs: Vec<String> =
            fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.send("POST", path, &pairs.join("&"));
        self.page()
    }

    pub fn page(&self) -> &str {
        &self.answer.body
    }

    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.page().split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    }

    /// What the page says is wrong.
    pub fn error(&self) -> Option<&str> {
        let (_, rest) = self.page().split_once("role=\"alert\">")?;
        rest.split_once("</").map(|(text, _)| text)
    }

    pub fn heading(&self) -> &str {
        let (_, rest) = self.page().split_once("<h1>").expect("a heading");
        rest.split_once("</h1>").expect("its end").0
    }

    pub fn is_signed_on(&self) -> bool {
        self.page().contains("data-signed-on=\"yes\"")
    }

    /// The pairing key that the page shows.
    pub fn key(&self) -> String {
        let (_, rest) = self.page().split_once("data-key=\"").expect("a page with a key");
        rest[..12].to_owned()
    }

    pub fn enter_password(&mut self, name: &str, password: &str) -> &str {
        self.open("/sign-on");
        self.submit("/sign-on", &[("name", name), ("password", password)])
    }

    pub fn enter_code(&mut self, code: &str) -> &str {
        let path = self.path.clone();
        self.submit(&path, &[("code", code)])
    }

    /// From the registration window to a new pairing key.
    pub fn walk_to_key(&mut self) -> String {
        self.open("/register");
        self.submit("/register/start", &[]);
        self.open("/register/desktop");
        self.key()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{}", HEXUPPER.encode(&[byte]))).collect()
}
