//! The reader of the Demand Active, and what it is answered.

use ironrdp_connector::{
    BitmapConfig, Config, Sequence as _, connection_activation::ConnectionActivationSequence,
};
use ironrdp_core::WriteBuf;
use ironrdp_pdu::rdp::capability_sets::client_codecs_capabilities;
use rdptrace::internal::pdu::{
    confirm_active::confirm_active, demand_active::demand_active, finalization::finalization, mcs,
};

use crate::demo::settings::config;

#[test]
fn a_demand_active_with_a_set_that_is_cut_short() {
    let text = "2000 1100 ea03 ea030100 0400 1200 52445000 0200 0000 0200 1000 1800 0100 0100 0100 0004 0003 0900 ff00";
    let seen = demand_active(&hex::decode(text.replace(' ', "")).expect("hex")).expect("a Demand Active");
    assert_eq!((seen.source.as_str(), seen.share_id), ("RDP", 0x0001_03EA));
    assert_eq!(seen.desktop, Some((1024, 768)));
    assert_eq!(seen.capability_sets, [2]);
}

/// What IronRDP would answer to an ordinary Demand Active is what is answered.
#[test]
fn the_answer_to_an_ordinary_demand_active() {
    let whole = weston();
    let bitmap = BitmapConfig {
        lossy_compression: false,
        color_depth: 32,
        codecs: client_codecs_capabilities(&["remotefx"]).expect("a codec"),
    };
    let config = Config { bitmap: Some(bitmap), ..config() };
    let mut sequence = ConnectionActivationSequence::new(config, 1003, 1007);
    let mut step = |input: &[u8]| {
        let mut output = WriteBuf::new();
        sequence.step(input, None, &mut output).expect("an answer");
        hex::encode(output.filled())
    };
    let demand = demand_active(&whole).expect("a Demand Active");
    let confirm = step(&mcs::indication(1003, &whole).expect("a frame"));
    assert_eq!(hex::encode(confirm_active(&demand, 1007, 1003)), confirm);
    for frame in finalization(demand.share_id, 1007, 1003) {
        assert_eq!(hex::encode(frame), step(&[]));
    }
}

/// Whatever is altered behind the name of the server, the Demand Active is answered.
#[test]
fn an_altered_demand_active_is_answered() {
    let whole = weston();
    let seen = demand_active(&whole).expect("a Demand Active");
    assert_eq!((seen.source.as_str(), seen.desktop), ("RDP", Some((1024, 768))));
    assert_eq!((seen.capability_sets.len(), seen.max_request_size), (14, Some(0x0030_4000)));
    let answered = |pdu: &[u8]| demand_active(pdu).map(|seen| confirm_active(&seen, 1007, 1003)).is_ok();
    // The headers, shareId, two lengths and the name.
    let sets = 14 + 4;
    for index in 0..whole.len() {
        assert_eq!(answered(&whole[..index]), index >= sets, "{index}");
        for value in [0x00, 0x7F, 0x80, 0xFF] {
            let mut altered = whole.clone();
            altered[index] = value;
            assert!(answered(&altered) || index < sets, "{index} {value}");
        }
    }
}

fn weston() -> Vec<u8> {
    hex::decode(include_str!("../../testdata/wire/weston-demand-active.hex").trim()).expect("hex")
}
