//! A git server over TLS: `git http-backend` behind a certificate of an authority of the tests' own.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use tollgate::executors::Git;
use tollgate::outgoing::HttpClient;

/// The one authority of all these servers, as a file that git reads, and the certificate of each of them.
static IDENTITY: LazyLock<(TempDir, Arc<ServerConfig>)> = LazyLock::new(|| {
    let (mut params, key) = (CertificateParams::new(Vec::new()).unwrap(), KeyPair::generate().unwrap());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("authority.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let own = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], own).unwrap();
    (folder, Arc::new(config))
});

/// A git that trusts these servers, and asks nobody but this machine.
pub fn git() -> Git {
    let here = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
    Git::new(HttpClient::new(here).unwrap()).trusting(IDENTITY.0.path().join("authority.pem"))
}

/// A server with one repository.
pub struct GitServer {
    port: u16,
    root: TempDir,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// `USER:TOKEN`, if it shows the repository to nobody else.
    credential: Option<String>,
}

impl GitServer {
    /// One whose repository has a branch `main` with one file `version`.
    pub fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let server = Self { port: 0, root, state: Arc::default() };
        std::fs::create_dir(server.work()).unwrap();
        server.git(&["init", "--quiet", "--initial-branch=main"]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (project, state) = (server.root.path().to_owned(), Arc::clone(&server.state));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (project, state) = (project.clone(), Arc::clone(&state));
                // A client may go away at any time.
                thread::spawn(move || drop(answer(stream, &project, &state)));
            }
        });
        Self { port, ..server }
    }

    /// The address of its repository.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/web/.git", self.port)
    }

    /// From now on it shows the repository only to whoever has that.
    pub fn wants(&self, credential: &str) {
        self.state.lock().unwrap().credential = Some(credential.to_owned());
    }

    /// The repository's files.
    pub fn work(&self) -> PathBuf {
        self.root.path().join("web")
    }

    /// Makes a commit with that file, and answers its id.
    pub fn commits(&self, file: &str, text: &str) -> String {
        let path = self.work().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", &format!("Set {file} to {}", text.trim())]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Runs git in the repository.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = plain_git()
            .arg("-C")
            .arg(self.work())
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@shop.example"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Git with nothing of this machine's settings.
fn plain_git() -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_DIR");
    command
}

fn answer(stream: TcpStream, project: &Path, state: &Mutex<State>) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(&IDENTITY.1)).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let head = head(&mut stream)?;
    let mut lines = head.lines();
    let request = lines.next().unwrap_or_default().to_owned();
    let headers: HashMap<String, &str> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value)).collect();
    let header = |name: &str| headers.get(name).copied().unwrap_or_default();
    let body = body(&mut stream, header("content-length"), header("transfer-encoding"))?;
    let wanted = state.lock().unwrap().credential.clone();
    let given =
        wanted.as_ref().is_none_or(|wanted| header("authorization") == format!("Basic {}", STANDARD.encode(wanted)));
    if !given {
        let head = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n";
        return write!(stream, "{head}Content-Length: 0\r\nConnection: close\r\n\r\n").and_then(|()| finish(stream));
    }
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut backend = plain_git()
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", project)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = backend.stdin.take().unwrap();
    let feeding = thread::spawn(move || drop(input.write_all(&body)));
    let output = backend.wait_with_output()?.stdout;
    feeding.join().unwrap();
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(output.len().saturating_sub(4));
    let own = String::from_utf8_lossy(&output[..end]).into_owned();
    let status = own.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let rest: Vec<&str> = own.lines().filter(|line| !line.starts_with("Status: ")).collect();
    let content = &output[(end + 4).min(output.len())..];
    let head = format!("HTTP/1.1 {status}\r\n{}\r\nContent-Length: {}\r\n", rest.join("\r\n"), content.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    stream.write_all(content)?;
    finish(stream)
}

fn finish(mut stream: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    stream.conn.send_close_notify();
    stream.flush()
}

fn head(stream: &mut impl Read) -> io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn body(stream: &mut impl Read, length: &str, encoding: &str) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if encoding != "chunked" {
        body.resize(length.parse().unwrap_or_default(), 0);
        stream.read_exact(&mut body)?;
        return Ok(body);
    }
    loop {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\r\n") {
            stream.read_exact(&mut byte)?;
            line.push(byte[0]);
        }
        let size = usize::from_str_radix(String::from_utf8_lossy(&line).trim(), 16).unwrap_or_default();
        let mut chunk = vec![0; size + 2];
        stream.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}
