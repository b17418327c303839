//! Specifications of components: what is to run, as named texts, and the rules of each.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

use super::ssh::HowMany;

/// The longest version of a revision, in characters.
pub const MAX_VERSION_LEN: usize = 64;
/// The most fields of a specification.
pub const MAX_SPECIFICATION_FIELDS: usize = 200;
/// The most bytes of a value that is one line.
pub const MAX_SPECIFICATION_LINE: usize = 16 * 1024;
/// The most bytes of a file.
pub const MAX_SPECIFICATION_FILE: usize = 64 * 1024;
/// The most bytes of all of it.
pub const MAX_SPECIFICATION: usize = 256 * 1024;
/// The most replicas.
pub const MAX_REPLICAS: u32 = 10_000;

/// The fields that stand alone.
const SINGLE: [&str; 4] = ["image", "package", "ports", "replicas"];
/// The fields that are followed by a dot and a name.
const NAMED: [&str; 5] = ["environment", "files", "parameters", "probes", "rollout"];
/// What can be asked of what runs.
const PROBES: [&str; 3] = ["liveness", "readiness", "startup"];
/// How many hosts get it at a time, where it is not what their environment says.
pub const ROLLOUT_BATCH: &str = "rollout.batch";
/// On how many of them it may fail.
pub const ROLLOUT_MAX_FAILED: &str = "rollout.maxFailed";

/// What is to run: values by the names of their fields, such as `image`, `replicas` and `environment.LOG_LEVEL`.
pub type Specification = BTreeMap<String, String>;

/// What is wrong with a field of a specification.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum SpecificationFault {
    /// There is no such field.
    Unknown {
        /// The one that was most likely meant.
        nearest: Option<String>,
    },
    /// No variable, file or parameter can be called so.
    Name,
    /// It has no value.
    Empty,
    /// It is longer than it may be.
    TooLong {
        /// The most bytes.
        most: usize,
    },
    /// It is more than one line, or has control characters.
    SeveralLines,
    /// A zero byte is in it.
    ZeroByte,
    /// It is no number of replicas.
    Replicas,
    /// It is no list of ports.
    Ports,
    /// It is no number of hosts.
    HowMany {
        /// Whether none will do.
        none: bool,
    },
    /// It is to be set and unset.
    SetAndUnset,
    /// There are more fields than there may be.
    TooMany,
    /// All of it together is longer than it may be.
    TooLarge,
}

/// What is wrong with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionFault {
    /// It is empty.
    Empty,
    /// It has too many characters.
    TooLong,
    /// It begins or ends with a blank, or has control characters.
    NoLine,
}

/// What is wrong with a version: it is 1 to 64 characters in one line.
pub fn version_fault(version: &str) -> Option<VersionFault> {
    match version {
        "" => Some(VersionFault::Empty),
        _ if version.chars().count() > MAX_VERSION_LEN => Some(VersionFault::TooLong),
        _ if version.trim() != version || version.chars().any(char::is_control) => Some(VersionFault::NoLine),
        _ => None,
    }
}

/// The version that is offered at that time of a reader's clock: `yyyy.mmdd.hhmms`, the last the ones of the seconds.
pub fn offered_version(at: NaiveDateTime) -> String {
    let (date, time) = (at.date(), at.time());
    let ones = time.second() % 10;
    format!("{}.{:02}{:02}.{:02}{:02}{ones}", date.year(), date.month(), date.day(), time.hour(), time.minute())
}

/// What is wrong with the name of a field, whatever its value is.
pub fn field_fault(field: &str) -> Option<SpecificationFault> {
    if SINGLE.contains(&field) {
        return None;
    }
    let (head, name) = field.split_once('.').unwrap_or((field, ""));
    let good = match head {
        "environment" => is_variable(name),
        "files" => is_path(name),
        "parameters" => super::names::is_valid(name),
        "probes" => PROBES.contains(&name),
        "rollout" => [ROLLOUT_BATCH, ROLLOUT_MAX_FAILED].contains(&field),
        _ => {
            let nearest = super::names::nearest(head, SINGLE.into_iter().chain(NAMED)).map(str::to_owned);
            return Some(SpecificationFault::Unknown { nearest });
        }
    };
    (!good).then_some(SpecificationFault::Name)
}

fn is_variable(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins
        && name.len() <= 128
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with("TOLLGATE_")
}

fn is_path(name: &str) -> bool {
    let parts = || name.trim_start_matches('/').split('/');
    !name.is_empty()
        && name.len() <= 1024
        && !name.chars().any(char::is_control)
        && parts().all(|part| !part.is_empty() && part != "." && part != "..")
}

/// What is wrong with the value of a field. Where references still stand in it, only what no value could mend.
pub fn value_fault(field: &str, value: &str) -> Option<SpecificationFault> {
    let is_file = field.starts_with("files.");
    let most = if is_file { MAX_SPECIFICATION_FILE } else { MAX_SPECIFICATION_LINE };
    if value.len() > most {
        return Some(SpecificationFault::TooLong { most });
    }
    if value.contains('\0') {
        return Some(SpecificationFault::ZeroByte);
    }
    if value.contains("${") {
        return None;
    }
    let is_line = !value.chars().any(char::is_control);
    match field {
        "image" | "package" if value.trim().is_empty() => Some(SpecificationFault::Empty),
        "replicas" if !value.parse().is_ok_and(|count: u32| count <= MAX_REPLICAS) => {
            Some(SpecificationFault::Replicas)
        }
        "ports" if !are_ports(value) => Some(SpecificationFault::Ports),
        _ if field == ROLLOUT_BATCH && !is_how_many(value, false) => Some(SpecificationFault::HowMany { none: false }),
        _ if field == ROLLOUT_MAX_FAILED && !is_how_many(value, true) => {
            Some(SpecificationFault::HowMany { none: true })
        }
        _ if field.starts_with("probes.") && value.trim().is_empty() => Some(SpecificationFault::Empty),
        _ if field.starts_with("probes.") && !is_line => Some(SpecificationFault::SeveralLines),
        "image" | "package" if !is_line => Some(SpecificationFault::SeveralLines),
        _ => None,
    }
}

/// How many hosts; none of them where that may be.
fn is_how_many(text: &str, none: bool) -> bool {
    text.parse().is_ok_and(|many: HowMany| none || many != HowMany::Count(0))
}

/// Ports from 1 to 65535, each once, with blanks or commas between.
fn are_ports(text: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut each = text.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    each.peek().is_some() && each.all(|word| word.parse().is_ok_and(|port: u16| port > 0 && seen.insert(port)))
}

/// Whether two specifications run the same image or package.
pub fn is_same_artefact(one: &Specification, other: &Specification) -> bool {
    ["image", "package"].iter().all(|field| one.get(*field) == other.get(*field))
}

/// Everything that is wrong with a specification, each with its field; with the empty field what is wrong with all of it.
pub fn check_specification(fields: &Specification) -> Vec<(String, SpecificationFault)> {
    let of_field = |(field, value): (&String, &String)| {
        let fault = field_fault(field).or_else(|| value_fault(field, value))?;
        Some((field.clone(), fault))
    };
    let mut faults: Vec<_> = fields.iter().filter_map(of_field).collect();
    if fields.len() > MAX_SPECIFICATION_FIELDS {
        faults.push((String::new(), SpecificationFault::TooMany));
    }
    if fields.iter().map(|(field, value)| field.len() + value.len()).sum::<usize>() > MAX_SPECIFICATION {
        faults.push((String::new(), SpecificationFault::TooLarge));
    }
    faults
}

/// A specification with some fields set and others taken away. What is not named stays as it is.
pub fn updated<'u>(
    base: &Specification,
    set: Specification,
    unset: impl IntoIterator<Item = &'u str>,
) -> Specification {
    let mut after = base.clone();
    for field in unset {
        after.remove(field);
    }
    after.extend(set);
    after
}

/// A field in which two specifications differ.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// Its value before, if it had one.
    pub from: Option<String>,
    /// Its value after, if it has one.
    pub to: Option<String>,
}

/// The fields in which two specifications differ, by name.
pub fn differences(before: &Specification, after: &Specification) -> Vec<FieldChange> {
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |field: &&String| before.get(*field) != after.get(*field);
    let change = |field: &String| FieldChange {
        field: field.clone(),
        from: before.get(field).cloned(),
        to: after.get(field).cloned(),
    };
    fields.into_iter().filter(differs).map(change).collect()
}

#[cfg(test)]
mod tests;
