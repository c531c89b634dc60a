//! Times and durations as the report writes them.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

/// A duration in milliseconds, kept to hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Millis(pub f64);

impl Millis {
    /// These milliseconds, to hundredths.
    pub fn rounded(millis: f64) -> Self {
        Self((millis * 100.0).round() / 100.0)
    }
}

/// No time is negative, whatever a stored report says.
impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = f64::deserialize(deserializer)?;
        Ok(if millis > 0.0 { Self(millis) } else { Self::default() })
    }
}

impl From<Duration> for Millis {
    fn from(duration: Duration) -> Self {
        Self((duration.as_secs_f64() * 100_000.0).round() / 100.0)
    }
}

/// A moment in UTC, to the second or finer, written as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Timestamp(#[schemars(with = "String", extend("format" = "date-time"))] pub OffsetDateTime);

impl From<OffsetDateTime> for Timestamp {
    fn from(moment: OffsetDateTime) -> Self {
        Self(moment)
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(moment: Timestamp) -> Self {
        moment.0
    }
}

impl Timestamp {
    /// The RFC 3339 text in UTC; years outside 0 to 9999 have none.
    pub fn to_rfc3339(self) -> Option<String> {
        self.0.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()
    }

    /// The same to the millisecond, as a person compares it with a capture.
    pub fn to_milliseconds(self) -> Option<String> {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        self.0.to_offset(UtcOffset::UTC).format(form).ok()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.to_rfc3339().ok_or_else(|| S::Error::custom("year outside 0 to 9999"))?;
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339).map(Self).map_err(D::Error::custom)
    }
}
