//! Tests of the client, against servers on this machine.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

/// How long a test waits for what must come.
const LONG: Duration = Duration::from_mins(1);

/// A server that gives these answers, one a connection, and tells what it was asked.
fn server(answers: Vec<String>, tls: Option<ServerConfig>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, hears) = channel();
    thread::spawn(move || {
        let tls = tls.map(Arc::new);
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            match &tls {
                None => converse(stream, &answer, &asked),
                Some(tls) => {
                    let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                    converse(StreamOwned::new(connection, stream), &answer, &asked);
                }
            }
        }
    });
    (address, hears)
}

fn converse(mut stream: impl Read + Write, answer: &str, asked: &Sender<String>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let _ = asked.send(String::from_utf8(head).unwrap());
    // A client that has what it wants, or does not trust us, is gone by now.
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.flush();
}

fn says(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn leads(status: u16, to: &str) -> String {
    format!("HTTP/1.1 {status} Away\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn client(allowed: &[SocketAddr]) -> HttpClient {
    HttpClient::new(allowed.iter().copied().map(AllowedNetwork::only)).unwrap()
}

fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest::get(url, LONG, 1000)
}

#[tokio::test]
async fn an_answer_comes_with_its_status_and_headers_and_no_more_of_its_body_than_is_wanted() {
    let (address, asked) = server(vec![says("all of it"), says(&"x".repeat(5000))], None);
    let client = client(&[address]);
    let mut request = get(format!("http://{address}/path?a=b"));
    request.headers.insert("x-own", "mine".parse().unwrap());
    let answer = client.send(&request).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.as_slice(), answer.is_cut), (200, b"all of it".as_slice(), false));
    assert_eq!(answer.headers["content-length"], "9");
    let head = asked.recv_timeout(LONG).unwrap();
    assert!(head.starts_with("GET /path?a=b HTTP/1.1\r\n") && head.contains("x-own: mine\r\n"), "{head}");
    let answer = client.send(&request).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_cut), (1000, true));
}

#[tokio::test]
async fn networks_for_special_purposes_are_refused_however_they_are_written() {
    let (address, _) = server(vec![says("secret")], None);
    let port = address.port();
    let client = client(&[]);
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0", "127.1"] {
        let failure = client.send(&get(format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(failure, HttpFailure::NotAllowed { .. }), "{host}: {failure:?}");
    }
    for host in ["10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "168.63.129.16", "192.168.0.1"] {
        let failure = client.send(&get(format!("http://{host}/"))).await.unwrap_err();
        assert!(matches!(failure, HttpFailure::NotAllowed { .. }), "{host}: {failure:?}");
    }
}

#[tokio::test]
async fn an_allowed_address_with_one_port_allows_no_other() {
    let (address, _) = server(vec![says("first")], None);
    let (other, _) = server(vec![says("second")], None);
    let client = client(&[address]);
    assert_eq!(client.send(&get(format!("http://{address}/"))).await.unwrap().body, b"first");
    let failure = client.send(&get(format!("http://{other}/"))).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::NotAllowed { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_redirect_to_what_is_not_allowed_is_refused() {
    let (inner, asked) = server(vec![says("secret")], None);
    let (address, _) = server(vec![leads(302, &format!("http://{inner}/"))], None);
    let request = HttpRequest { redirects: Redirects::AnyHost, ..get(format!("http://{address}/")) };
    let failure = client(&[address]).send(&request).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::NotAllowed { .. }), "{failure:?}");
    assert!(asked.try_recv().is_err(), "nobody asked it");
}

#[tokio::test]
async fn redirects_stay_on_their_host_unless_they_may_leave_it_and_then_leave_credentials_behind() {
    let (other, asked) = server(vec![says("there")], None);
    let there = format!("http://{other}/there");
    let (address, _) = server(vec![leads(302, "/again"), leads(307, &there), leads(301, &there)], None);
    let client = client(&[address, other]);
    let mut request = get(format!("http://{address}/"));
    request.headers.insert(AUTHORIZATION, "Bearer secret".parse().unwrap());
    let mut key: HeaderValue = "another secret".parse().unwrap();
    key.set_sensitive(true);
    request.headers.insert("x-api-key", key);
    request.headers.insert("x-trace", "7".parse().unwrap());
    let failure = client.send(&request).await.unwrap_err();
    assert_eq!(failure, HttpFailure::OtherHost { from: format!("http://{address}"), to: format!("http://{other}") });
    request.redirects = Redirects::AnyHost;
    assert_eq!(client.send(&request).await.unwrap().body, b"there");
    let head = asked.recv_timeout(LONG).unwrap();
    assert!(head.starts_with("GET /there ") && !head.contains("secret") && head.contains("x-trace: 7"), "{head}");
}

#[tokio::test]
async fn redirects_that_never_end_are_given_up() {
    let (address, _) = server(vec![leads(302, "/"); MAX_REDIRECTS + 1], None);
    let failure = client(&[address]).send(&get(format!("http://{address}/"))).await.unwrap_err();
    assert_eq!(failure, HttpFailure::TooManyRedirects { followed: MAX_REDIRECTS });
}

#[tokio::test]
async fn what_is_no_address_for_requests_is_refused() {
    for url in ["", "example.com", "ftp://1.1.1.1/", "file:///etc/passwd", "http://", "http://user:word@1.1.1.1/"] {
        let failure = client(&[]).send(&get(url)).await.unwrap_err();
        assert_eq!(failure, HttpFailure::BadUrl { url: url.to_owned() });
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    // Longer than any name may be, so that nobody is asked for it.
    let host = format!("{}.example", "a".repeat(64));
    let failure = client(&[]).send(&get(format!("http://{host}/"))).await.unwrap_err();
    assert_eq!(failure, HttpFailure::UnknownHost { host });
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for_longer_than_was_said() {
    // The connection is made by the kernel, and nobody ever takes it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let request = HttpRequest { timeout: Duration::from_millis(20), ..get(format!("http://{address}/")) };
    let failure = client(&[address]).send(&request).await.unwrap_err();
    assert_eq!(failure, HttpFailure::Timeout { after_ms: 20 });
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_no_connection() {
    // Held without listening, so that no other server of these tests gets it.
    let held = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&held, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address: SocketAddr = getsockname(&held).unwrap().try_into().unwrap();
    let failure = client(&[address]).send(&get(format!("http://{address}/"))).await.unwrap_err();
    assert!(matches!(&failure, HttpFailure::NotConnected { host, .. } if host == "127.0.0.1"), "{failure:?}");
}

#[tokio::test]
async fn what_is_no_http_is_told_so() {
    let (address, _) = server(vec!["SSH-2.0-OpenSSH_9.6\r\n".to_owned()], None);
    let failure = client(&[address]).send(&get(format!("http://{address}/"))).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::Broken { .. }), "{failure:?}");
}

/// A certificate for these names that has signed itself, with its key.
fn certificate(names: &[&str], year: i32) -> (CertificateDer<'static>, ServerConfig) {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.clone()], key).unwrap();
    (certificate, config)
}

async fn asked_over_tls(names: &[&str], year: i32, is_trusted: bool) -> Result<HttpAnswer, HttpFailure> {
    let (certificate, config) = certificate(names, year);
    let (address, _) = server(vec![says("sealed")], Some(config));
    let trusted = is_trusted.then_some(certificate);
    let client = HttpClient::trusting(trusted, [AllowedNetwork::only(address)]).unwrap();
    client.send(&get(format!("https://localhost:{}/", address.port()))).await
}

#[tokio::test]
async fn certificates_are_looked_at() {
    let fault = |asked: Result<HttpAnswer, HttpFailure>| match asked {
        Err(HttpFailure::Certificate { host, fault }) if host == "localhost" => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked_over_tls(&["localhost"], 4000, true).await.unwrap().body, b"sealed");
    assert_eq!(fault(asked_over_tls(&["localhost"], 4000, false).await), CertificateFault::UnknownIssuer);
    assert_eq!(fault(asked_over_tls(&["localhost"], 2020, true).await), CertificateFault::Expired);
    assert_eq!(fault(asked_over_tls(&["example.com"], 4000, true).await), CertificateFault::OtherName);
}

#[test]
fn what_is_known_of_an_address_without_asking_is_told_at_once() {
    let client = HttpClient::new(["10.0.0.0/8".parse().unwrap()]).unwrap();
    let refused = |url: &str| client.known_refusal(url).map(|(address, _)| address.to_string());
    for url in ["http://127.0.0.1/hook", "http://2130706433/", "http://localhost:8080/", "http://a.localhost/"] {
        assert_eq!(refused(url).as_deref(), Some("127.0.0.1"), "{url}");
    }
    assert_eq!(refused("https://[::1]/").as_deref(), Some("::1"));
    for url in ["http://10.1.2.3/hook", "https://1.1.1.1/", "https://receiver.example.org/", "no address"] {
        assert_eq!(refused(url), None, "{url}");
    }
}
