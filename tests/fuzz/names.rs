//! Names and places to go on to.

use tollgate::domain::names;
use tollgate::domain::validate::{BrokenRule, NamedPart};
use tollgate::messages::{Locale, broken_rule};
use tollgate::pages::components::urls;
use url::Url;

use crate::fuzz::{Fuzz, hash};

const WORDS: &[&str] = &[
    "/",
    "//",
    "\\",
    "..",
    "/./",
    "%2e%2e",
    "%2f",
    "%5c",
    "?",
    "#",
    "@",
    ":",
    "login",
    "logout",
    "setup",
    "next=",
    "http:",
    "https://evil.example",
    "javascript:",
    "\t",
    "\n",
    "\r\n",
    " ",
    "é",
    "%",
    "%00",
    "[::1]",
    "tollgate.invalid",
    ";",
    "&",
];

#[test]
fn places_to_go_on_to() {
    let corpus =
        ["/", "/regions/eu-west/release-tasks?status=running&page=2", "/approvals#first", "/a//b", "/login?next=/"];
    let corpus = corpus.into_iter().map(|text| text.as_bytes().to_vec()).collect();
    Fuzz { name: "places_to_go_on_to", corpus, words: WORDS, cases: 20_000, longest: 4096 }.run(|input| {
        let text = String::from_utf8_lossy(input);
        let local = urls::local(&text);
        if let Some(local) = local {
            assert_eq!(local, text);
            assert!(local.bytes().all(|byte| byte.is_ascii_graphic()), "no header can say {local:?}");
            // On whatever host it is read, it stays there.
            for base in ["https://releases.example/login", "http://127.0.0.1:8080/setup?x=1"] {
                let base = Url::parse(base).unwrap();
                let url = base.join(local).unwrap();
                assert_eq!(url.origin(), base.origin(), "{local:?}");
                assert!(!["/login", "/logout", "/setup"].contains(&url.path()), "{local:?}");
            }
            let login = Url::parse("http://x").unwrap().join(&urls::login_for(local)).unwrap();
            assert_eq!(login.query_pairs().collect::<Vec<_>>(), [("next".into(), local.into())]);
        }
        u64::from(local.is_some())
    });
}

#[test]
fn names_of_things() {
    let corpus = ["shop-web-release", "ab", "A_1", "release-ab12cd"].map(|text| text.as_bytes().to_vec()).to_vec();
    let words = &["-", "_", "é", "0", "a", "Z", "\n", " ", "\0", "."];
    Fuzz { name: "names_of_things", corpus, words, cases: 20_000, longest: 200 }.run(|input| {
        let text = String::from_utf8_lossy(input);
        let bytes = text.as_bytes();
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        let good = (2..=64).contains(&bytes.len())
            && bytes.iter().all(inner)
            && bytes[0].is_ascii_alphabetic()
            && bytes[bytes.len() - 1].is_ascii_alphanumeric();
        let fault = names::fault(&text);
        assert_eq!(fault.is_none(), good, "{text:?}: {fault:?}");
        let rule = |fault| broken_rule(&BrokenRule::Name { of: NamedPart::Task, fault }, Locale::English);
        let told = fault.map(rule).unwrap_or_default();
        assert!(told.len() < 200 && !told.contains(char::is_control), "{told:?}");
        let nearest = names::nearest(&text, ["script", "rollback", "timeout"]);
        assert!(nearest.is_some() || !["script", "rollback", "timeout"].contains(&text.as_ref()));
        hash(told.split(',').next().unwrap_or_default().as_bytes())
    });
}
