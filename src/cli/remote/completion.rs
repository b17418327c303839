//! `tollgate completion`: what a shell reads to complete commands and options.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

/// Write the completion of commands for a shell to standard output.
#[derive(Debug, Args)]
pub struct Completion {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completion {
    /// Writes it.
    pub fn run(&self, mut command: Command) {
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        tell!("{}", String::from_utf8_lossy(&script).trim_end());
    }
}
