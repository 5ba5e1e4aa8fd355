//! A Redis that is reached over TLS.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, UnixStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::{
    check::check_with,
    fleet::{Fleet, PLENTY},
    gateway::temporary_file,
    redis::Redis,
};

/// Speaks TLS before this Redis. Returns where, and the file of the certificate that it shows.
async fn encrypted(redis: PathBuf) -> (SocketAddr, PathBuf) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            let (acceptor, redis) = (acceptor.clone(), redis.clone());
            tokio::spawn(async move {
                // Whoever does not trust the certificate leaves.
                if let (Ok(mut caller), Ok(mut redis)) =
                    (acceptor.accept(caller).await, UnixStream::connect(redis).await)
                {
                    let _ = copy_bidirectional(&mut caller, &mut redis).await;
                }
            });
        }
    });
    (address, temporary_file("authority.pem", &cert.pem()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_certificate_that_is_trusted_is_asked_for() {
    let redis = Redis::start();
    let (address, certificate) = encrypted(redis.socket()).await;
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let url = |scheme| format!("{scheme}://localhost:{}", address.port());
    let configuration = |scheme| fleet.configuration.replace(&redis.url(), &url(scheme));
    let trusted = [("SSL_CERT_FILE", certificate.to_str().unwrap())];
    let CertifiedKey { cert: other, .. } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = temporary_file("other.pem", &other.pem());
    for (scheme, trusted, works) in [
        ("rediss", trusted, true),
        ("rediss", [("SSL_CERT_FILE", other.to_str().unwrap())], false),
        ("redis", trusted, false),
    ] {
        let (is_well, said) = check_with(&configuration(scheme), trusted);
        assert_eq!((is_well, said.contains("redis: works")), (works, works), "{scheme}: {said}");
        assert_ne!(said.contains("redis.url: "), works, "{scheme}: {said}");
    }
}
