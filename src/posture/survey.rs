//! Which hello comes next: a server shows one suite an answer, so each hello leaves out what is known.
//!
//! A version is asked with every suite it knows; then the kinds of which nothing was selected yet, until they are refused;
//! then the single suites that are left. A server with n suites of a version is known after n + 2 hellos at most.
//!
//! What the budget leaves out is `unknown`, never `refused`.

use super::suites::{Kind, kind, of_version};

/// The versions, in the order of what an auditor wants to know first.
const VERSIONS: [u16; 4] = [0x0303, 0x0304, 0x0302, 0x0301];

/// One hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// Its name in the report.
    pub name: String,
    /// The version, 0x0301 to 0x0304.
    pub version: u16,
    /// The suites.
    pub suites: Vec<u16>,
}

/// What is known and what is open.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    versions: Vec<Version>,
}

#[derive(Clone, Debug)]
struct Version {
    code: u16,
    /// What was neither selected nor offered in vain.
    open: Vec<u16>,
    accepted: Vec<u16>,
    asked: u16,
}

impl Survey {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        let version = |code| Version { code, open: of_version(code), accepted: Vec::new(), asked: 0 };
        Self { versions: VERSIONS.map(version).into() }
    }

    /// A hello for each version.
    pub(super) fn versions(&self) -> Vec<Question> {
        self.versions.iter().map(|version| version.question(version.open.clone())).collect()
    }

    /// The next hello; none when nothing is open.
    pub(super) fn next(&self) -> Option<Question> {
        let spoken = || self.versions.iter().filter(|version| !version.accepted.is_empty());
        let kinds = spoken().map(|version| (version, version.of_new_kinds()));
        let singles = spoken().map(|version| (version, version.open.clone()));
        let (version, suites) = kinds.chain(singles).find(|(_, suites)| !suites.is_empty())?;
        Some(version.question(suites))
    }

    /// A hello that was accepted, to be asked again.
    pub(super) fn again(&self) -> Option<Question> {
        let version = self.versions.iter().find(|version| !version.accepted.is_empty())?;
        Some(Question {
            name: "tls-again".to_owned(),
            version: version.code,
            suites: version.accepted.iter().take(1).copied().collect(),
        })
    }

    /// Takes the suite that was selected; none when no suite of the question was, whatever the reason.
    pub(super) fn answered(&mut self, question: &Question, selected: Option<u16>) {
        let Some(version) = self.versions.iter_mut().find(|version| version.code == question.version) else {
            return;
        };
        version.asked += 1;
        match selected {
            Some(suite) => {
                version.open.retain(|open| *open != suite);
                version.accepted.push(suite);
            }
            None => version.open.retain(|open| !question.suites.contains(open)),
        }
    }
}

impl Version {
    fn question(&self, suites: Vec<u16>) -> Question {
        let version = format!("tls1{}", self.code - 0x0301);
        let name = match self.asked {
            0 => version,
            asked => format!("{version}-suites-{asked}"),
        };
        Question { name, version: self.code, suites }
    }

    fn of_new_kinds(&self) -> Vec<u16> {
        let known: Vec<Option<Kind>> = self.accepted.iter().map(|suite| kind(*suite)).collect();
        self.open.iter().copied().filter(|suite| !known.contains(&kind(*suite))).collect()
    }
}
