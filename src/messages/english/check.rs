//! Checks of Verify: what was seen, and why one failed.

use super::system;
use crate::domain::check::{CheckFailure, CheckFault, CheckNews, CheckSeen};
use crate::domain::http::{CertificateFault, HttpFailure, Purpose};
use crate::domain::kinds::{HttpFault, StatusRange};
use crate::format::written_duration;

/// What is new about a check, as a line of its log.
pub fn check_news(news: &CheckNews) -> String {
    match news {
        CheckNews::Begun { request } => format!("Asks: {request}"),
        CheckNews::Seen(seen) => check_seen(seen),
        CheckNews::ScriptHolds => "The script ended with 0: as it must be.".to_owned(),
        CheckNews::ScriptFails => "It does not hold. The script ended with".to_owned(),
        CheckNews::Unwatched { seconds } => {
            format!("Nobody looked for {}, so the time for which it holds counts anew.", written_duration(*seconds))
        }
        CheckNews::ManyChanges { told } => {
            format!("That was change {told}. Later ones are not told, only how it ends.")
        }
        CheckNews::Held { seconds: 0 } => "It holds.".to_owned(),
        CheckNews::Held { seconds } => format!("It has held for {}.", written_duration(*seconds)),
        CheckNews::Failed(failure) => check_failure(failure),
    }
}

fn check_seen(seen: &CheckSeen) -> String {
    match seen {
        CheckSeen::Answer { status, took_ms, faults } if faults.is_empty() => {
            format!("Status {status} after {took_ms} ms: as it must be.")
        }
        CheckSeen::Answer { status, took_ms, faults } => {
            let faults: Vec<String> = faults.iter().map(check_fault).collect();
            format!("Status {status} after {took_ms} ms: {}.", faults.join("; "))
        }
        CheckSeen::NoAnswer { failure } => format!("No answer: {}.", http_failure(failure)),
    }
}

/// Why a check failed for good.
pub fn check_failure(failure: &CheckFailure) -> String {
    match failure {
        CheckFailure::NotHeld { within, last: Some(seen) } => {
            format!("It did not hold within {}. {}", written_duration(*within), check_seen(seen))
        }
        CheckFailure::NotHeld { within, last: None } => {
            format!("It did not hold for long enough within {}.", written_duration(*within))
        }
        CheckFailure::NotAskable { failure } => format!("The request cannot be made: {}.", http_failure(failure)),
    }
}

fn check_fault(fault: &CheckFault) -> String {
    match fault {
        CheckFault::Status { wanted: StatusRange { from, to } } if from == to => format!("the status must be {from}"),
        CheckFault::Status { wanted: StatusRange { from, to } } => format!("the status must be {from} to {to}"),
        CheckFault::Lacks { text } => format!("the body must have `{text}` in it"),
        CheckFault::Unlike { pattern } => format!("the body must match `{pattern}`"),
        CheckFault::NoJson => "the body must be JSON".to_owned(),
        CheckFault::NothingAt { path } => format!("the body must have one value at {path}"),
        CheckFault::Differs { path, found, wanted } => format!("{path} must be `{wanted}`, and is `{found}`"),
        CheckFault::Slow { most_ms } => format!("the answer must be there within {most_ms} ms"),
    }
}

/// Why there is no answer to a request, to go on with after a colon.
pub fn http_failure(failure: &HttpFailure) -> String {
    match failure {
        HttpFailure::BadUrl { url } => {
            format!("`{url}` is no address that can be asked: it must be http or https, with a host and without a user")
        }
        HttpFailure::BadHeader { name } => format!("the header {name} has a value that cannot be sent"),
        HttpFailure::NotAllowed { host, address, purpose } => {
            let why = purpose_words(*purpose);
            let named = if *host == address.to_string() { host.clone() } else { format!("{host} ({address})") };
            format!("{named} is {why}, and no administrator has allowed it (--allow-network)")
        }
        HttpFailure::UnknownHost { host } => format!("the name {host} has no address"),
        HttpFailure::OtherHost { from, to } => {
            format!(
                "the answer of {from} leads to another host, {to}, which the task does not allow (redirects: any-host)"
            )
        }
        HttpFailure::TooManyRedirects { followed } => format!("each answer leads on; {followed} were followed"),
        HttpFailure::NotConnected { host, problem } => {
            format!("there is no connection to {host}: {}", system::in_words(problem))
        }
        HttpFailure::Certificate { host, fault } => {
            format!("the certificate of {host} is not trusted: {}", certificate_fault(fault))
        }
        HttpFailure::Timeout { after_ms } if after_ms % 1000 == 0 => {
            format!("there was no whole answer within {} s", after_ms / 1000)
        }
        HttpFailure::Timeout { after_ms } => format!("there was no whole answer within {after_ms} ms"),
        HttpFailure::Broken { problem } => {
            format!("the connection broke, or what came is no HTTP: {}", system::in_words(problem))
        }
    }
}

fn purpose_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ThisHost => "the machine of the server itself",
        Purpose::Private => "in a private network",
        Purpose::LinkLocal => "in the network of the same wire, where clouds have their metadata",
        Purpose::Metadata => "the metadata of a cloud",
        Purpose::Protocols => "in a network for protocols of the internet",
        Purpose::Documentation => "in a network for documentation and measurements",
        Purpose::Multicast => "an address of many at once",
        Purpose::Reserved => "in a network that is reserved",
    }
}

fn certificate_fault(fault: &CertificateFault) -> String {
    match fault {
        CertificateFault::Expired => "it has expired".to_owned(),
        CertificateFault::NotValidYet => "it is not valid yet".to_owned(),
        CertificateFault::OtherName => "it is for other names".to_owned(),
        CertificateFault::UnknownIssuer => "nobody whom this machine trusts has signed it".to_owned(),
        CertificateFault::Revoked => "it was revoked".to_owned(),
        CertificateFault::Other(said) => said.clone(),
    }
}

/// How a field of a check is wrong, as the end of a sentence. Other fields are named as `named` says.
pub fn http_fault(fault: &HttpFault, named: &dyn Fn(&str) -> String) -> String {
    match fault {
        HttpFault::NoUrl => "must begin with http:// or https:// and have no blanks".to_owned(),
        HttpFault::NoHeader { name } => format!("must have names as HTTP has them; {name:?} is none"),
        HttpFault::NoStatus => "must be 100 to 599, or a range such as 200-299".to_owned(),
        HttpFault::NoPattern => "must be a regular expression, and not a huge one".to_owned(),
        HttpFault::NoJsonPath { path } => format!("must be a JSON path such as $.status, and is {path:?}"),
        HttpFault::NoBody => "must not be HEAD: its answer has no body to look at".to_owned(),
        HttpFault::Latency => "must be 1ms to 60s".to_owned(),
        HttpFault::NotShorter => format!("must be shorter than its {}", named("within")),
    }
}
