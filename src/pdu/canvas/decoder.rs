//! The canvas on which IronRDP decodes what is drawn.

use ironrdp_graphics::image_processing::PixelFormat;
use ironrdp_pdu::Action;
use ironrdp_session::{ActiveStage, ActiveStageBuilder, ActiveStageOutput, image::DecodedImage};

use super::{Drawn, MAX_SIDE, Picture, Share};
use crate::{
    guard::guarded,
    pdu::{Malformed, words::words},
};

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
