//! The types of AV pairs (MS-NLMP 2.2.2.1).

pub(super) const EOL: u16 = 0;
pub(super) const NB_COMPUTER_NAME: u16 = 1;
pub(super) const NB_DOMAIN_NAME: u16 = 2;
pub(super) const DNS_COMPUTER_NAME: u16 = 3;
pub(super) const DNS_DOMAIN_NAME: u16 = 4;
pub(super) const DNS_TREE_NAME: u16 = 5;
pub(super) const FLAGS: u16 = 6;
pub(super) const TIMESTAMP: u16 = 7;
pub(super) const TARGET_NAME: u16 = 9;
pub(super) const CHANNEL_BINDINGS: u16 = 10;

/// The name of a type, or its number.
pub(super) fn name(id: u16) -> String {
    let name = match id {
        NB_COMPUTER_NAME => "MsvAvNbComputerName",
        NB_DOMAIN_NAME => "MsvAvNbDomainName",
        DNS_COMPUTER_NAME => "MsvAvDnsComputerName",
        DNS_DOMAIN_NAME => "MsvAvDnsDomainName",
        DNS_TREE_NAME => "MsvAvDnsTreeName",
        FLAGS => "MsvAvFlags",
        TIMESTAMP => "MsvAvTimestamp",
        TARGET_NAME => "MsvAvTargetName",
        CHANNEL_BINDINGS => "MsvAvChannelBindings",
        _ => return format!("the pair of type {id}"),
    };
    name.to_owned()
}

/// How long a value of this type is, where that is fixed.
pub(super) fn length(id: u16) -> Option<usize> {
    match id {
        FLAGS => Some(4),
        TIMESTAMP => Some(8),
        _ => None,
    }
}
