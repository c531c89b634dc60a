//! A session after its activation, watched for a moment (MS-RDPBCGR 1.3.1.1, 1.3.6).
//!
//! The screenshot is no phase: the verdict is about the activation, and what follows is `connections[].session` with
//! findings of its own. It ends when nothing was drawn for 1.5 s, with the phase's time, or after 32 MiB; a desktop
//! above 4096 pixels is not drawn. Decoding runs beside the clock (`Wire::work`), because a PDU of a few bytes can
//! take minutes. The picture goes to the `Observer`, not into the report. Without one the exit code is that of the
//! trace, standard error says why, and the file stays as it was.

use std::time::Duration;

use super::{
    AutoDetect, Secured, Step,
    activate::{self, Active, Awaits, Channels, MAX_REACTIVATIONS},
    ending, redirect,
};
use crate::{
    net::{Framing, Instant, Wire},
    pdu::{
        canvas::{Canvas, Picture, Share},
        connect_initial::DESKTOP,
        finalization::refresh,
        mcs::{self, Mcs},
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    report::{ActivateEvidence, Failure, FailureKind, Session},
};

/// A server that draws nothing for so long has drawn its screen.
const QUIET: Duration = Duration::from_millis(1500);
/// Longer than any phase.
const A_DAY: Duration = Duration::from_secs(86_400);
/// The most bytes that are looked at.
const MAX_BYTES: usize = 32 << 20;

/// Watches until the server has drawn and pauses, at most until the wire's deadline. Returns the picture, if anything was
/// drawn.
pub(crate) async fn watch(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    active: Active,
    seen: &mut Session,
) -> Option<Picture> {
    let begin = Instant::now();
    let auto_detect = AutoDetect::default();
    let mut watch =
        Watch { wire, secured, channels, auto_detect, canvas: None, drawn_at: None, before: None };
    match watch.until_quiet(active, seen).await {
        Ok(()) => {}
        Err(Ended::Session(failure)) => seen.failure = Some(failure),
        Err(Ended::Watch(why)) => seen.stopped = Some(why),
    }
    seen.elapsed_ms = begin.elapsed().into();
    let picture = watch.picture();
    seen.blank = picture.as_ref().map(Picture::is_blank);
    picture
}

/// Asks for the whole desktop again; a server may ignore it.
pub(crate) async fn draw_again(wire: &mut Wire, secured: &mut Secured, channels: Channels, active: Active) {
    let desktop = active.desktop.unwrap_or(DESKTOP);
    // Whether it arrives, the watch will meet.
    let _ = secured.send(wire, &refresh(active.share_id, channels.user, channels.io, desktop)).await;
}

/// Why a watch ends before the server has drawn and pauses.
enum Ended {
    /// The server ended the session.
    Session(Failure),
    /// We look no longer.
    Watch(String),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Session(failure)
    }
}

struct Watch<'a> {
    wire: &'a mut Wire,
    secured: &'a mut Secured,
    channels: Channels,
    auto_detect: AutoDetect,
    /// None while it is drawn on, for good when that takes too long.
    canvas: Option<Canvas>,
    /// When the server drew last on this canvas.
    drawn_at: Option<Instant>,
    /// What it drew before it began another activation.
    before: Option<Picture>,
}

impl Watch<'_> {
    async fn until_quiet(&mut self, active: Active, seen: &mut Session) -> Result<(), Ended> {
        self.begin(active, seen)?;
        let mut bytes = 0;
        while !self.wire.is_quiet(self.patience()).await? {
            let still = |what: &str| Ended::Watch(format!("the server {what} when {} had come", size(bytes)));
            if bytes > MAX_BYTES {
                return Err(still("was not quiet"));
            }
            if self.wire.is_over() {
                return Err(still("was not quiet and the time was over"));
            }
            let frame = match self.secured.receive(self.wire, Framing::TpktOrFastPath).await {
                Err(failure) if failure.kind == FailureKind::Timeout => {
                    return Err(still("had sent half a PDU and the time was over"));
                }
                other => other?,
            };
            bytes += frame.len();
            self.auto_detect.received(&frame);
            self.frame(frame, seen).await?;
        }
        Ok(())
    }

    fn begin(&mut self, active: Active, seen: &mut Session) -> Result<(), Ended> {
        self.before = self.picture();
        self.drawn_at = None;
        let share = Share {
            io_channel: self.channels.io,
            user_channel: self.channels.user,
            share_id: active.share_id,
            desktop: active.desktop.unwrap_or(DESKTOP),
        };
        (seen.width, seen.height) = (Some(share.desktop.0.into()), Some(share.desktop.1.into()));
        self.canvas = Some(Canvas::new(share).map_err(|error| Ended::Watch(error.0))?);
        Ok(())
    }

    /// What was drawn; an activation alone wipes nothing.
    fn picture(&mut self) -> Option<Picture> {
        let drawn = self.canvas.as_ref().filter(|_| self.drawn_at.is_some());
        drawn.map(Canvas::picture).or_else(|| self.before.take())
    }

    fn patience(&self) -> Duration {
        self.drawn_at.map_or(A_DAY, |drawn| QUIET.saturating_sub(drawn.elapsed()))
    }

    async fn frame(&mut self, frame: Vec<u8>, seen: &mut Session) -> Result<(), Ended> {
        if frame.first() != Some(&TPKT_VERSION) {
            return self.draw(frame, seen).await;
        }
        match ending::read(&frame)? {
            Mcs::Data { channel, user_data } if channel == self.channels.io => {
                self.share(user_data, seen).await
            }
            Mcs::Data { channel, user_data } if Some(channel) == self.channels.message => {
                let evidence = &mut ActivateEvidence::default();
                let Self { wire, secured, channels, auto_detect, .. } = self;
                Ok(activate::message(wire, secured, *channels, auto_detect, user_data, evidence).await?)
            }
            Mcs::Data { channel, user_data } if Some(channel) == self.channels.dynamic => {
                Ok(activate::dynamic(self.wire, self.secured, self.channels, user_data).await?)
            }
            _ => Ok(()),
        }
    }

    async fn share(&mut self, user_data: &[u8], seen: &mut Session) -> Result<(), Ended> {
        let mut rest = user_data;
        while !rest.is_empty() {
            let (pdu, after) = share::first(rest);
            rest = after;
            match share::session_pdu(pdu) {
                IoPdu::SetErrorInfo { code } if code != 0 => return Err(ending::error_info(code).into()),
                IoPdu::ShareData { kind: share::UPDATE } => self.draw(self.alone(pdu), seen).await?,
                IoPdu::Redirection => {
                    if let Some(reason) = redirect::take(pdu, &mut seen.redirection)? {
                        return Err(Ended::Watch(reason.to_owned()));
                    }
                }
                IoPdu::DeactivateAll => {
                    if !rest.is_empty() {
                        self.secured.give_back(self.alone(rest));
                    }
                    return self.reactivate(seen).await;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A frame of its own for what came in one with others.
    fn alone(&self, user_data: &[u8]) -> Vec<u8> {
        mcs::indication(self.channels.io, user_data).expect("a part of a frame fits one")
    }

    /// What cannot be decoded is counted, and the rest is drawn all the same. Decoding a small PDU can take minutes, so it may
    /// not hold up the clock.
    async fn draw(&mut self, frame: Vec<u8>, seen: &mut Session) -> Result<(), Ended> {
        let Some(mut canvas) = self.canvas.take() else { return Ok(()) };
        let work = move || {
            let drawn = canvas.draw(&frame);
            (canvas, drawn)
        };
        let Some((canvas, drawn)) = self.wire.work(work).await else {
            return Err(Ended::Watch("what the server draws takes too long to decode".to_owned()));
        };
        self.canvas = Some(canvas);
        let Ok(drawn) = drawn else {
            seen.undecoded = seen.undecoded.saturating_add(1);
            return Ok(());
        };
        if drawn.regions > 0 {
            seen.regions = seen.regions.saturating_add(drawn.regions);
            self.drawn_at = Some(Instant::now());
        }
        match drawn.answer {
            answer if answer.is_empty() => Ok(()),
            answer => Ok(self.secured.send(self.wire, &answer).await?),
        }
    }

    async fn reactivate(&mut self, seen: &mut Session) -> Result<(), Ended> {
        seen.reactivations += 1;
        if seen.reactivations > MAX_REACTIVATIONS {
            let detail = format!("the server took back the activation {} times", seen.reactivations);
            return Err(Failure::new(FailureKind::Malformed, detail).into());
        }
        let mut evidence = ActivateEvidence::default();
        let step =
            activate::run(self.wire, self.secured, self.channels, Awaits::FontMap, &mut evidence).await;
        seen.redirection = evidence.redirection.or(seen.redirection.take());
        match step {
            Ok(Step::Passed(active)) => self.begin(active, seen),
            Ok(Step::Stopped(reason)) => Err(Ended::Watch(reason.into_owned())),
            Err(failure) if failure.kind == FailureKind::Timeout => Err(Ended::Watch(
                "the server began another activation and did not finish it in time".to_owned(),
            )),
            Err(failure) => Err(failure.into()),
        }
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        _ => format!("{} kB", bytes / 1000),
    }
}
