//! Files that a server gives, read piece by piece as they come.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::{ApiClient, ApiRequest, ClientError};

/// How long a server may send nothing.
const MAX_SILENCE: Duration = Duration::from_mins(1);

/// A file on its way.
#[derive(Debug)]
pub struct FileStream {
    client: ApiClient,
    response: Response,
}

impl ApiClient {
    /// Asks for a file. Asked again while the server is away, for as long as there is patience.
    pub async fn open_file(&self, request: &ApiRequest) -> Result<FileStream, ClientError> {
        let mut waiting = self.patience();
        loop {
            match self.open_once(request).await {
                Err(error) if error.is_passing() => waiting.rest(error).await?,
                answer => return answer,
            }
        }
    }

    async fn open_once(&self, request: &ApiRequest) -> Result<FileStream, ClientError> {
        let response = match timeout(MAX_SILENCE, self.prepared(request).send()).await {
            Ok(sent) => sent.map_err(|problem| self.away(&problem))?,
            Err(_) => return Err(self.silent()),
        };
        if response.status().is_success() {
            return Ok(FileStream { client: self.clone(), response });
        }
        let status = response.status().as_u16();
        let refused = self.answer_of(response).await;
        Err(refused.err().unwrap_or(ClientError::NotTollgate { server: self.server.to_string(), status }))
    }
}

impl FileStream {
    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        match timeout(MAX_SILENCE, self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece.map(|piece| piece.to_vec())),
            Ok(Err(problem)) => Err(self.client.away(&problem)),
            Err(_) => Err(self.client.silent()),
        }
    }
}
