//! TLS, of whichever kind is built in. Features add up, so more than one may be on: the first of ring, rustls and native-tls is taken.

use std::{fmt, sync::Mutex};

use zeroize::Zeroizing;

pub(super) use self::backend::Tls;
#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
pub(super) use self::backend::{TlsStream, below};
use super::settings::lock;

/// Whether there is any.
pub(super) const BUILT_IN: bool = cfg!(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"));

/// What is said where there is none.
pub(super) const NOT_BUILT_IN: &str =
    "built without TLS: turn on one of the features rustls, rustls-ring and native-tls, or bring a transport";

/// Certificates given by the caller, as PEM. `Debug` counts them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Certificates {
    /// Each one or several, trusted beside the system's.
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) client: Option<ClientCertificate>,
}

/// A certificate with those that vouch for it, and its key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ClientCertificate {
    pub(super) chain: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("roots", &self.roots.len()).field("client", &self.client.is_some()).finish()
    }
}

/// What helps where certificates are the trouble.
#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls", feature = "reqwest"))]
pub(super) const TRUST: &str = "install the system's CA certificates (package ca-certificates), name a bundle in the environment variable SSL_CERT_FILE, \
                                or give the certificate of your own authority with root_certificate";

impl Tls {
    /// The one that is kept, or a new one, which takes long. What went wrong is tried anew: the system's certificates may be there the next time.
    pub(super) fn kept(kept: &Mutex<Option<Tls>>, certificates: &Certificates) -> Result<Tls, String> {
        let mut kept = lock(kept);
        match &*kept {
            Some(tls) => Ok(tls.clone()),
            None => Ok(kept.insert(Tls::new(certificates)?).clone()),
        }
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
mod backend {
    use std::sync::Arc;

    use rustls::{
        ClientConfig, RootCertStore,
        crypto::CryptoProvider,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    };
    use rustls_platform_verifier::Verifier;
    use tokio::io::{AsyncRead, AsyncWrite};
    use tokio_rustls::TlsConnector;

    use super::{super::connect::Protocols, Certificates, TRUST};

    pub(in crate::http) type TlsStream<S> = tokio_rustls::client::TlsStream<S>;

    /// What carries it.
    pub(in crate::http) fn below<S>(stream: &TlsStream<S>) -> &S {
        stream.get_ref().0
    }

    /// Ready for any number of connections; cheap to clone.
    #[derive(Clone)]
    pub(in crate::http) struct Tls {
        any: Arc<ClientConfig>,
        http1: Arc<ClientConfig>,
    }

    impl Tls {
        /// Reads the system's certificates.
        pub(in crate::http) fn new(certificates: &Certificates) -> Result<Self, String> {
            let provider = provider();
            let verifier = Verifier::new_with_extra_roots(roots(certificates)?, provider.clone())
                .map_err(|error| format!("TLS cannot be set up: {error}; {TRUST}"))?;
            let builder = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| format!("TLS cannot be set up: {error}"))?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier));
            let mut config = match &certificates.client {
                None => builder.with_no_client_auth(),
                Some(client) => {
                    let (chain, key) = (pem(&client.chain)?, PrivateKeyDer::from_pem_slice(&client.key).map_err(|error| no_pem(&error))?);
                    builder.with_client_auth_cert(chain, key).map_err(|error| format!("the client certificate cannot be used: {error}"))?
                }
            };
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            let http1 = Arc::new(config.clone());
            config.alpn_protocols.insert(0, b"h2".to_vec());
            Ok(Tls { any: Arc::new(config), http1 })
        }

        /// Encrypts; and whether HTTP/2 is spoken.
        pub(in crate::http) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
            &self,
            host: &str,
            stream: S,
            protocols: Protocols,
        ) -> Result<(TlsStream<S>, bool), String> {
            let config = match protocols {
                Protocols::Any => &self.any,
                Protocols::Http1 => &self.http1,
            };
            let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
            let stream = TlsConnector::from(config.clone()).connect(name, stream).await.map_err(|error| error.to_string())?;
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            Ok((stream, is_http2))
        }

        /// Trusts nobody: for where no connection is encrypted, and the system's certificates need not be read.
        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn unused() -> Result<Self, String> {
            let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
            let builder = builder.map_err(|error| format!("TLS cannot be set up: {error}"))?;
            let config = Arc::new(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
            Ok(Tls { any: config.clone(), http1: config })
        }

        /// Whether what the caller gave can be read.
        pub(in crate::http) fn check(certificates: &Certificates) -> Result<(), String> {
            let mut store = RootCertStore::empty();
            for root in roots(certificates)? {
                store.add(root).map_err(|error| format!("not a root certificate: {error}"))?;
            }
            let Some(client) = &certificates.client else { return Ok(()) };
            let (chain, key) = (pem(&client.chain)?, PrivateKeyDer::from_pem_slice(&client.key).map_err(|error| no_pem(&error))?);
            rustls::sign::CertifiedKey::from_der(chain, key, &provider())
                .map(drop)
                .map_err(|error| format!("the client certificate cannot be used: {error}"))
        }

        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            // Handed over ready-made: without a provider installed in the process, reqwest would panic; and installing one is the program's business.
            builder.tls_backend_preconfigured(ClientConfig::clone(&self.any))
        }
    }

    /// The program's, where it installed one.
    fn provider() -> Arc<CryptoProvider> {
        #[cfg(not(feature = "rustls-ring"))]
        use rustls::crypto::aws_lc_rs::default_provider;
        #[cfg(feature = "rustls-ring")]
        use rustls::crypto::ring::default_provider;
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(default_provider()))
    }

    fn roots(certificates: &Certificates) -> Result<Vec<CertificateDer<'static>>, String> {
        certificates.roots.iter().map(|root| pem(root)).collect::<Result<Vec<_>, _>>().map(|roots| roots.into_iter().flatten().collect())
    }

    fn pem(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
        let certificates = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>().map_err(|error| no_pem(&error))?;
        if certificates.is_empty() {
            Err("no certificate stands in it; PEM is wanted, which begins with -----BEGIN".into())
        } else {
            Ok(certificates)
        }
    }

    /// Without what the error shows: that may be a part of a key.
    fn no_pem(error: &rustls::pki_types::pem::Error) -> String {
        let what = match error {
            rustls::pki_types::pem::Error::NoItemsFound => "nothing of the kind wanted stands in it",
            rustls::pki_types::pem::Error::MissingSectionEnd { .. } => "it is cut off",
            _ => "it cannot be read",
        };
        format!("{what}; PEM is wanted, which begins with -----BEGIN")
    }
}

#[cfg(all(feature = "native-tls", not(any(feature = "rustls", feature = "rustls-ring"))))]
mod backend {
    use std::sync::{Arc, OnceLock};

    use native_tls::{Certificate, Identity, TlsConnector};
    use tokio::io::{AsyncRead, AsyncWrite};

    use super::{super::connect::Protocols, Certificates};

    pub(in crate::http) type TlsStream<S> = tokio_native_tls::TlsStream<S>;

    /// What carries it.
    pub(in crate::http) fn below<S: AsyncRead + AsyncWrite + Unpin>(stream: &TlsStream<S>) -> &S {
        stream.get_ref().get_ref().get_ref()
    }

    /// Ready for any number of connections; cheap to clone.
    #[derive(Clone)]
    pub(in crate::http) struct Tls {
        any: TlsConnector,
        http1: Arc<Http1>,
    }

    /// Only a proxy wants it, so it is made when it is first wanted: each connector reads the system's certificates, which takes long.
    #[derive(Default)]
    struct Http1 {
        certificates: Certificates,
        made: OnceLock<TlsConnector>,
    }

    impl Tls {
        /// Reads the system's certificates.
        pub(in crate::http) fn new(certificates: &Certificates) -> Result<Self, String> {
            let any = connector(certificates, &["h2", "http/1.1"])?;
            Ok(Tls { any, http1: Arc::new(Http1 { certificates: certificates.clone(), made: OnceLock::new() }) })
        }

        /// Encrypts; and whether HTTP/2 is spoken.
        pub(in crate::http) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
            &self,
            host: &str,
            stream: S,
            protocols: Protocols,
        ) -> Result<(TlsStream<S>, bool), String> {
            let connector = match protocols {
                Protocols::Any => &self.any,
                Protocols::Http1 => self.http1.get()?,
            };
            let connector = tokio_native_tls::TlsConnector::from(connector.clone());
            let stream = connector.connect(host, stream).await.map_err(|error| super::super::chain(&error))?;
            let is_http2 = stream.get_ref().negotiated_alpn().is_ok_and(|spoken| spoken.as_deref() == Some(b"h2"));
            Ok((stream, is_http2))
        }

        /// Trusts nobody: for where no connection is encrypted, and the system's certificates need not be read.
        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn unused() -> Result<Self, String> {
            let connector = TlsConnector::builder().disable_built_in_roots(true).build();
            let any = connector.map_err(|error| format!("TLS cannot be set up: {error}"))?;
            Ok(Tls { any, http1: Arc::default() })
        }

        /// Whether what the caller gave can be read.
        pub(in crate::http) fn check(certificates: &Certificates) -> Result<(), String> {
            if *certificates == Certificates::default() { Ok(()) } else { Tls::new(certificates).map(drop) }
        }

        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            builder.tls_backend_preconfigured(self.any.clone())
        }
    }

    impl Http1 {
        fn get(&self) -> Result<&TlsConnector, String> {
            if let Some(made) = self.made.get() {
                return Ok(made);
            }
            let made = connector(&self.certificates, &["http/1.1"])?;
            Ok(self.made.get_or_init(|| made))
        }
    }

    fn connector(certificates: &Certificates, protocols: &[&str]) -> Result<TlsConnector, String> {
        let mut builder = TlsConnector::builder();
        for root in &certificates.roots {
            let several = Certificate::stack_from_pem(root).map_err(|error| format!("not a root certificate: {error}"))?;
            if several.is_empty() {
                return Err("no certificate stands in it; PEM is wanted, which begins with -----BEGIN".into());
            }
            for one in several {
                builder.add_root_certificate(one);
            }
        }
        if let Some(client) = &certificates.client {
            let unusable = |error| format!("the client certificate cannot be used (PEM is wanted, and the key as PKCS #8): {error}");
            builder.identity(Identity::from_pkcs8(&client.chain, &client.key).map_err(unusable)?);
        }
        builder.request_alpns(protocols);
        builder.build().map_err(|error| format!("TLS cannot be set up: {error}"))
    }
}

#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
mod backend {
    use super::{Certificates, NOT_BUILT_IN};

    /// There is none.
    #[derive(Clone)]
    pub(in crate::http) struct Tls;

    impl Tls {
        pub(in crate::http) fn new(_: &Certificates) -> Result<Self, String> {
            Err(NOT_BUILT_IN.into())
        }

        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn unused() -> Result<Self, String> {
            Ok(Tls)
        }

        pub(in crate::http) fn check(certificates: &Certificates) -> Result<(), String> {
            if *certificates == Certificates::default() { Ok(()) } else { Err(NOT_BUILT_IN.into()) }
        }

        #[cfg(feature = "reqwest")]
        pub(in crate::http) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            builder
        }
    }
}
