//! What was asked for, as the report keeps it.

use crate::{destination::Target, report::Request, settings::Settings};

/// What the judgement of the trace depends on.
pub(super) fn request(target: &Target, settings: &Settings) -> Request {
    Request {
        until: settings.depth.until,
        security: settings.offer.security.name().to_owned(),
        license: settings.depth.license.name().to_owned(),
        account: settings.usable_account().is_some(),
        logon: settings.depth.log_on,
        name_given: name_given(target, settings),
        expected_thumbprint: settings.trust.expected_thumbprint.clone(),
        follow_with_account: settings.route.follow_with_account,
        load_balance_info: settings.offer.routing_token.is_some(),
        preconnection: settings.offer.preconnection.is_some(),
        server_name: settings
            .trust
            .server_name
            .as_ref()
            .is_some_and(|name| !name.eq_ignore_ascii_case(&target.endpoint.host)),
        screenshot: settings.depth.screenshot,
        posture: false,
        listen: false,
        posture_connections: None,
        expiry_days: None,
    }
}

fn name_given(target: &Target, settings: &Settings) -> bool {
    settings.trust.server_name.is_some() || target.endpoint.address().is_none()
}
