//! The client's side of NTLM and of the delegation, against the specification's values and another implementation.

mod odd_tokens;

use rdptrace::internal::pdu::{
    ntlm::{Fresh, Identity, authenticate, negotiate},
    ts_credentials::ts_credentials,
    ts_request::ts_request,
};
use sspi::{AuthIdentityBuffers, CredentialsBuffers, credssp::read_ts_credentials};

use crate::readers::sample;

/// The account and the random values of MS-NLMP 4.2.1.
fn identity() -> Identity<'static> {
    Identity { user: "User", domain: "Domain", password: "Password", bound: None }
}

fn fresh() -> Fresh {
    Fresh { challenge: [0xAA; 8], session_key: [0x55; 16].into(), time: 0 }
}

#[test]
fn the_proof_of_the_specification() {
    let challenge = sample("ms-nlmp-challenge.hex");
    let negotiate = negotiate("COMPUTER");
    let (message, _) = authenticate(&identity(), &negotiate, &challenge, &fresh()).expect("a proof");
    // LMv2 of MS-NLMP 4.2.4.2.1 has the same key as the rest, and nothing else that could differ.
    let lm = hex::decode("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa").expect("hex");
    assert!(message.windows(lm.len()).any(|window| window == lm), "{}", hex::encode(&message));
}

#[test]
fn a_challenge_that_is_cut_or_altered_makes_no_panic() {
    let token =
        ts_request(&sample("freerdp-challenge.hex")).expect("a TSRequest").nego_token.expect("a token");
    let negotiate = negotiate("COMPUTER");
    let proved = |token: &[u8]| authenticate(&identity(), &negotiate, token, &fresh()).is_ok();
    assert!(proved(&token));
    for length in 0..token.len() {
        proved(&token[..length]);
    }
    for place in 0..token.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut altered = token.clone();
            altered[place] = value;
            proved(&altered);
        }
    }
}

/// A pair of a type that nobody knows goes back as it came, as the specification wants it.
#[test]
fn a_challenge_with_an_unknown_pair_is_answered() {
    let pair = [0x40, 0, 4, 0, 1, 2, 3, 4];
    let mut token =
        b"NTLMSSP\0\x02\0\0\0\0\0\0\0\x30\0\0\0\x01\x82\x80\x40\x01\x02\x03\x04\x05\x06\x07\x08".to_vec();
    token.extend([0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 12, 0, 48, 0, 0, 0]);
    token.extend(pair);
    token.extend([0; 4]);
    let (message, _) = authenticate(&identity(), &negotiate("COMPUTER"), &token, &fresh()).expect("a proof");
    assert!(message.windows(pair.len()).any(|window| window == pair));
}

/// NTLMv2 cannot answer it, and a guess would cost an attempt.
#[test]
fn a_challenge_without_target_information_is_not_answered() {
    let mut token = b"NTLMSSP\0\x02\0\0\0".to_vec();
    token.extend([0; 36]);
    for length in [32, 40, 48] {
        let made = authenticate(&identity(), &negotiate("COMPUTER"), &token[..length], &fresh());
        let why = made.err().expect("no proof").to_string();
        assert!(why.contains("TargetInfo"), "{length}: {why}");
    }
}

/// Whatever its length, sspi reads what is written, and the buffer never grew.
#[test]
fn delegated_credentials_are_read_by_another_implementation() {
    for length in [0, 1, 20, 29, 30, 31, 62, 63, 64, 126, 127, 128, 500, 4096] {
        let password = "\u{20AC}\u{1F511}x".repeat(length / 4) + &"p".repeat(length % 4);
        let bytes = ts_credentials("CORP", "alice", &password);
        assert_eq!(bytes.len(), bytes.capacity(), "{length}");
        let CredentialsBuffers::AuthIdentity(read) = read_ts_credentials(bytes.as_slice()).expect("readable")
        else {
            panic!("no password")
        };
        assert!(read == AuthIdentityBuffers::from_utf8("alice", "CORP", &password), "{length}");
    }
}
