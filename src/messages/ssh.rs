//! Sentences about hosts that are reached by ssh, and about keys.

use std::fmt::{self, Display, Formatter};

use super::Locale;
use crate::domain::ssh::{HostNews, KeyFault, ProbeStep, SshFailure};

/// Sentences about hosts that are reached by ssh, and about keys.
pub trait SshSentences {
    /// Why a host could not be worked on, or is lost sight of.
    fn ssh_failure(&self, failure: &SshFailure) -> String;

    /// Why a text is no private key that can be used.
    fn key_fault(&self, fault: KeyFault) -> &'static str;

    /// The name of a step of a probe.
    fn probe_step(&self, step: ProbeStep) -> &'static str;

    /// What is new about work on a host, as a line of its log.
    fn host_news(&self, news: &HostNews) -> String;
}

/// As the log of its host has it, which is in English.
impl Display for HostNews {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&Locale::English.sentences().host_news(self))
    }
}
