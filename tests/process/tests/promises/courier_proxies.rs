//! The way of the courier through proxies: with a login and without one, as the configuration or as the environment says,
//! and which of the failures on the way are the proxy's.

use passcode_daemon::ports::courier::Undelivered;
use passcode_daemon::ports::courier::wire::Way;
use passcode_process_tests::https::{Authority, Flaw, LOGIN, Server, closed_port, well};
use passcode_proto::SecretText;

use super::courier::{deliver, deliver_with, request};

fn through(port: u16, password: Option<&str>) -> Way {
    at(format!("http://localhost:{port}"), password)
}

fn at(address: String, password: Option<&str>) -> Way {
    let user = password.map(|_| "alice".to_owned());
    let password = password.map(|password| SecretText::new(password.to_owned()));
    Way::Through { address, user, password }
}

#[test]
fn a_proxy_is_used_with_its_login_and_its_refusals_are_told() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    let proxy = Server::proxy();
    let by = |way| deliver(&request(server.url("/x"), Some(authority.file()), way));
    assert_eq!(by(through(proxy.port, None)), Err(Undelivered::ProxyLogin));
    assert_eq!(by(through(proxy.port, Some("wrong"))), Err(Undelivered::ProxyLogin));
    assert_eq!(server.requests(), 0);
    assert_eq!(by(through(proxy.port, Some("hunter2"))).map(|reply| reply.status), Ok(201));
    assert_eq!((server.requests(), proxy.requests()), (1, 3));
    let nowhere = format!("https://localhost:{}/x", closed_port());
    let nowhere = request(nowhere, Some(authority.file()), through(proxy.port, Some("hunter2")));
    assert_eq!(deliver(&nowhere), Err(Undelivered::ProxyRefuses));
    assert_eq!(by(through(closed_port(), None)), Err(Undelivered::ProxyAway));
}

#[test]
fn a_proxy_gets_the_password_as_it_is_whatever_is_in_it() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    for password in ["50%41 off", "%", "a:b@c/d?e#f", "päss wörd", "\"{}\\", ""] {
        let proxy = Server::proxy_for(&format!("alice:{password}"));
        let way = through(proxy.port, Some(password));
        let reply = deliver(&request(server.url("/x"), Some(authority.file()), way));
        assert_eq!(reply.map(|reply| reply.status), Ok(201), "{password}");
    }
}

#[test]
fn what_fails_behind_a_proxy_is_not_said_of_the_proxy() {
    let (authority, other) = (Authority::new(), Authority::new());
    let proxy = Server::proxy();
    let by = |server: &Server, trusted: &Authority| {
        let way = through(proxy.port, Some("hunter2"));
        deliver(&request(server.url("/x"), Some(trusted.file()), way))
    };
    let wrong = Server::start(&authority, Flaw::OtherName, well);
    let good = Server::start(&authority, Flaw::None, well);
    assert_eq!(by(&Server::closing(), &authority), Err(Undelivered::CutOff));
    assert_eq!(by(&Server::plain(), &authority), Err(Undelivered::NotHttps));
    assert_eq!(by(&wrong, &authority), Err(Undelivered::WrongName));
    assert_eq!(by(&good, &other), Err(Undelivered::UnknownAuthority));
    assert_eq!((wrong.requests(), good.requests()), (0, 0));
}

#[test]
fn a_proxy_of_https_has_to_be_trusted_too() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (server, proxy) =
        (Server::start(&authority, Flaw::None, well), Server::start(&other, Flaw::None, well));
    let way = at(proxy.url(""), Some("hunter2"));
    let reply = deliver(&request(server.url("/x"), Some(authority.file()), way));
    assert_eq!(reply, Err(Undelivered::ProxyAway));
    assert_eq!((server.requests(), proxy.requests()), (0, 0));
}

#[test]
fn the_environments_proxy_is_taken_and_its_exceptions_are_kept() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    let proxy = Server::proxy();
    let address = format!("http://{LOGIN}@localhost:{}", proxy.port);
    let with = |way: Way, environment: &[(&str, &str)]| {
        let letter = request(server.url("/x"), Some(authority.file()), way);
        let status = deliver_with(&letter, environment).map(|reply| reply.status);
        (status, proxy.requests())
    };
    for (number, name) in ["https_proxy", "HTTPS_PROXY", "all_proxy"].iter().enumerate() {
        assert_eq!(with(Way::System, &[(name, &address)]), (Ok(201), number + 1), "{name}");
    }
    let but = [("https_proxy", address.as_str()), ("no_proxy", "example.org,localhost")];
    assert_eq!(with(Way::System, &but), (Ok(201), 3));
    assert_eq!(with(Way::Direct, &but[..1]), (Ok(201), 3));
    assert_eq!(with(through(proxy.port, Some("hunter2")), &but[1..]), (Ok(201), 4));
    let closed = format!("http://localhost:{}", closed_port());
    let away = (Err(Undelivered::ProxyAway), 4);
    assert_eq!(with(Way::System, &[("https_proxy", &closed)]), away);
}

#[test]
fn a_proxy_that_cannot_be_used_is_never_passed_by() {
    let authority = Authority::new();
    let server = Server::start(&authority, Flaw::None, well);
    let letter = |way| request(server.url("/x"), Some(authority.file()), way);
    let socks = [("all_proxy", "socks5://localhost:1080")];
    assert_eq!(deliver_with(&letter(Way::System), &socks), Err(Undelivered::ProxyAway));
    for address in ["socks5://localhost:1080", "http://pro{x}y:8080", "mailto:proxy", "http://"] {
        let reply = deliver(&letter(at(address.to_owned(), None)));
        assert_eq!(reply, Err(Undelivered::ProxyAway), "{address}");
    }
    assert_eq!(server.requests(), 0);
}
