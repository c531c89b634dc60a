//! What a server draws, as pixels (MS-RDPBCGR 2.2.9.1.1.3 and 2.2.9.1.2.1); IronRDP decodes it.

#[cfg(not(feature = "screenshot"))]
mod absent;
#[cfg(feature = "screenshot")]
mod decoder;

use std::fmt;

#[cfg(not(feature = "screenshot"))]
pub use absent::Canvas;
#[cfg(feature = "screenshot")]
pub use decoder::Canvas;

/// The longest side of a picture; a server names up to 65535, which would be 16 GiB.
pub const MAX_SIDE: u16 = 4096;

/// How far a lossy codec moves a component of a pixel.
const CODEC_NOISE: u8 = 4;

/// The channels and the share that drawing belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// The I/O channel.
    pub io_channel: u16,
    /// Our user channel.
    pub user_channel: u16,
    /// shareId of the Demand Active.
    pub share_id: u32,
    /// Width and height of the desktop in pixels.
    pub desktop: (u16, u16),
}

/// A picture: rows from the top, three bytes a pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels of a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Red, green, blue.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Whether every pixel has the same colour, but for what a lossy codec leaves.
    pub fn is_blank(&self) -> bool {
        let same = |(first, other): (&u8, &u8)| first.abs_diff(*other) <= CODEC_NOISE;
        self.rgb.chunks_exact(3).all(|pixel| self.rgb.iter().zip(pixel).all(same))
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

/// What a frame did to the canvas.
#[derive(Debug, Default)]
pub struct Drawn {
    /// How many regions changed.
    pub regions: u32,
    /// What is to be sent, such as a frame acknowledge; possibly nothing.
    pub answer: Vec<u8>,
}
