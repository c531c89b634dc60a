//! Key logs as programs write them.

use rdptrace::internal::{capture::learn_keys, flow::KeyLog};

const RANDOM: [u8; 32] = [0xab; 32];

#[test]
fn the_secrets_of_a_session_are_found_by_its_random() {
    let random = "ab".repeat(32);
    let log = format!(
        "# TLS secrets log\r\n\
         CLIENT_HANDSHAKE_TRAFFIC_SECRET {random} {}\r\n\
         SERVER_HANDSHAKE_TRAFFIC_SECRET {random} {}\n\
         CLIENT_TRAFFIC_SECRET_0 {random} {}\n\
         SERVER_TRAFFIC_SECRET_0 {random} {}\n\
         EXPORTER_SECRET {random} {}\n\
         RSA 0011223344556677 {}\n\
         RSA Session-ID:00 Master-Key:00\n\
         \n\
         CLIENT_RANDOM {} {}",
        "01".repeat(32),
        "02".repeat(48),
        "03".repeat(32),
        "04".repeat(32),
        "05".repeat(32),
        "06".repeat(48),
        "AB".repeat(32),
        "07".repeat(48),
    );
    let mut keys = KeyLog::default();
    assert_eq!(learn_keys(log.as_bytes(), &mut keys), 5);
    let secrets = keys.of(&RANDOM).expect("secrets");
    let all = [
        (&secrets.client_handshake, vec![1; 32]),
        (&secrets.server_handshake, vec![2; 48]),
        (&secrets.client_traffic, vec![3; 32]),
        (&secrets.server_traffic, vec![4; 32]),
        (&secrets.master, vec![7; 48]),
    ];
    for (secret, expected) in all {
        assert_eq!(secret.as_ref().expect("a secret").as_slice(), expected);
    }
}

#[test]
fn lines_that_are_no_secrets_are_passed_over() {
    for line in [
        "CLIENT_RANDOM".to_owned(),
        format!("CLIENT_RANDOM {} ", "ab".repeat(32)),
        format!("CLIENT_RANDOM {} {}", "ab".repeat(31), "cd".repeat(48)),
        format!("CLIENT_RANDOM {} {}", "xy".repeat(32), "cd".repeat(48)),
        format!("CLIENT_RANDOM {} {}", "ab".repeat(32), "c".repeat(95)),
        format!("CLIENT_RANDOM {} {}", "ab".repeat(32), "cd".repeat(65)),
        "\u{feff}".to_owned(),
    ] {
        let mut keys = KeyLog::default();
        assert_eq!(learn_keys(line.as_bytes(), &mut keys), 0, "{line}");
        assert!(keys.is_empty());
    }
}
