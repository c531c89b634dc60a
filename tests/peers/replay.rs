//! What real servers said in recordings, played to the readers and the phases. The recordings are no part of the project:
//! `RDPTRACE_CAPTURES` names the folder that holds them.

mod credssp;
mod gateway;
mod gateway_script;
mod gateway_way;
mod negotiation;
mod network;
mod pdus;
mod phases;
mod recording;
mod script;
mod standard;
mod tls;
mod udp;
