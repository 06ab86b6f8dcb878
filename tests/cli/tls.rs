//! A host that speaks TLS, and the commands that check whom they speak to.

use super::first_start::{program, serve};
use crate::harness::{TestDatabase, wait_until};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use std::path::{Path, PathBuf};
use std::process::Output;

/// An authority of the test's own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Writes a certificate for 127.0.0.1 and its key.
fn certify(authority: &CertifiedIssuer<'static, KeyPair>, cert: &Path, key: &Path) {
    let own = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let signed = params.signed_by(&own, authority).unwrap();
    std::fs::write(cert, signed.pem()).unwrap();
    std::fs::write(key, own.serialize_pem()).unwrap();
}

struct Files {
    cert: PathBuf,
    key: PathBuf,
    ca: PathBuf,
    other_ca: PathBuf,
}

impl Files {
    fn below(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        Self {
            cert: at("cert.pem"),
            key: at("key.pem"),
            ca: at("ca.pem"),
            other_ca: at("other-ca.pem"),
        }
    }
}

async fn ask(folder: &Path, url: &str, ca: &Path) -> Output {
    let mut command = program(&folder.join("of-host"));
    command.args(["key", "ls", "--url", url, "--ca"]).arg(ca);
    command.output().await.unwrap()
}

#[tokio::test]
async fn a_host_with_a_certificate_speaks_tls_and_takes_a_new_one_without_a_restart() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let files = Files::below(folder.path());
    let (first, second) = (authority(), authority());
    std::fs::write(&files.ca, first.pem()).unwrap();
    std::fs::write(&files.other_ca, second.pem()).unwrap();
    certify(&first, &files.cert, &files.key);
    let [cert, key] = [&files.cert, &files.key].map(|path| path.to_str().unwrap());
    let more = ["--tls-cert", cert, "--tls-key", key];
    let host = serve(&database, folder.path(), &more).await;
    assert!(host.url.starts_with("https://127.0.0.1:"), "{}", host.url);

    let trusted = ask(folder.path(), &host.url, &files.ca).await;
    assert!(trusted.status.success(), "{trusted:?}");
    let foreign = ask(folder.path(), &host.url, &files.other_ca).await;
    assert_eq!(foreign.status.code(), Some(5), "{foreign:?}");
    let plain = host.url.replace("https", "http");
    let plain = ask(folder.path(), &plain, &files.ca).await;
    assert_eq!(plain.status.code(), Some(5), "{plain:?}");

    // A broken file changes nothing; a good one is shown to the next connection.
    std::fs::write(&files.cert, "no certificate").unwrap();
    host.hang_up();
    let trusted = ask(folder.path(), &host.url, &files.ca).await;
    assert!(trusted.status.success(), "{trusted:?}");
    certify(&second, &files.cert, &files.key);
    host.hang_up();
    wait_until("the new certificate is shown", async || {
        let asked = ask(folder.path(), &host.url, &files.other_ca).await;
        asked.status.success().then_some(())
    })
    .await;
    host.stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::below(folder.path());
    let authority = authority();
    certify(&authority, &files.cert, &files.key);
    let other = KeyPair::generate().unwrap();
    std::fs::write(&files.other_ca, other.serialize_pem()).unwrap();
    for (cert, key, why) in [
        (&files.key, &files.key, "contains no certificate"),
        (&files.ca, &files.key, "cannot be read as PEM"),
        (&files.cert, &files.other_ca, "cannot be used together"),
    ] {
        let mut command = program(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0", "--tls-cert"]);
        let refused = command
            .arg(cert)
            .arg("--tls-key")
            .arg(key)
            .output()
            .await
            .unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && told.contains(why), "{told}");
    }
}
