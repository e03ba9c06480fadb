//! Servers to talk to: raw ones, and one with TLS and HTTP/2 behind a relay that can fall silent.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Response,
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Answers every request on every connection with these bytes, and closes. Gives its URL and what it reads.
pub(super) async fn raw(answer: Vec<u8>) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path", listener.local_addr().unwrap());
    let (heads, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let _ = heads.send(String::from_utf8_lossy(&head[..read]).into_owned());
            let _ = stream.write_all(&answer).await;
        }
    });
    (url, seen)
}

/// A certificate and its key, as PEM.
pub(super) struct Pem {
    pub(super) pem: String,
    pub(super) key: String,
}

/// Vouches for servers and clients.
pub(super) struct Authority {
    pub(super) pem: String,
    pub(super) key: String,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A new one.
pub(super) fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let key_pem = key.serialize_pem();
    let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
    Authority { pem: issuer.pem(), key: key_pem, issuer }
}

impl Authority {
    /// A certificate for these names.
    pub(super) fn certificate(&self, names: &[&str]) -> Pem {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, names[0]);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pem { pem: certificate.pem(), key: key.serialize_pem() }
    }

    /// TLS of a server that offers these protocols, in order.
    pub(super) fn acceptor(&self, ask_for_certificate: bool, protocols: &[&str]) -> TlsAcceptor {
        let Pem { pem, key } = self.certificate(&["localhost", "api.acme.example"]);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
        let builder = if ask_for_certificate {
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
        let mut config = builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A server with TLS. In front of it a relay.
#[derive(Clone)]
pub(super) struct Encrypted {
    pub(super) url: String,
    opened: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
    /// A switch for each connection.
    silences: Arc<Mutex<Vec<watch::Sender<bool>>>>,
}

impl Encrypted {
    /// One of HTTP/2, which answers `/hang` never and all else with `ok`.
    pub(super) async fn start(authority: &Authority, ask_for_certificate: bool) -> Self {
        let acceptor = authority.acceptor(ask_for_certificate, &["h2", "http/1.1"]);
        Encrypted::with(acceptor, |stream| async {
            let service = service_fn(answer);
            let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        })
        .await
    }

    /// One that offers these protocols, and answers with what it got.
    pub(super) async fn echoing(authority: &Authority, protocols: &[&str]) -> Self {
        Encrypted::with(authority.acceptor(false, protocols), |stream| async {
            let service = service_fn(echo);
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            } else {
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        })
        .await
    }

    /// One that does this with each connection.
    pub(super) async fn with<F: Future<Output = ()> + Send + 'static>(
        acceptor: TlsAcceptor,
        serve: impl Fn(TlsStream<TcpStream>) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, serve) = (listener.local_addr().unwrap(), Arc::new(serve));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, serve) = (acceptor.clone(), serve.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream).await;
                    }
                });
            }
        });
        Encrypted::relay(address).await
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        self.url.replace("https://localhost", "127.0.0.1")
    }

    async fn relay(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Encrypted {
            url: format!("https://localhost:{}", listener.local_addr().unwrap().port()),
            opened: Arc::default(),
            closed: Arc::default(),
            silences: Arc::default(),
        };
        tokio::spawn({
            let relay = relay.clone();
            async move {
                loop {
                    let (client, _) = listener.accept().await.unwrap();
                    let server = TcpStream::connect(server).await.unwrap();
                    let (switch, silent) = watch::channel(false);
                    relay.silences.lock().unwrap().push(switch);
                    relay.opened.fetch_add(1, Ordering::SeqCst);
                    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                    tokio::spawn(pass_on(from_server, to_client, silent.clone(), Arc::default()));
                    tokio::spawn(pass_on(from_client, to_server, silent, relay.closed.clone()));
                }
            }
        });
        relay
    }

    /// How many connections were made.
    pub(super) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Until the client has closed so many connections.
    pub(super) async fn wait_for_closed(&self, connections: usize) {
        let closed = async {
            while self.closed.load(Ordering::SeqCst) < connections {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(60), closed).await.unwrap();
    }

    /// Nothing comes or goes any more on the connections there are; they stay open.
    pub(super) fn fall_silent(&self) {
        for switch in &*self.silences.lock().unwrap() {
            switch.send_replace(true);
        }
    }
}

/// Passes bytes on, and while silent only waits for the end.
async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, silent: watch::Receiver<bool>, closed: Arc<AtomicUsize>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(_) if *silent.borrow() => {}
            Ok(read) => {
                if to.write_all(&buffer[..read]).await.is_err() {
                    break;
                }
            }
        }
    }
    closed.fetch_add(1, Ordering::SeqCst);
}

async fn answer(request: hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/hang" {
        std::future::pending::<()>().await;
    }
    Ok(Response::new(Full::new(Bytes::from_static(b"ok"))))
}

/// Answers with what it got, and tells which protocol was spoken.
pub(super) async fn echo(request: hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let version = format!("{:?}", request.version());
    let body = request.into_body().collect().await?.to_bytes();
    let mut answer = Response::new(Full::new(body));
    answer.headers_mut().insert("x-version", version.parse().unwrap());
    Ok(answer)
}
