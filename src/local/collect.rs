//! What `local --collect` takes along of a machine: the answers that its checks got, without secrets, and with the names of
//! users and hosts replaced.
//!
//! Secrets are recognised by a list of names and by what a text looks like; what is withheld stays a question that
//! cannot be answered. Names come from the places that hold names and get the same pseudonym everywhere, in capitals
//! if the name was, and one domain below another stays so: the checks come to the same. Comments, certificates and
//! long binary values are left out with them.

mod accounts;
mod addresses;
mod names;
mod narrow;
mod odd;
mod proxies;
mod redact;
mod report;
mod secrets;

use super::{
    Host, Recorded, Target,
    files::archive::{self, Asked},
};
use names::Names;
pub use report::Redaction;

/// A machine to take along.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its answers.
    pub machine: Recorded,
    asked: Asked,
    is_redacted: bool,
}

impl Collection {
    /// Leaves out what is secret, and replaces names where that is wanted; `host` is asked for further names that are only
    /// looked for.
    pub fn new(host: &dyn Host, answers: Recorded, target: Option<&Target>, redact: bool) -> Self {
        let mut machine = answers;
        secrets::remove(&mut machine);
        accounts::narrow(&mut machine);
        let mut asked = Asked {
            host: target.map(|target| target.host.clone()),
            port: target.map(|target| target.port),
            is_redacted: redact,
        };
        if redact {
            narrow::machine(&mut machine);
            let names = Names::of(host, &machine, target);
            machine = redact::machine(machine, &names);
            asked.host = asked.host.map(|host| names.replaced(&host));
        }
        Self { machine, asked, is_redacted: redact }
    }

    /// What is taken along, a line each.
    pub fn list(&self) -> Vec<String> {
        let machine = &self.machine;
        let mut list = Vec::new();
        let mut all = |what: &str, names: &mut dyn Iterator<Item = &String>| {
            list.extend(names.map(|name| format!("{what} {name}")));
        };
        all("variable", &mut machine.variables.keys());
        all("facts of", &mut machine.files.keys());
        all("text of", &mut machine.texts.keys());
        all("names in", &mut machine.folders.keys());
        all("rights on", &mut machine.descriptors.keys());
        all("rights on", &mut machine.creatable.keys());
        all("names of the keys in", &mut machine.subkeys.keys());
        all("service", &mut machine.services.keys());
        all("who listens on port", &mut machine.listeners.keys());
        all("who listens on UDP port", &mut machine.udp_listeners.keys());
        all("the interface that leads to", &mut machine.interfaces.keys());
        all("output of", &mut machine.commands.keys());
        for (key, values) in &machine.registry {
            list.extend(values.keys().map(|name| format!("value {key}\\{name}")));
        }
        for (channel, events) in &machine.events {
            list.push(format!("{} events of {channel}", events.len()));
        }
        list
    }

    /// Writes the zip file.
    ///
    /// # Errors
    /// It cannot be written; why.
    pub fn write<W: std::io::Write + std::io::Seek>(&self, to: W) -> Result<(), String> {
        archive::write(to, &self.machine, &self.asked, &self.readme())
    }

    fn readme(&self) -> String {
        let names = match self.is_redacted {
            true => {
                "Names of users, hosts and domains were replaced: user-1 is the same user\n\
                 everywhere. Comments and certificates were left out. Addresses, and names\n\
                 that nothing marks as such, were not replaced. Look through machine.json\n\
                 before you send it.\n"
            }
            false => "Names of users and hosts are as they are (--no-redact).\n",
        };
        format!(
            "What rdptrace {} asked a machine to check it for Remote Desktop\n\n\
             machine.json  the questions and the answers, as text\n\
             asked.json    the server that the machine was to reach, where one was named\n\n\
             {names}\n\
             Passwords, private keys, ticket caches and other secrets were not taken.\n\n\
             Read it on any machine:\n\n    \
             rdptrace local --collected FILE.zip\n\n\
             It contains, beside what was asked for and does not exist:\n\n{}\n",
            env!("CARGO_PKG_VERSION"),
            self.list().join("\n"),
        )
    }
}
