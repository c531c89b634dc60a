//! The format in which TLS libraries log their secrets (RFC 9850), as it is in files (`SSLKEYLOGFILE`) and in captures.

use zeroize::Zeroizing;

use crate::flow::KeyLog;

/// The longest secret, in hexadecimal digits; longer ones are none.
const LONGEST: usize = 128;

/// Learns the secrets of a key log, and says how many lines had one. Comments and labels without use are passed over.
pub fn learn(text: &[u8], keys: &mut KeyLog) -> usize {
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.filter(|line| learn_line(line, keys).is_some()).count()
}

/// A label, the client's random and the secret, both in hexadecimal.
fn learn_line(line: &[u8], keys: &mut KeyLog) -> Option<()> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (label, random, secret) = (words.next()?, words.next()?, words.next()?);
    let label = str::from_utf8(label).ok()?;
    let mut client_random = [0; 32];
    hex::decode_to_slice(random, &mut client_random).ok()?;
    let secret = Zeroizing::new(hex::decode(Some(secret).filter(|secret| secret.len() <= LONGEST)?).ok()?);
    keys.learn(label, client_random, &secret).then_some(())
}

/// A key log of these secrets, a line each.
pub fn log(keys: &KeyLog) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for (label, client_random, secret) in keys.secrets() {
        let secret = Zeroizing::new(hex::encode(secret.as_slice()));
        text.push_str(&format!("{label} {} ", hex::encode(client_random)));
        text.push_str(&secret);
        text.push('\n');
    }
    text
}
