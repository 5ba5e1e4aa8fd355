//! An authority that the gateway is told to trust, and the certificates that a server may show.

use std::{path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::gateway::temporary_file;

/// The one name by which TLS servers are reached.
pub(crate) const HOST: &str = "localhost";

/// Which certificate a server shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    /// One that is in order.
    Good,
    /// One of an authority that nobody knows.
    Unknown,
    /// One for another host.
    OtherHost,
    /// One that was in order once.
    Expired,
}

/// All certificates of a scene.
pub(crate) struct Certificates {
    /// Where the authority's own certificate is, for `SSL_CERT_FILE`.
    pub(crate) authority: PathBuf,
    good: Arc<ServerConfig>,
    unknown: Arc<ServerConfig>,
    other_host: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
}

impl Certificates {
    /// Issues them.
    pub(crate) fn issue() -> Self {
        let (known, authority) = authority("authority of the fault matrix");
        let (stranger, _) = self::authority("authority that nobody knows");
        let now = |host| CertificateParams::new([host].map(str::to_owned)).unwrap();
        let mut expired = now(HOST);
        expired.not_before = date_time_ymd(2020, 1, 1);
        expired.not_after = date_time_ymd(2021, 1, 1);
        Self {
            authority: temporary_file("authority.pem", &authority),
            good: server(&known, now(HOST)),
            unknown: server(&stranger, now(HOST)),
            other_host: server(&known, now("elsewhere.example.com")),
            expired: server(&known, expired),
        }
    }

    /// A server that shows this one.
    pub(crate) fn server(&self, shown: Shown) -> Arc<ServerConfig> {
        Arc::clone(match shown {
            Shown::Good => &self.good,
            Shown::Unknown => &self.unknown,
            Shown::OtherHost => &self.other_host,
            Shown::Expired => &self.expired,
        })
    }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), certificate)
}

fn server(issuer: &Issuer<'static, KeyPair>, params: CertificateParams) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    Arc::new(config.unwrap())
}
