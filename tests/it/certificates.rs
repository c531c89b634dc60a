//! Certificates as evidence: names, usages, keys, trust.

use md5::{Digest as _, Md5};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType, SignatureAlgorithm,
};
use rdptrace::{
    internal::certificate::{Expectation, Roots, channel_bindings, evidence},
    report::{Certificate, Timestamp, Trust},
};
use sha2::{Sha256, Sha384};
use time::Duration;

use crate::demo::pipe::NOW;

const REMOTE_DESKTOP: [u64; 10] = [1, 3, 6, 1, 4, 1, 311, 54, 1, 2];

/// A leaf with this common name and these alternative names.
fn leaf(common: &str, names: Vec<SanType>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common);
    params.subject_alt_names = names;
    params.not_before = NOW - Duration::days(10);
    params.not_after = NOW + Duration::days(90);
    params
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().expect("a name"))
}

fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).expect("a key")
}

fn self_signed(params: &CertificateParams, algorithm: &'static SignatureAlgorithm) -> Vec<u8> {
    params.self_signed(&key(algorithm)).expect("a certificate").der().to_vec()
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = leaf(name, Vec::new());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key(&rcgen::PKCS_ECDSA_P256_SHA256)).expect("an authority")
}

fn issued(params: &CertificateParams, authority: &CertifiedIssuer<'_, KeyPair>) -> Vec<u8> {
    params.signed_by(&key(&rcgen::PKCS_ECDSA_P256_SHA256), authority).expect("a certificate").der().to_vec()
}

fn read(chain: &[Vec<u8>], name: &str, roots: &[Vec<u8>]) -> Certificate {
    let roots = Roots::new(Ok(roots.iter().map(|der| der.clone().into()).collect()));
    let expectation = Expectation { name, now: Timestamp(NOW), roots: &roots, pin: None };
    evidence(chain, &expectation).expect("a certificate")
}

#[test]
fn names_match_as_clients_match_them() {
    let cases: &[(&[&str], &str, bool)] = &[
        (&["rdsh01.corp.example"], "rdsh01.corp.example", true),
        (&["RDSH01.corp.example"], "rdsh01.CORP.example.", true),
        (&["*.corp.example"], "rdsh01.corp.example", true),
        (&["*.corp.example"], "corp.example", false),
        (&["*.corp.example"], "a.rdsh01.corp.example", false),
        (&["other.example", "rdsh01.corp.example"], "rdsh01.corp.example", true),
        (&["rdsh01.corp.example"], "rdsh01", false),
    ];
    for (names, used, matches) in cases {
        let params = leaf("rdsh01", names.iter().map(|name| dns(name)).collect());
        let der = self_signed(&params, &rcgen::PKCS_ECDSA_P256_SHA256);
        assert_eq!(read(&[der], used, &[]).name_matches, *matches, "{names:?} {used}");
    }
}

#[test]
fn the_common_name_counts_only_without_alternative_names() {
    let only_common = self_signed(&leaf("rdsh01", Vec::new()), &rcgen::PKCS_ECDSA_P256_SHA256);
    assert!(read(&[only_common], "rdsh01", &[]).name_matches);
    let both = self_signed(&leaf("rdsh01", vec![dns("other.example")]), &rcgen::PKCS_ECDSA_P256_SHA256);
    assert!(!read(&[both], "rdsh01", &[]).name_matches);
}

#[test]
fn an_address_matches_only_an_address() {
    let params = leaf("rdsh01", vec![SanType::IpAddress([10, 20, 0, 15].into()), dns("rdsh01")]);
    let der = self_signed(&params, &rcgen::PKCS_ECDSA_P256_SHA256);
    assert!(read(std::slice::from_ref(&der), "10.20.0.15", &[]).name_matches);
    assert!(!read(&[der], "10.20.0.16", &[]).name_matches);
}

#[test]
fn trust_is_decided_by_the_anchors() {
    let (ours, other) = (authority("corp root"), authority("other root"));
    let chain = [issued(&leaf("rdsh01", vec![dns("rdsh01")]), &ours)];
    let root = |authority: &CertifiedIssuer<'_, KeyPair>| authority.der().to_vec();
    assert_eq!(read(&chain, "rdsh01", &[root(&ours)]).trust, Trust::Trusted);
    assert_eq!(read(&chain, "rdsh01", &[root(&other)]).trust, Trust::UnknownIssuer);
    assert_eq!(read(&chain, "rdsh01", &[]).trust, Trust::UnknownIssuer);
    let own = [self_signed(&leaf("rdsh01", vec![dns("rdsh01")]), &rcgen::PKCS_ECDSA_P256_SHA256)];
    assert_eq!(read(&own, "rdsh01", &[root(&ours)]).trust, Trust::SelfSigned);
    assert_eq!(read(&own, "rdsh01", &own).trust, Trust::Trusted);
}

/// Expired and untrusted are two findings: an expired chain of a known issuer is still the issuer's.
#[test]
fn an_expired_chain_of_a_trusted_root_is_trusted() {
    let ours = authority("corp root");
    let mut params = leaf("rdsh01", vec![dns("rdsh01")]);
    params.not_after = NOW - Duration::days(1);
    let served = read(&[issued(&params, &ours)], "rdsh01", &[ours.der().to_vec()]);
    assert_eq!(served.trust, Trust::Trusted);
    assert!(served.not_after < Timestamp(NOW));
}

#[test]
fn either_usage_serves_and_no_other_does() {
    let ours = authority("corp root");
    let roots = [ours.der().to_vec()];
    let usage = |usages: Vec<ExtendedKeyUsagePurpose>| {
        let mut params = leaf("rdsh01", vec![dns("rdsh01")]);
        params.extended_key_usages = usages;
        let served = read(&[issued(&params, &ours)], "rdsh01", &roots);
        (served.usage.server_authentication, served.usage.remote_desktop, served.trust)
    };
    let remote_desktop = || ExtendedKeyUsagePurpose::Other(REMOTE_DESKTOP.to_vec());
    assert_eq!(usage(vec![]), (true, true, Trust::Trusted));
    assert_eq!(usage(vec![ExtendedKeyUsagePurpose::ServerAuth]), (true, false, Trust::Trusted));
    assert_eq!(usage(vec![remote_desktop()]), (false, true, Trust::Trusted));
    let (server, desktop, trust) = usage(vec![ExtendedKeyUsagePurpose::ClientAuth]);
    assert_eq!((server, desktop, trust), (false, false, Trust::Trusted));
}

#[test]
fn keys_and_signatures_have_names_and_sizes() {
    let cases: &[(&'static SignatureAlgorithm, &str, u32, Option<&str>)] = &[
        (&rcgen::PKCS_ECDSA_P256_SHA256, "EC", 256, Some("SHA-256")),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "EC", 384, Some("SHA-384")),
        (&rcgen::PKCS_ED25519, "Ed25519", 256, None),
    ];
    for (algorithm, name, bits, digest) in cases {
        let served = read(&[self_signed(&leaf("rdsh01", Vec::new()), algorithm)], "rdsh01", &[]);
        assert_eq!((served.key.algorithm.as_str(), served.key.bits), (*name, Some(*bits)));
        assert_eq!(served.signature.digest.as_deref(), *digest);
        assert!(served.self_signed);
    }
    let served = read(&[self_signed(&leaf("rdsh01", Vec::new()), &rcgen::PKCS_ED25519)], "rdsh01", &[]);
    assert_eq!(served.signature.bits, 512, "64 bytes (RFC 8032)");
}

/// Of the names of subject and issuer alone anybody can make the same.
#[test]
fn who_is_named_as_issuer_has_not_signed_with_another_key() {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519] {
        let mut der = self_signed(&leaf("rdsh01", Vec::new()), algorithm);
        assert!(read(std::slice::from_ref(&der), "rdsh01", &[]).self_signed);
        *der.last_mut().expect("a signature") ^= 1;
        let served = read(&[der], "rdsh01", &[]);
        assert_eq!((served.subject == served.issuer, served.self_signed), (true, false), "{algorithm:?}");
    }
}

type Hash = fn(&[u8]) -> Vec<u8>;

/// By the hash of the signature, and by SHA-256 if it has none of its own (RFC 5929 4.1); in MD5 as NTLM carries it.
#[test]
fn a_connection_is_bound_to_a_certificate_by_the_hash_of_its_signature() {
    let cases: [(&'static SignatureAlgorithm, Hash); 3] = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, |der| Sha256::digest(der).to_vec()),
        (&rcgen::PKCS_ECDSA_P384_SHA384, |der| Sha384::digest(der).to_vec()),
        (&rcgen::PKCS_ED25519, |der| Sha256::digest(der).to_vec()),
    ];
    for (algorithm, hash) in cases {
        let der = self_signed(&leaf("gw01", Vec::new()), algorithm);
        let bound = [&b"tls-server-end-point:"[..], &hash(&der)].concat();
        let length = u32::try_from(bound.len()).expect("it is short").to_le_bytes();
        let expected = Md5::digest([&[0; 16][..], &length, &bound].concat());
        assert_eq!(channel_bindings(&der)[..], expected[..], "{algorithm:?}");
    }
}

#[test]
fn a_chain_is_kept_as_served() {
    let ours = authority("corp root");
    let chain = [issued(&leaf("rdsh01", vec![dns("rdsh01")]), &ours), ours.der().to_vec(), vec![0x30, 0]];
    let served = read(&chain, "rdsh01", &[]);
    assert_eq!(served.issuer, "CN=corp root");
    assert!(!served.self_signed);
    let subjects: Vec<Option<&str>> = served.chain.iter().map(|member| member.subject.as_deref()).collect();
    assert_eq!(subjects, [Some("CN=corp root"), None]);
}

/// A store that is empty trusts nobody; of one that cannot be read nothing is known.
#[test]
fn without_roots_trust_is_not_checked_and_why_is_told() {
    let ours = authority("corp root");
    let chain = [issued(&leaf("rdsh01", vec![dns("rdsh01")]), &ours)];
    let unreadable = Roots::new(Err("the store is locked".to_owned()));
    let judged = |roots: &Roots<'_>| {
        let expectation = Expectation { name: "rdsh01", now: Timestamp(NOW), roots, pin: None };
        let seen = evidence(&chain, &expectation).expect("a certificate");
        (seen.trust, seen.trust_detail)
    };
    assert_eq!(judged(&unreadable), (Trust::NotChecked, Some("the store is locked".to_owned())));
    assert_eq!(judged(&Roots::lazy(vec![ours.der().clone()], None)), (Trust::Trusted, None));
    assert_eq!(judged(&Roots::new(Ok(Vec::new()))).0, Trust::UnknownIssuer);
}
