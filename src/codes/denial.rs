//! Which answers of a KDC refuse an account.

use super::{
    connection::{KERBEROS_ERROR, NTSTATUS},
    table::Row,
};

/// Whether an error of a KDC, with the NTSTATUS that it may have added, refuses the account.
pub fn kdc_refuses(code: u32, status: Option<u32>) -> bool {
    let refuses = |row: Row<'_>| row.refuses_credentials;
    KERBEROS_ERROR.find(code).is_some_and(refuses)
        || status.and_then(|status| NTSTATUS.find(status)).is_some_and(refuses)
}
