//! A session after its activation, watched for a moment (MS-RDPBCGR 1.3.1.1, 1.3.6).

use std::time::Duration;

use super::{
    Secured, Step,
    activate::{self, Active, Channels},
    ending, redirect,
};
use crate::{
    net::{Framing, Instant, Wire},
    pdu::{
        canvas::{Canvas, Picture, Share},
        connect_initial::DESKTOP,
        mcs::{self, Mcs},
        share::{self, IoPdu},
    },
    report::{ActivateEvidence, Failure, FailureKind, Session},
};

/// A server that draws nothing for so long has drawn its screen.
const QUIET: Duration = Duration::from_millis(1500);
/// Longer than any phase.
const A_DAY: Duration = Duration::from_secs(86_400);
/// How often a server may begin another capabilities exchange.
const MAX_REACTIVATIONS: u32 = 3;
/// The most bytes that are looked at.
const MAX_BYTES: usize = 32 << 20;
/// A fast-path PDU begins with any other byte.
const TPKT_VERSION: u8 = 3;

/// Watches until the server has drawn and pauses, at most until the wire's deadline. Returns the picture, if anything was
/// drawn.
pub async fn watch(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    active: Active,
    seen: &mut Session,
) -> Option<Picture> {
    let begin = Instant::now();
    let mut watch = Watch { wire, secured, channels, canvas: None, drawn_at: None };
    seen.failure = watch.until_quiet(active, seen).await.err();
    seen.elapsed_ms = begin.elapsed().into();
    let picture = watch.canvas.filter(|_| seen.regions > 0).map(|canvas| canvas.picture());
    seen.blank = picture.as_ref().map(Picture::is_blank);
    picture
}

struct Watch<'a> {
    wire: &'a mut Wire,
    secured: &'a mut Secured,
    channels: Channels,
    canvas: Option<Canvas>,
    /// When the server drew last.
    drawn_at: Option<Instant>,
}

impl Watch<'_> {
    async fn until_quiet(&mut self, active: Active, seen: &mut Session) -> Result<(), Failure> {
        self.begin(active, seen)?;
        let mut bytes = 0;
        while !self.wire.is_over() && bytes < MAX_BYTES && !self.wire.is_quiet(self.patience()).await? {
            let frame = match self.secured.receive(self.wire, Framing::TpktOrFastPath).await {
                Err(failure) if failure.kind == FailureKind::Timeout => break,
                other => other?,
            };
            bytes += frame.len();
            if self.frame(&frame, seen).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self, active: Active, seen: &mut Session) -> Result<(), Failure> {
        let share = Share {
            io_channel: self.channels.io,
            user_channel: self.channels.user,
            share_id: active.share_id,
            desktop: active.desktop.unwrap_or(DESKTOP),
        };
        let canvas = Canvas::new(share).map_err(|error| Failure::new(FailureKind::Malformed, error.0))?;
        (seen.width, seen.height) = (Some(share.desktop.0.into()), Some(share.desktop.1.into()));
        self.canvas = Some(canvas);
        Ok(())
    }

    fn patience(&self) -> Duration {
        self.drawn_at.map_or(A_DAY, |drawn| QUIET.saturating_sub(drawn.elapsed()))
    }

    /// None when the session goes on elsewhere.
    async fn frame(&mut self, frame: &[u8], seen: &mut Session) -> Result<Option<()>, Failure> {
        if frame.first() != Some(&TPKT_VERSION) {
            self.draw(frame, seen).await?;
            return Ok(Some(()));
        }
        match ending::read(frame)? {
            Mcs::Data { channel, user_data } if channel == self.channels.io => {
                self.share(user_data, seen).await
            }
            Mcs::Data { channel, user_data } if Some(channel) == self.channels.message => {
                let evidence = &mut ActivateEvidence::default();
                activate::message(self.wire, self.secured, self.channels, user_data, evidence).await?;
                Ok(Some(()))
            }
            _ => Ok(Some(())),
        }
    }

    async fn share(&mut self, user_data: &[u8], seen: &mut Session) -> Result<Option<()>, Failure> {
        let mut rest = user_data;
        while !rest.is_empty() {
            let (pdu, after) = share::first(rest);
            rest = after;
            match share::session_pdu(pdu) {
                IoPdu::SetErrorInfo { code } if code != 0 => return Err(ending::error_info(code)),
                IoPdu::ShareData { kind: share::UPDATE } => {
                    let frame = mcs::indication(self.channels.io, pdu).expect("a part of a frame fits one");
                    self.draw(&frame, seen).await?;
                }
                IoPdu::Redirection if redirect::take(pdu, &mut seen.redirection)?.is_some() => {
                    return Ok(None);
                }
                IoPdu::DeactivateAll => return self.reactivate(seen).await,
                _ => {}
            }
        }
        Ok(Some(()))
    }

    /// What cannot be decoded is counted, and the rest is drawn all the same.
    async fn draw(&mut self, frame: &[u8], seen: &mut Session) -> Result<(), Failure> {
        let Some(canvas) = &mut self.canvas else { return Ok(()) };
        let Ok(drawn) = canvas.draw(frame) else {
            seen.undecoded = seen.undecoded.saturating_add(1);
            return Ok(());
        };
        if drawn.regions > 0 {
            seen.regions = seen.regions.saturating_add(drawn.regions);
            self.drawn_at = Some(Instant::now());
        }
        match drawn.answer {
            answer if answer.is_empty() => Ok(()),
            answer => self.secured.send(self.wire, &answer).await,
        }
    }

    async fn reactivate(&mut self, seen: &mut Session) -> Result<Option<()>, Failure> {
        seen.reactivations += 1;
        if seen.reactivations > MAX_REACTIVATIONS {
            let detail = format!("the server took back the activation {} times", seen.reactivations);
            return Err(Failure::new(FailureKind::Malformed, detail));
        }
        let mut evidence = ActivateEvidence::default();
        let step = activate::run(self.wire, self.secured, self.channels, &mut evidence).await;
        seen.redirection = evidence.redirection.or(seen.redirection.take());
        match step? {
            Step::Passed(active) => self.begin(active, seen).map(Some),
            Step::Stopped(_) => Ok(None),
        }
    }
}
