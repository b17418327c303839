//! Where things lie in the data folder. Names that people chose follow rules of ours, so they are safe as file names.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::domain::ids::{ExecutionId, TeamId};

/// The folders of the data folder: the engine fills them, pages read logs in them.
#[derive(Debug, Clone)]
pub struct DataLayout {
    data: PathBuf,
}

impl DataLayout {
    /// Below that data folder, as an absolute path.
    pub fn new(data: &Path) -> std::io::Result<Self> {
        Ok(Self { data: std::path::absolute(data)? })
    }

    /// The data folder itself.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where the folders of executions lie.
    pub fn runs(&self) -> PathBuf {
        self.data.join("runs")
    }

    /// The folder of one attempt: its order, log and exit status.
    pub fn attempt(&self, execution: ExecutionId, task: &str, attempt: u32) -> PathBuf {
        self.data.join("runs").join(execution.to_string()).join(task).join(attempt.to_string())
    }

    /// The log of one attempt.
    pub fn log(&self, execution: ExecutionId, task: &str, attempt: u32) -> PathBuf {
        self.attempt(execution, task, attempt).join("log")
    }

    /// Where scripts run that name no working folder: shared by the tasks of one execution. A task name cannot
    /// begin with a dot, so no attempt's folder is of that name.
    pub fn shared(&self, execution: ExecutionId) -> PathBuf {
        self.data.join("runs").join(execution.to_string()).join(".work")
    }

    /// Where the artefacts of builds lie for later tasks of their execution, which read them. It is no task's either.
    pub fn artefacts(&self, execution: ExecutionId) -> PathBuf {
        self.data.join("runs").join(execution.to_string()).join(".artefacts")
    }

    /// The folder for the temporary files of one attempt. Its path is short, since that of a socket has about 100 bytes.
    pub fn temporary(&self, execution: ExecutionId, task: &str, attempt: u32) -> PathBuf {
        let hash = Sha256::digest(format!("{execution}/{task}/{attempt}"));
        let begin = hash.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        self.temporaries().join(format!("{begin:012x}"))
    }

    /// The folder for what is fetched to compare commits for a task. No attempt has that number.
    pub fn compared(&self, execution: ExecutionId, task: &str) -> PathBuf {
        self.temporary(execution, task, 0)
    }

    /// Where the folders for temporary files lie.
    pub fn temporaries(&self) -> PathBuf {
        self.data.join("tmp")
    }

    /// Where sockets and files lie while hosts are connected by ssh.
    pub fn ssh(&self) -> PathBuf {
        self.data.join("ssh")
    }

    /// Where folders lie that stay from one execution to the next.
    pub fn workspace(&self) -> PathBuf {
        self.data.join("workspace")
    }

    /// Where those of teams lie. The name of a working folder cannot begin with a dot.
    pub fn teams(&self) -> PathBuf {
        self.workspace().join(".teams")
    }

    /// What is that team's: relative working folders are relative to it.
    pub fn team(&self, team: TeamId) -> PathBuf {
        self.teams().join(team.to_string())
    }
}
