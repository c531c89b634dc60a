//! What is written as a capture, read by tshark: it finds nothing wrong, and decrypts what the secrets open.

use std::{fs, path::PathBuf};

use rdptrace::internal::{
    capture::{File, Item, Writer},
    flow::{Flow, How, Side},
};

use super::{follow, found, recordings, sent, tshark};

/// A file that is gone after its test.
struct Written(PathBuf);

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn written(name: &str, secrets: &[u8], flows: &[Flow]) -> Written {
    let path = std::env::temp_dir().join(format!("rdptrace-{}-{name}.pcapng", std::process::id()));
    let mut writer = Writer::new(fs::File::create(&path).expect("a file")).expect("a file");
    writer.secrets(secrets).expect("a file");
    flows.iter().try_for_each(|flow| writer.flow(flow)).expect("a file");
    Written(path)
}

/// All secrets in a recording.
fn secrets(path: &std::path::Path) -> Vec<u8> {
    let mut file = File::open(fs::File::open(path).expect("a recording")).expect("a capture");
    let mut secrets = Vec::new();
    while let Some(item) = file.next_item().expect("whole") {
        if let Item::Secrets(text) = item {
            secrets.extend_from_slice(text);
        }
    }
    secrets
}

#[test]
fn tshark_finds_nothing_wrong_in_what_is_written() {
    for path in recordings() {
        let flows: Vec<_> = found(&path).0.into_iter().filter(|flow| flow.opening.syn.is_some()).collect();
        // More than is kept would be missing.
        let kept = |flow: &Flow| {
            [Side::Client, Side::Server].iter().all(|side| {
                let stream = flow.stream(*side);
                stream.total == stream.bytes.len() as u64
            })
        };
        let flows: Vec<_> = flows.into_iter().filter(kept).collect();
        let reset = flows.iter().any(|flow| {
            [Side::Client, Side::Server]
                .iter()
                .any(|side| flow.stream(*side).end.is_some_and(|end| end.how == How::Rst))
        });
        let name = path.file_stem().expect("a name").to_string_lossy();
        let file = written(&name, b"", &flows);
        let sums = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
        let fields =
            ["-Y", "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0", "-V"];
        let wrong = tshark(&file.0, &[&sums[..], &fields[..]].concat());
        assert_eq!(wrong, "", "{}", path.display());
        let warnings = tshark(
            &file.0,
            &["-Y", "tcp && _ws.expert.severity >= 6291456", "-T", "fields", "-e", "_ws.expert.message"],
        );
        let other = warnings.lines().filter(|line| !(reset && line.contains("Connection reset (RST)")));
        // What the TLS and RDP dissectors say of the bytes is about the recording.
        let of_tcp: Vec<_> = other.filter(|line| line.contains("TCP") || line.contains("ACK")).collect();
        assert!(of_tcp.is_empty(), "{}: {of_tcp:?}", path.display());
        let mut told: Vec<_> = (0..flows.len() as u32).flat_map(|stream| follow(&file.0, stream)).collect();
        told.sort();
        assert_eq!(told, sent(&flows), "{}", path.display());
    }
}

#[test]
fn tshark_decrypts_what_is_written_with_secrets() {
    let rejected = |path: &PathBuf| path.file_stem().is_some_and(|name| name == "windows-nla-ntlm-rejected1");
    for path in recordings().into_iter().filter(rejected) {
        let secrets = secrets(&path);
        assert!(!secrets.is_empty());
        let file = written("decrypted", &secrets, &found(&path).0);
        let messages =
            ["-d", "tcp.port==3389,tls", "-Y", "credssp", "-T", "fields", "-e", "ntlmssp.messagetype"];
        let told = tshark(&file.0, &messages);
        assert_eq!(told, tshark(&path, &messages));
        assert!(told.contains("0x00000003"), "{told}");
    }
}
