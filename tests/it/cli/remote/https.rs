//! A server behind a proxy that takes TLS off, with a certificate of an authority of one's own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tollgate::domain::tokens::TokenScope;

use super::{Machine, answer, token};
use crate::db::Db;
use crate::web::app::TestApp;

on_both!(a_server_is_asked_over_https_where_its_certificate_is_good_and_only_there);

const STEPS: &str = "name: steps\nphases:\n  - name: Work\n    tasks: [{name: work, script: 'echo over tls'}]\n";

/// What a proxy has, and the authority that it is known by.
struct Identity {
    config: ServerConfig,
    authority: String,
}

/// A certificate for that name, signed by an authority of its own.
fn identity(name: &str) -> Identity {
    let (mut params, key) = (CertificateParams::new(Vec::new()).unwrap(), KeyPair::generate().unwrap());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let own = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], own).unwrap();
    Identity { config, authority }
}

/// The proxy.
struct TlsProxy {
    port: u16,
    task: JoinHandle<()>,
}

impl TlsProxy {
    async fn before(server: SocketAddr, config: ServerConfig) -> Self {
        let (listener, acceptor) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TlsAcceptor::from(Arc::new(config)));
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let (Ok(mut client), Ok(mut server)) =
                        (acceptor.accept(stream).await, TcpStream::connect(server).await)
                    else {
                        return;
                    };
                    // Either may go away at any time.
                    drop(copy_bidirectional(&mut client, &mut server).await);
                });
            }
        });
        Self { port, task }
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn a_server_is_asked_over_https_where_its_certificate_is_good_and_only_there(db: Db) {
    let app = TestApp::start(&db).await;
    let Identity { config, authority } = identity("localhost");
    let proxy = TlsProxy::before(app.address, config).await;
    let key = token(&app, "operator", &[TokenScope::Operate]).await;
    let machine = Machine::new(format!("https://localhost:{}", proxy.port), key.clone());
    let trusted: PathBuf = machine.home.path().join("authority.pem");
    std::fs::write(&trusted, authority).unwrap();
    let asked = async |machine: &Machine, arguments: &[&str], input: &str| {
        let mut command = machine.command(arguments);
        command.env("SSL_CERT_FILE", &trusted);
        answer(command, input).await
    };
    // Whoever does not know the authority sends nothing, and does not try again.
    let unknown = machine.run(&["release", "list"]).await;
    unknown.fails("cannot be reached");
    assert!(!unknown.err.contains("trying again"), "{}", unknown.err);
    let elsewhere = Machine::new(format!("https://127.0.0.1:{}", proxy.port), key);
    let other_name = asked(&elsewhere, &["release", "list"], "").await;
    other_name.fails("cannot be reached");
    assert!(!other_name.err.contains("trying again"), "{}", other_name.err);

    asked(&machine, &["release", "apply", "-f", "-"], STEPS).await.succeeds("created");
    let waited = asked(&machine, &["release", "execute", "steps", "--wait"], "").await;
    waited.succeeds("work#1 | over tls");
    asked(&machine, &["release", "list"], "").await.succeeds("steps");
    app.stops().await;
}
