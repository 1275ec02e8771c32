//! HTTPS by `passcoded helper courier`: whom it believes, what it brings, and what it says when the network or the service
//! fails. Proxies are in `courier_proxies`, and what the agent may rely on with its helper in `courier_child`.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use passcode_daemon::ports::child::{self, Question};
use passcode_daemon::ports::courier::wire::{self, Answer, Limits, Request, Way};
use passcode_daemon::ports::courier::{Reply, Undelivered};
use passcode_process_tests::https::{
    Authority, Behaviour, Flaw, Server, closed_port, cut, endless, foreign, halting, redirecting,
    slow, well,
};
use passcode_process_tests::{programs, wait};
use passcode_proto::SecretText;

/// Short, so that no test waits for what hangs.
const LIMITS: Limits = Limits { connect: 2000, total: 3000, body: 1024 * 1024 };

pub(crate) fn request(url: String, authority: Option<PathBuf>, way: Way) -> Request {
    let headers = vec![("Passcode-Count".to_owned(), "1".to_owned())];
    let body = Some(SecretText::new("e30=".to_owned()));
    Request { method: "POST".to_owned(), url, headers, body, authority, way, limits: LIMITS }
}

pub(crate) fn deliver(request: &Request) -> Result<Reply, Undelivered> {
    deliver_with(request, &[])
}

/// Delivers with variables in the environment, and none of our own.
pub(crate) fn deliver_with(
    request: &Request,
    environment: &[(&str, &str)],
) -> Result<Reply, Undelivered> {
    let mut command = child::helper(&programs::passcoded(), "courier");
    command.env_clear().envs(environment.iter().copied());
    let input = wire::line(request, wire::REQUEST_BYTES).expect("a line");
    let limit = Duration::from_secs(20);
    let question = Question { input, stays_open: true, most: wire::ANSWER_BYTES, limit };
    let said = child::ask(command, question).map_err(|_| Undelivered::Failed)?;
    serde_json::from_slice::<Answer>(&said.output).map_err(|_| Undelivered::Failed)?.read()
}

fn direct(server: &Server, authority: &Authority) -> Result<Reply, Undelivered> {
    deliver(&request(server.url("/x"), Some(authority.file()), Way::Direct))
}

#[test]
fn a_letter_is_delivered_and_its_answer_brought_as_it_is() {
    let authority = Authority::new();
    let reply =
        direct(&Server::start(&authority, Flaw::None, well), &authority).expect("an answer");
    assert_eq!((reply.status, reply.media.as_str()), (201, "application/json"));
    assert_eq!((reply.retry_after, reply.date), (Some(7), Some(1_700_000_000)));
    assert_eq!(&reply.body[..], b"{\"a\":1}");
}

#[test]
fn a_certificate_that_is_not_right_is_never_accepted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let flaws = [
        (Flaw::OtherName, Undelivered::WrongName),
        (Flaw::Over, Undelivered::OutOfDate),
        (Flaw::NotBegun, Undelivered::OutOfDate),
    ];
    for (flaw, trouble) in flaws {
        let server = Server::start(&authority, flaw, well);
        assert_eq!(direct(&server, &authority), Err(trouble), "{flaw:?}");
        assert_eq!(server.requests(), 0, "nothing was said to it");
    }
    let server = Server::start(&authority, Flaw::None, well);
    assert_eq!(direct(&server, &other), Err(Undelivered::UnknownAuthority));
    let nobody = deliver(&request(server.url("/x"), None, Way::Direct));
    assert_eq!(nobody, Err(Undelivered::UnknownAuthority));
    assert_eq!(server.requests(), 0);
}

#[test]
fn redirects_are_never_followed() {
    let authority = Authority::new();
    let target = Server::start(&authority, Flaw::None, well);
    let server = Server::start(&authority, Flaw::None, redirecting);
    let url = server.url(&format!("/{}", target.url("/")));
    let reply = deliver(&request(url, Some(authority.file()), Way::Direct)).expect("an answer");
    assert_eq!((reply.status, target.requests()), (302, 0));
}

#[test]
fn only_https_is_spoken() {
    let authority = Authority::new();
    let plain = Server::plain();
    assert_eq!(direct(&plain, &authority), Err(Undelivered::NotHttps));
    let http = format!("http://localhost:{}/x", plain.port);
    assert_eq!(deliver(&request(http, None, Way::Direct)), Err(Undelivered::NotHttps));
    let imap = Server::start(&authority, Flaw::None, foreign);
    assert_eq!(direct(&imap, &authority), Err(Undelivered::NotHttps));
}

#[test]
fn an_answer_without_end_is_given_up_at_its_limit() {
    let authority = Authority::new();
    let said = Arc::new(AtomicUsize::new(0));
    let (count, over) = (Arc::clone(&said), Arc::new(AtomicBool::new(false)));
    let done = Arc::clone(&over);
    let server = Server::start(&authority, Flaw::None, move |out, request| {
        endless(&mut Counted(out, &count), request);
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(direct(&server, &authority), Err(Undelivered::TooLong));
    wait::until("the end of the connection", || over.load(Ordering::SeqCst).then_some(()));
    // The rest of what was taken is in the buffers of the system, and the helper had no more to keep.
    let most = 16 << 20;
    assert!(
        said.load(Ordering::SeqCst) < most,
        "{} of 104857600 bytes",
        said.load(Ordering::SeqCst)
    );
}

/// Counts what goes through.
struct Counted<'a>(&'a mut dyn Write, &'a AtomicUsize);

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.fetch_add(written, Ordering::SeqCst);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn says(head: &str, body: &str) -> Result<Reply, Undelivered> {
    let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, move |out, _| {
        let _ = out.write_all(answer.as_bytes());
    });
    direct(&server, &authority)
}

#[test]
fn what_a_service_answers_is_brought_whatever_it_says() {
    let problem =
        says("403 No\r\nContent-Type: application/problem+json", "{}").expect("an answer");
    assert_eq!((problem.status, problem.media.as_str()), (403, "application/problem+json"));
    let page = says("200 OK\r\nContent-Type: text/html;charset=utf-8", "<p>").expect("an answer");
    assert_eq!((page.status, page.media.as_str(), &page.body[..]), (200, "text/html", &b"<p>"[..]));
    let broken = says("500 Oops", "").expect("an answer");
    assert_eq!((broken.status, broken.media.as_str(), broken.date), (500, "", None));
    let whole = says("200 OK", &"x".repeat(1024 * 1024)).expect("an answer");
    assert_eq!(whole.body.len(), 1024 * 1024);
    assert_eq!(says("200 OK", &"x".repeat(1024 * 1024 + 1)), Err(Undelivered::TooLong));
}

#[test]
fn a_kind_of_body_without_end_costs_nothing_but_itself() {
    let head = format!("200 OK\r\nContent-Type: {}", "\"".repeat(100_000));
    let reply = says(&head, "{}").expect("an answer");
    assert!(reply.media.is_empty() && reply.body[..] == *b"{}", "{} bytes", reply.media.len());
}

#[test]
fn a_service_that_fails_on_the_way_is_told_from_one_that_is_away() {
    let authority = Authority::new();
    let fails = |behaviour: Behaviour| {
        direct(&Server::start(&authority, Flaw::None, behaviour), &authority)
    };
    assert_eq!(fails(slow), Err(Undelivered::Late));
    assert_eq!(fails(halting), Err(Undelivered::Late));
    assert_eq!(fails(cut), Err(Undelivered::CutOff));
    assert_eq!(direct(&Server::closing(), &authority), Err(Undelivered::CutOff));
    let at = |host: &str| deliver(&request(format!("https://{host}/x"), None, Way::Direct));
    assert_eq!(at(&format!("localhost:{}", closed_port())), Err(Undelivered::Unreachable));
    assert_eq!(at("nobody.invalid"), Err(Undelivered::UnknownHost));
}

#[test]
fn an_authority_that_cannot_be_read_is_told() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    let missing = Some(PathBuf::from("/nowhere/ca.pem"));
    let lost = deliver(&request(server.url("/"), missing, Way::Direct));
    assert_eq!(lost, Err(Undelivered::NoAuthorityFile));
    std::fs::write(authority.file(), "no certificate").expect("a file");
    assert_eq!(direct(&server, &authority), Err(Undelivered::NoAuthorityFile));
    let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(authority.file(), empty).expect("a file");
    assert_eq!(direct(&server, &authority), Err(Undelivered::NoAuthorityFile));
    assert_eq!(server.requests(), 0);
}

#[test]
fn every_authority_of_the_file_is_trusted() {
    let (one, other, both) = (Authority::new(), Authority::new(), Authority::new());
    let read = |authority: &Authority| std::fs::read_to_string(authority.file()).expect("a file");
    std::fs::write(both.file(), read(&one) + &read(&other)).expect("a file");
    for authority in [&one, &other] {
        let server = Server::start(authority, Flaw::None, well);
        assert_eq!(direct(&server, &both).map(|reply| reply.status), Ok(201));
    }
}

#[test]
fn a_system_that_trusts_nobody_trusts_nobody() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    let letter = request(server.url("/x"), None, Way::Direct);
    let nobody = [("SSL_CERT_FILE", "/nowhere/roots.pem")];
    assert_eq!(deliver_with(&letter, &nobody), Err(Undelivered::UnknownAuthority));
    let file = authority.file();
    let system = [("SSL_CERT_FILE", file.to_str().expect("a path"))];
    assert_eq!(deliver_with(&letter, &system).map(|reply| reply.status), Ok(201));
}

#[test]
fn a_courier_that_hears_nonsense_ends_without_an_answer() {
    for nonsense in ["\n", "{}\n", "[1,2\n", "{\"method\":\"GET\"}\n"] {
        let command = child::helper(&programs::passcoded(), "courier");
        let input = zeroize::Zeroizing::new(nonsense.as_bytes().to_vec());
        let limit = Duration::from_secs(10);
        let question = Question { input, stays_open: true, most: 100, limit };
        let said = child::ask(command, question).expect("it ends");
        assert!(!said.is_good && said.output.is_empty(), "{nonsense}");
    }
}

#[test]
fn a_letter_that_cannot_be_one_is_refused_in_good_order() {
    let good = || request("https://localhost:1/".to_owned(), None, Way::Direct);
    let by = |address: &str| Way::Through {
        address: address.to_owned(),
        user: Some("alice".to_owned()),
        password: Some(SecretText::new("hunter2".to_owned())),
    };
    let limits = Limits { connect: u64::MAX, total: u64::MAX, body: usize::MAX };
    let letters = [
        Request { url: String::new(), ..good() },
        Request { url: "https://".to_owned(), ..good() },
        Request { method: "G T".to_owned(), ..good() },
        Request { headers: vec![("a b".to_owned(), String::new())], ..good() },
        Request { headers: vec![("a".to_owned(), "\r\nb: c".to_owned())], ..good() },
        Request { body: Some(SecretText::new("?".to_owned())), ..good() },
        Request { way: by("mailto:proxy"), ..good() },
        Request { way: by(""), ..good() },
        Request { limits, ..good() },
    ];
    for (number, letter) in letters.iter().enumerate() {
        let command = child::helper(&programs::passcoded(), "courier");
        let input = wire::line(letter, wire::REQUEST_BYTES).expect("a line");
        let limit = Duration::from_secs(20);
        let question = Question { input, stays_open: true, most: 200, limit };
        let said = child::ask(command, question).expect("it ends");
        assert!(said.is_good, "letter {number} ends the helper");
        let answer = serde_json::from_slice::<Answer>(&said.output);
        assert!(matches!(answer, Ok(Answer::Trouble(_))), "letter {number}");
    }
}
