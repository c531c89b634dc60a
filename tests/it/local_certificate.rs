//! The listener's certificate as the registry keeps it, and who may read its key: whole, damaged and guarded.

use std::{fs, path::Path};

use rdptrace::{
    local::{Recorded, RoleChoice, Value, check},
    report::{CheckStatus, LocalCheck},
};

const BLOB: &str = "Blob";
const KEY_FILE: &str = "listener-certificate-key-file";

fn host(name: &str) -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/hosts/{name}.toml"));
    let mut table: toml::Table = fs::read_to_string(path).expect("a file").parse().expect("TOML");
    table.remove("asked");
    table.try_into().expect("a machine")
}

fn said(machine: &Recorded, code: &str) -> LocalCheck {
    let checks = check(machine, RoleChoice::Host, None).checks;
    checks.into_iter().find(|check| check.code == code).expect("the check is made")
}

/// The key of the registry that holds a certificate, and its bytes.
fn kept(machine: &Recorded) -> (String, Vec<u8>) {
    let found = machine.registry.iter().find_map(|(key, values)| match values.get(BLOB) {
        Some(Value::Binary { binary }) => Some((key.clone(), hex::decode(binary).expect("digits"))),
        _ => None,
    });
    found.expect("the machine keeps a certificate")
}

fn keep(machine: &mut Recorded, key: &str, blob: &[u8]) {
    let value = Value::Binary { binary: hex::encode(blob) };
    machine.registry.entry(key.to_owned()).or_default().insert(BLOB.to_owned(), value);
}

#[test]
fn the_configured_certificate_is_a_fact_to_compare_with_the_wire() {
    let configured = check(&host("windows-host-healthy"), RoleChoice::Host, None).machine;
    assert_eq!(configured.listener_certificate.as_deref(), Some("22b749ef3898e727a0e793e8854ff10881fe267d"));
    let own = check(&host("windows-host-workstation"), RoleChoice::Host, None).machine;
    assert_eq!(own.listener_certificate, None, "Windows' own certificate is not configured");
}

#[test]
fn a_certificate_that_is_cut_off_or_changed_is_damaged() {
    let mut machine = host("windows-host-healthy");
    let (key, blob) = kept(&machine);
    for length in (0..blob.len()).step_by(3) {
        keep(&mut machine, &key, &blob[..length]);
        let said = said(&machine, "listener-certificate");
        assert_eq!(said.status, CheckStatus::Error, "{length} bytes of {}", blob.len());
    }
    for index in (0..blob.len()).step_by(3) {
        let mut changed = blob.clone();
        changed[index] ^= 0x80;
        keep(&mut machine, &key, &changed);
        // A change outside the certificate may go unseen, but every check says something.
        let checks = check(&machine, RoleChoice::Host, None).checks;
        let in_certificate = index >= blob.len() - 700;
        let said = checks.iter().find(|check| check.code == "listener-certificate").expect("it is made");
        assert!(!in_certificate || said.status == CheckStatus::Error, "byte {index}: {said:?}");
    }
}

#[test]
fn lengths_and_offsets_beyond_the_end_are_no_certificate() {
    let mut machine = host("windows-host-healthy");
    let (key, blob) = kept(&machine);
    let end = [32_u32, 1, u32::MAX].map(u32::to_le_bytes).concat();
    let names = [2_u32, 1, 8, u32::MAX, 0x7FFF_FFFF].map(u32::to_le_bytes).concat();
    keep(&mut machine, &key, &end);
    assert_eq!(said(&machine, "listener-certificate").status, CheckStatus::Error);
    let many = [3_u32, 1, 0].map(u32::to_le_bytes).concat().repeat(5000);
    keep(&mut machine, &key, &[many, blob.clone()].concat());
    assert_eq!(said(&machine, "listener-certificate").status, CheckStatus::Error);
    // The last word about the key counts, and this one leads nowhere.
    keep(&mut machine, &key, &[blob, names].concat());
    assert_eq!(said(&machine, "listener-certificate-key").status, CheckStatus::Error);
}

#[test]
fn the_order_and_the_kind_of_the_entries_decide_who_may_read_the_key() {
    use CheckStatus::{Error, Ok, Unknown, Warning};
    let service = "S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104";
    let cases = [
        ("O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FR;;;NS)", Ok),
        ("D:(A;;FA;;;SY)(A;;0x120089;;;S-1-5-20)", Ok),
        ("D:(A;;FA;;;SY)(A;;GR;;;WD)", Ok),
        (&format!("D:(A;;FA;;;SY)(A;;FR;;;{service})"), Ok),
        ("D:(A;;FA;;;SY)(A;;CCRC;;;NS)S:(AU;SA;FA;;;WD)", Ok),
        ("D:NO_ACCESS_CONTROL", Ok),
        ("D:(A;;FR;;;NS)", Warning),
        ("D:(A;;FA;;;SY)(A;;FA;;;BA)", Error),
        ("D:(A;;FA;;;SY)(A;IO;FR;;;NS)", Error),
        ("D:(D;;FR;;;WD)(A;;FA;;;SY)(A;;FR;;;NS)", Error),
        ("D:PAI", Error),
        ("D:(A;;FA;;;SY)(XA;;FR;;;NS;(@User.x == 1))", Unknown),
        ("D:(A;;QQ;;;NS)", Unknown),
        ("D:(A;;é;;;NS)(A", Unknown),
        ("O:BAG:SY", Unknown),
        ("", Unknown),
    ];
    for (sddl, expected) in cases {
        let mut machine = host("windows-host-healthy");
        let file = machine.descriptors.keys().find(|path| !path.contains("f686") && path.contains('_'));
        let file = file.expect("the configured key has a file").clone();
        machine.descriptors.insert(file, sddl.to_owned());
        assert_eq!(said(&machine, KEY_FILE).status, expected, "{sddl}");
    }
}
