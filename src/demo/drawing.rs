//! What the demo server draws once a session is active: a panel on a plain desktop (MS-RDPBCGR 2.2.9.1.2.1.2, 2.2.9.1.1.3.1.2.2).

use super::invented::DESKTOP;

const FASTPATH_UPDATETYPE_BITMAP: u8 = 1;
const UPDATETYPE_BITMAP: u16 = 1;
/// BITMAP_COMPRESSION and NO_BITMAP_COMPRESSION_HDR.
const FLAGS: u16 = 0x0401;
const BITS_PER_PIXEL: u16 = 16;
/// MEGA_MEGA_COLOR_RUN: a length, then the colour.
const COLOR_RUN: u8 = 0xF3;
/// Rows of one rectangle, few enough for the length of a run.
const ROWS: u16 = 32;
/// Five bits of red, six of green, five of blue.
const BACKGROUND: u16 = 0x2A6B;
const PANEL: u16 = 0xE71C;

/// The whole picture as one fast-path PDU.
pub(super) fn picture() -> Vec<u8> {
    let (width, height) = (DESKTOP.width, DESKTOP.height);
    let mut rectangles = bands(0, 0, width, height, BACKGROUND);
    rectangles.extend(bands(width / 4, height / 3, width / 2, height / 3, PANEL));
    let count = u16::try_from(rectangles.len()).expect("a few rectangles");
    let update = [&UPDATETYPE_BITMAP.to_le_bytes()[..], &count.to_le_bytes(), &rectangles.concat()].concat();
    let size = u16::try_from(update.len()).expect("a small update");
    let length = (size + 6) | 0x8000;
    [&[0][..], &length.to_be_bytes(), &[FASTPATH_UPDATETYPE_BITMAP], &size.to_le_bytes(), &update].concat()
}

/// A rectangle as a stack of TS_BITMAP_DATA, each one run of a colour.
fn bands(left: u16, top: u16, width: u16, height: u16, color: u16) -> Vec<Vec<u8>> {
    let band = |top: u16| {
        let run = [&[COLOR_RUN][..], &(width * ROWS).to_le_bytes(), &color.to_le_bytes()].concat();
        let length = u16::try_from(run.len()).expect("five bytes");
        let (right, bottom) = (left + width - 1, top + ROWS - 1);
        let head = [left, top, right, bottom, width, ROWS, BITS_PER_PIXEL, FLAGS, length];
        [head.map(u16::to_le_bytes).concat(), run].concat()
    };
    (top..top + height).step_by(ROWS.into()).map(band).collect()
}
