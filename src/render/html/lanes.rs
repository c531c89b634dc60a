//! Who takes part in a connection, a lane each, and where on the picture they are.

use crate::report::{Connection, Speaker};

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Client,
    Proxy,
    Gateway,
    Server,
    Kdc,
}

impl Lane {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Client => "Client",
            Self::Proxy => "Proxy",
            Self::Gateway => "Gateway",
            Self::Server => "Server",
            Self::Kdc => "KDC",
        }
    }

    /// The lane of who is at the other end; none for the path.
    pub(super) fn of(speaker: Speaker) -> Option<Self> {
        match speaker {
            Speaker::Server => Some(Self::Server),
            Speaker::Gateway => Some(Self::Gateway),
            Speaker::Proxy => Some(Self::Proxy),
            Speaker::Kdc | Speaker::KdcProxy => Some(Self::Kdc),
            Speaker::Path => None,
        }
    }
}

/// Height of the bar of phases, of a lane, and of the axis, in pixels.
pub(super) const BAND: u32 = 34;
const LANE: u32 = 46;
pub(super) const AXIS: u32 = 26;

/// The lanes of a picture, from top to bottom.
pub(super) struct Lanes(Vec<Lane>);

impl Lanes {
    /// Those who take part in this connection.
    pub(super) fn of(made: &Connection) -> Self {
        let phases = &made.phases;
        let connect = phases.connect.as_ref().map(|record| &record.evidence);
        let through = phases.gateway.as_ref().map(|record| &record.evidence.steps);
        let proxy = connect.is_some_and(|seen| seen.proxy.is_some())
            || through.is_some_and(|steps| steps.proxy.is_some());
        let kdc = phases.credssp.as_ref().is_some_and(|record| record.evidence.kdc.is_some());
        let lanes = [
            Some(Lane::Client),
            proxy.then_some(Lane::Proxy),
            through.map(|_| Lane::Gateway),
            Some(Lane::Server),
            kdc.then_some(Lane::Kdc),
        ];
        Self(lanes.into_iter().flatten().collect())
    }

    pub(super) fn all(&self) -> &[Lane] {
        &self.0
    }

    /// Where a lane is, in pixels from above; that of the server stands for one that is not there.
    pub(super) fn y(&self, lane: Lane) -> u32 {
        let at = self.0.iter().position(|one| *one == lane);
        let at = at.or_else(|| self.0.iter().position(|one| *one == Lane::Server)).unwrap_or_default();
        BAND + LANE / 2 + u32::try_from(at).unwrap_or_default() * LANE
    }

    /// Between the client and the server.
    pub(super) fn path(&self) -> u32 {
        (self.y(Lane::Client) + self.y(Lane::Server)) / 2
    }

    pub(super) fn height(&self) -> u32 {
        BAND + u32::try_from(self.0.len()).unwrap_or_default() * LANE + AXIS
    }
}
