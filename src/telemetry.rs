//! The server's own log, on standard error: standard output belongs to what a subcommand answers.

use std::io;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// It warns of every cookie that we have not signed, of which a stranger can send any number.
const SESSIONS: &str = "actix_session";

/// Begins to log, once for the process.
pub fn begin(config: &LogConfig) -> anyhow::Result<()> {
    let filter = filter(&config.log)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let begun = match config.log_format {
        LogFormat::Text => log.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| anyhow::anyhow!("the log could not begin: {error}"))
}

fn filter(log: &str) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::try_new(log).with_context(|| format!("--log {log:?} is no filter"))?;
    if log.contains(SESSIONS) {
        return Ok(filter);
    }
    Ok(filter.add_directive(format!("{SESSIONS}=error").parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_strangers_are_not_logged_unless_asked_for() {
        assert_eq!(filter("info").unwrap().to_string(), "actix_session=error,info");
        assert_eq!(filter("info,actix_session=debug").unwrap().to_string(), "actix_session=debug,info");
        assert!(filter("info=info=info").is_err());
    }
}
