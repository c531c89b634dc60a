//! What a server draws, as pixels (MS-RDPBCGR 2.2.9.1.1.3 and 2.2.9.1.2.1); IronRDP decodes it.

use std::fmt;

use ironrdp_graphics::image_processing::PixelFormat;
use ironrdp_pdu::Action;
use ironrdp_session::{ActiveStage, ActiveStageBuilder, ActiveStageOutput, image::DecodedImage};

use super::{Malformed, words::words};
use crate::guard::guarded;

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

/// A desktop that a server draws on.
pub struct Canvas {
    share: Share,
    stage: ActiveStage,
    image: DecodedImage,
}

impl Canvas {
    /// An empty canvas.
    ///
    /// # Errors
    /// The desktop is larger than [`MAX_SIDE`], or has no size.
    pub fn new(share: Share) -> Result<Self, Malformed> {
        let (width, height) = share.desktop;
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(Malformed(format!("a desktop of {width}x{height} cannot be drawn here")));
        }
        Ok(Self { share, stage: stage(share), image: DecodedImage::new(PixelFormat::RgbA32, width, height) })
    }

    /// Draws what a frame holds: a fast-path PDU, or one share data PDU of type Update in a Send Data Indication.
    ///
    /// # Errors
    /// It cannot be decoded; what it drew before stays.
    pub fn draw(&mut self, frame: &[u8]) -> Result<Drawn, Malformed> {
        let first = frame.first().copied().unwrap_or_default();
        let action = Action::from_fp_output_header(first)
            .map_err(|action| Malformed(format!("a frame with the action {action}")))?;
        let outputs = self.process(action, frame)?;
        let mut drawn = Drawn::default();
        for output in outputs {
            match output {
                ActiveStageOutput::GraphicsUpdate(_) => drawn.regions += 1,
                ActiveStageOutput::ResponseFrame(frame) => drawn.answer.extend(frame),
                _ => {}
            }
        }
        Ok(drawn)
    }

    /// Some of IronRDP's decoders panic on damaged data; what they hold is given up then, and the image stays.
    fn process(&mut self, action: Action, frame: &[u8]) -> Result<Vec<ActiveStageOutput>, Malformed> {
        let (stage, image) = (&mut self.stage, &mut self.image);
        let Ok(processed) = guarded(|| stage.process(image, action, frame, None)) else {
            self.stage = self::stage(self.share);
            return Err(Malformed::new("the decoder panics"));
        };
        processed.map_err(|error| Malformed(words(error.report())))
    }

    /// What was drawn so far.
    pub fn picture(&self) -> Picture {
        let rgb =
            self.image.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Picture { width: self.image.width(), height: self.image.height(), rgb }
    }
}

fn stage(share: Share) -> ActiveStage {
    let builder = ActiveStageBuilder {
        static_channels: Default::default(),
        user_channel_id: share.user_channel,
        io_channel_id: share.io_channel,
        message_channel_id: None,
        share_id: share.share_id,
        compression_type: None,
        enable_server_pointer: false,
        pointer_software_rendering: false,
    };
    builder.build()
}
