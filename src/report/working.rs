//! The settings with which other clients get as far as the trace did.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings that would work, without an account; what is foreign in a command line is quoted for a POSIX shell.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Working {
    /// FreeRDP 2.
    pub freerdp2: WorkingCommand,
    /// FreeRDP 3.
    pub freerdp3: WorkingCommand,
    /// Fields of a Remmina profile.
    pub remmina: Vec<WorkingSetting>,
    /// Parameters of a Guacamole connection; `cert-fingerprints` needs version 1.6.
    pub guacamole: Vec<WorkingSetting>,
    /// Lines of an .rdp file.
    pub rdp_lines: Vec<String>,
}

/// A command, whole and in its parts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct WorkingCommand {
    /// For a POSIX shell.
    pub command_line: String,
    /// The arguments alone, not quoted.
    pub command_arguments: Vec<String>,
}

impl WorkingCommand {
    /// A command of these parts.
    pub fn new(command_line: String, command_arguments: Vec<String>) -> Self {
        Self { command_line, command_arguments }
    }
}

/// A setting by its name in a file of that client.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct WorkingSetting {
    /// Its name.
    pub setting: String,
    /// Its value.
    pub setting_value: String,
}

impl WorkingSetting {
    /// This setting.
    pub fn new(setting: &str, setting_value: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), setting_value: setting_value.into() }
    }
}

impl Working {
    /// The settings of each client.
    pub fn new(
        (freerdp2, freerdp3): (WorkingCommand, WorkingCommand),
        remmina: Vec<WorkingSetting>,
        guacamole: Vec<WorkingSetting>,
        rdp_lines: Vec<String>,
    ) -> Self {
        Self { freerdp2, freerdp3, remmina, guacamole, rdp_lines }
    }
}
