//! Tables of texts that people paste instead of a number; `texts` says how they are read.

use super::table::Table;

/// Texts of the Windows client.
pub static MESSAGE: Table = table!("message", "text of mstsc", &["text"]).of_texts();

/// Texts of the Windows client in German.
pub static MESSAGE_DE: Table = table!("message_de", "text of mstsc in German", &[]).of_texts();

/// Texts of the Windows client in French.
pub static MESSAGE_FR: Table = table!("message_fr", "text of mstsc in French", &[]).of_texts();

/// Texts of the Windows client in Spanish.
pub static MESSAGE_ES: Table = table!("message_es", "text of mstsc in Spanish", &[]).of_texts();

/// Texts of the Windows client in Japanese.
pub static MESSAGE_JA: Table = table!("message_ja", "text of mstsc in Japanese", &[]).of_texts();

/// Texts of the Windows client in Italian.
pub static MESSAGE_IT: Table = table!("message_it", "text of mstsc in Italian", &[]).of_texts();

/// Texts of the Windows client in Portuguese.
pub static MESSAGE_PT: Table = table!("message_pt", "text of mstsc in Portuguese", &[]).of_texts();

/// Sentences of Windows events.
pub static EVENT_TEXT: Table = table!("event_text", "text of a Windows event", &[]).of_texts();

/// Texts of other clients and their logs: FreeRDP, Remmina, rdesktop, Guacamole.
pub static CLIENT_TEXT: Table = table!("client_text", "text of a client", &[]).of_texts();

/// Texts in the logs of xrdp.
pub static SERVER_TEXT: Table = table!("server_text", "text of xrdp", &[]).of_texts();

/// Texts, properties and names of Azure Virtual Desktop and Microsoft Entra.
pub static AVD: Table = table!("avd", "Azure Virtual Desktop or Entra", &["avd"]).of_texts();
