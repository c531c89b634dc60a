//! Checks of a machine as a client or as a host: what it is told, and whether that is as it should be. Nothing is changed.

mod beside;
mod check;
mod check_result;
mod checked;
mod checking;
mod collect;
mod damage;
mod facts;
pub(crate) mod host;
mod krb5;
mod network;
pub(crate) mod no_proxy;
pub(crate) mod pages;
mod pseudonym;
mod registry_keys;
mod roles;
mod sddl;
mod setting;
mod survey;
mod target;
mod topics;

pub use beside::Beside;
pub use check::{Check, Matters, Test};
pub use check_result::CheckResult;
pub use checked::Checked;
pub use checking::{check, check_beside};
pub use collect::{Collection, Redaction};
pub use damage::FILES_DAMAGED;
pub use host::{
    About, Answer, Certificates, EVENT_DAYS, Event, File, Host, Interface, LARGEST_TEXT, MOST_EVENTS, Output,
    Owner, PrivateKey, Recorded, Recorder, Service, ServiceState, Source, Span, StartType, TargetName,
    ThisMachine, Unreadable, Value, this_machine,
};
pub(crate) use host::{
    files, forbid_core_files, new_file, public_key, readable, regular_file, standard_input, without_account,
    writable, writable_in_private,
};
pub use krb5::{Krb5, Unread};
pub(crate) use pages::{page, paged};
pub use roles::RoleChoice;
pub(crate) use roles::{is_answered, is_damaged};
pub use setting::{Case, Is, Setting};
pub use survey::Survey;
pub use target::Target;
pub use topics::checks;
