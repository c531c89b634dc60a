//! The files that hold packets, written in either byte order.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use rdptrace::internal::flow::At;

use super::talk::{Frame, SECOND};

/// Numbers in either byte order.
pub(super) struct Order(pub bool);

impl Order {
    pub(super) fn u16(&self, number: u16) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    pub(super) fn u32(&self, number: u32) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    pub(super) fn u64(&self, number: u64) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    pub(super) fn pcap(&self, magic: u32, unit: At, more: usize, frames: &[Frame]) -> Vec<u8> {
        let mut file = [magic, 0, 0, 0, 262_144, 1].map(|number| self.u32(number)).concat();
        for (at, frame) in frames {
            let length = frame.len() as u32;
            let header = [(at / SECOND) as u32, (at % SECOND / unit) as u32, length, length];
            file.extend(header.map(|number| self.u32(number)).concat());
            file.extend(vec![0; more]);
            file.extend(frame);
        }
        file
    }

    pub(super) fn block(&self, kind: u32, body: &[u8]) -> Vec<u8> {
        let length = self.u32((body.len().next_multiple_of(4) + 12) as u32);
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        [&self.u32(kind)[..], &length, body, &padding, &length].concat()
    }

    pub(super) fn section(&self) -> Vec<u8> {
        let version = [self.u16(1), self.u16(0)].concat();
        self.block(0x0a0d_0d0a, &[self.u32(0x1a2b_3c4d), version, self.u64(u64::MAX)].concat())
    }

    pub(super) fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut option = [self.u16(code), self.u16(value.len() as u16), value.to_vec()].concat();
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    pub(super) fn interface(&self, link: u16, snaplen: u32, options: &[Vec<u8>]) -> Vec<u8> {
        let head = [self.u16(link), self.u16(0), self.u32(snaplen)].concat();
        self.block(1, &[head, options.concat(), self.u32(0)].concat())
    }

    pub(super) fn enhanced(&self, interface: u32, units: u64, frame: &[u8]) -> Vec<u8> {
        let length = self.u32(frame.len() as u32);
        let time = [self.u32((units >> 32) as u32), self.u32(units as u32)].concat();
        self.block(6, &[self.u32(interface), time, length.clone(), length, frame.to_vec()].concat())
    }

    pub(super) fn obsolete(&self, interface: u16, units: u64, frame: &[u8]) -> Vec<u8> {
        let length = self.u32(frame.len() as u32);
        let time = [self.u32((units >> 32) as u32), self.u32(units as u32)].concat();
        let head = [self.u16(interface), self.u16(0), time, length.clone(), length].concat();
        self.block(2, &[head, frame.to_vec()].concat())
    }

    pub(super) fn secrets(&self, text: &str) -> Vec<u8> {
        let head = [self.u32(0x544c_534b), self.u32(text.len() as u32)].concat();
        self.block(10, &[head, text.as_bytes().to_vec()].concat())
    }
}

pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
