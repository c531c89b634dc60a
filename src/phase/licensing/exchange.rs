//! The license exchange as the policy allows it (MS-RDPELE 1.3.1, 3.2.5).
//!
//! Ending at the license request or the platform challenge is our choice, so the outcome is `stopped`: exit code 0 at
//! the default depth, 3 if licensing was asked for.

use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::Licensing;
use crate::{
    codes,
    pdu::{
        connect_initial::CLIENT_NAME,
        license::{self, EncryptedLicense, ErrorAlert, LicensePdu, LicenseRequest, PlatformChallenge},
        license_exchange::ClientLicense,
        rsa::RsaPublicKey,
        server_certificate::ServerCertificate,
    },
    phase::{Step, ending},
    random::random,
    report::{Failure, FailureKind, LicenseCertificate, LicensingEvidence, LicensingOutcome, Timestamp},
    settings::LicensePolicy,
};

/// What to do after a license PDU.
pub(super) enum Next {
    /// Send this frame and wait for the answer.
    Send(Vec<u8>),
    /// The exchange has ended.
    Done(Step<()>),
}

/// The client's side of one license exchange.
pub(super) struct Exchange {
    licensing: Licensing,
    /// The key of SC_SECURITY, for a request without a certificate.
    fallback_key: Option<RsaPublicKey>,
    client: Option<ClientLicense>,
}

impl Exchange {
    /// An exchange in which nothing was said yet.
    pub(super) fn new(licensing: Licensing, fallback_key: Option<RsaPublicKey>) -> Self {
        Self { licensing, fallback_key, client: None }
    }

    /// Takes a license PDU with its security header.
    ///
    /// # Errors
    /// `license_error` for an error alert, `malformed` for what cannot be read or decrypted.
    pub(super) fn take(
        &mut self,
        user_data: &[u8],
        evidence: &mut LicensingEvidence,
    ) -> Result<Next, Failure> {
        match read_pdu(user_data, evidence)? {
            LicensePdu::Request(request) => self.request(&request),
            LicensePdu::Challenge(challenge) => self.challenge(&challenge),
            LicensePdu::NewLicense(license) => self.license(&license, LicensingOutcome::NewLicense, evidence),
            LicensePdu::UpgradeLicense(license) => {
                self.license(&license, LicensingOutcome::Upgrade, evidence)
            }
            // Any other code is a failure, and so is an unknown type.
            LicensePdu::ErrorAlert(_) | LicensePdu::Unknown { .. } => Ok(Next::Done(Step::Passed(()))),
        }
    }

    fn request(&mut self, request: &LicenseRequest) -> Result<Next, Failure> {
        if self.licensing.policy == LicensePolicy::Stop {
            return Ok(Next::Done(Step::Stopped(
                "the license exchange ends at the server's request, as asked".into(),
            )));
        }
        let Ok(client) = ClientLicense::new(request, self.fallback_key.as_ref(), random(), random()) else {
            let reason = "the license request carries no key that could encrypt an answer";
            return Ok(Next::Done(Step::Stopped(reason.into())));
        };
        let answer = client.new_license_request(CLIENT_NAME, CLIENT_NAME);
        self.client = Some(client);
        Ok(Next::Send(self.licensing.frame(&answer)))
    }

    fn challenge(&self, challenge: &PlatformChallenge) -> Result<Next, Failure> {
        let client = self.keys("a platform challenge")?;
        let plain =
            client.read_challenge(challenge).map_err(|error| unreadable("the platform challenge", &error))?;
        if self.licensing.policy != LicensePolicy::Complete {
            let reason = "the license exchange ends at the platform challenge, so that no license is issued";
            return Ok(Next::Done(Step::Stopped(reason.into())));
        }
        Ok(Next::Send(self.licensing.frame(&client.challenge_response(&plain, self.licensing.hardware_id))))
    }

    fn license(
        &self,
        license: &EncryptedLicense,
        outcome: LicensingOutcome,
        evidence: &mut LicensingEvidence,
    ) -> Result<Next, Failure> {
        let client = self.keys("a license")?;
        let issued = client.read_license(license).map_err(|error| unreadable("the license", &error))?;
        evidence.outcome = Some(outcome);
        evidence.product = Some(issued.product);
        evidence.version = Some(issued.version);
        evidence.company = Some(issued.company);
        evidence.scope = Some(issued.scope);
        Ok(Next::Done(Step::Passed(())))
    }

    fn keys(&self, what: &str) -> Result<&ClientLicense, Failure> {
        let detail = format!("{what} came without a license request before it");
        self.client.as_ref().ok_or_else(|| Failure::new(FailureKind::Malformed, detail))
    }
}

fn unreadable(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("{what} cannot be decrypted: {error}"))
}

/// What a license PDU says as it crosses; what is sealed in it only the client can read.
///
/// # Errors
/// `license_error` for an error alert, `malformed` for what cannot be read.
pub(crate) fn read_pdu(user_data: &[u8], evidence: &mut LicensingEvidence) -> Result<LicensePdu, Failure> {
    let pdu = license::read(user_data)
        .map_err(|error| ending::malformed("the license PDU cannot be read", &error, user_data))?;
    match &pdu {
        LicensePdu::Request(request) => requested(request, evidence),
        LicensePdu::Challenge(_) => evidence.outcome = Some(LicensingOutcome::Challenge),
        LicensePdu::NewLicense(_) | LicensePdu::UpgradeLicense(_) => {}
        LicensePdu::ErrorAlert(alert) => error_alert(alert, evidence)?,
        LicensePdu::Unknown { message_type } => {
            let detail = format!("a license PDU of unknown type {message_type:#04x}");
            return Err(Failure::new(FailureKind::Malformed, detail).with_received(user_data));
        }
    }
    Ok(pdu)
}

fn requested(request: &LicenseRequest, evidence: &mut LicensingEvidence) {
    evidence.outcome = Some(LicensingOutcome::Request);
    evidence.product = Some(request.product.clone());
    evidence.version = Some(request.version);
    evidence.company = Some(request.company.clone());
    evidence.scope = request.scopes.first().cloned();
    evidence.certificate = request.certificate.as_ref().map(certificate);
}

fn error_alert(alert: &ErrorAlert, evidence: &mut LicensingEvidence) -> Result<(), Failure> {
    evidence.error_code = Some(alert.code);
    evidence.error_transition = Some(alert.transition);
    evidence.error_text = alert.text.clone();
    if alert.code == codes::STATUS_VALID_CLIENT {
        evidence.outcome = Some(LicensingOutcome::ValidClient);
        return Ok(());
    }
    evidence.outcome = Some(LicensingOutcome::Error);
    let row = codes::LICENSE_ERROR.find(alert.code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    let detail = format!("the server sent the license error {}: {what}", alert.code);
    Err(Failure::new(FailureKind::LicenseError, detail)
        .with_code(alert.code, codes::LICENSE_ERROR.symbol(alert.code)))
}

fn certificate(certificate: &ServerCertificate) -> LicenseCertificate {
    let bits = certificate.key().and_then(|key| u32::try_from(key.bits()).ok());
    let leaf = match certificate {
        ServerCertificate::X509 { chain, .. } => chain.last(),
        ServerCertificate::Proprietary { .. } => None,
    };
    let parsed = leaf.and_then(|der| X509Certificate::from_der(der).ok()).map(|(_, parsed)| parsed);
    LicenseCertificate {
        kind: if matches!(certificate, ServerCertificate::X509 { .. }) { "x509" } else { "proprietary" }
            .to_owned(),
        bits,
        subject: parsed.as_ref().map(|p| p.subject().to_string()),
        issuer: parsed.as_ref().map(|p| p.issuer().to_string()),
        not_after: parsed.as_ref().map(|p| Timestamp(p.validity().not_after.to_datetime())),
    }
}
