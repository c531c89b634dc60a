//! What a Windows machine is told about CredSSP and the delegation of credentials.

use crate::{
    local::{Case, Check, Is, Scene, Setting, Test::Setting as Row},
    report::{
        CheckStatus::{Ok, Warning},
        Machine,
        Os::Windows,
        Role::Client,
    },
};

const PARAMETERS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";
const ORACLE: &str = "AllowEncryptionOracle";

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check {
    code: "credssp-encryption-oracle",
    role: Client,
    on: &[Windows],
    test: Row(Setting {
        keys: &[PARAMETERS],
        name: ORACLE,
        absent: (
            Ok,
            "no policy about encryption oracle remediation is set, so the default of the update holds",
        ),
        cases: &[
            Case(Is::Number(0), Ok, "this client connects to updated hosts only"),
            Case(Is::Number(1), Ok, "this client connects to updated hosts only, its services fall back"),
            Case(
                Is::Number(2),
                Warning,
                "this client also connects to hosts without the CredSSP update of 2018",
            ),
            Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
        ],
    }),
}];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.encryption_oracle =
        scene.number(PARAMETERS, ORACLE).and_then(|number| u32::try_from(number).ok());
}
