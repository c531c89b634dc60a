//! What was asked for, as the report keeps it.

use crate::{destination::Target, report::Request, settings::Settings};

/// What the judgement of the trace depends on.
pub fn request(target: &Target, settings: &Settings) -> Request {
    Request {
        until: settings.until,
        security: settings.security.name().to_owned(),
        license: settings.license.name().to_owned(),
        account: settings.account.is_some(),
        name_given: name_given(target, settings),
        expected_thumbprint: settings.expected_thumbprint.clone(),
        follow_with_account: settings.follow_with_account,
        load_balance_info: settings.routing_token.is_some(),
        preconnection: settings.preconnection.is_some(),
        server_name: settings
            .server_name
            .as_ref()
            .is_some_and(|name| !name.eq_ignore_ascii_case(&target.endpoint.host)),
        screenshot: settings.screenshot,
        posture: false,
        posture_connections: None,
    }
}

fn name_given(target: &Target, settings: &Settings) -> bool {
    settings.server_name.is_some() || target.endpoint.address().is_none()
}
