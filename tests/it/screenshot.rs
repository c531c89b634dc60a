//! The screenshot: what the server drew, how long it is watched, and what happens when there is nothing to show.

use std::{fs, sync::Mutex, time::Duration};

use rdptrace::{
    Observer, Picture, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::pdu::canvas::{Canvas, Share},
    report::{FailureKind, Session},
    settings::Security,
};
use serde_json::Value;

use crate::{
    lab::{Lab, fault},
    program::{Served, file, rdptrace, text},
    readers::sample,
};

/// The colours of the demo server's screen.
const BACKGROUND: [u8; 3] = [41, 77, 90];
const PANEL: [u8; 3] = [230, 227, 230];

/// Keeps the last picture.
#[derive(Default)]
struct Kept(Mutex<Option<Picture>>);

impl Observer for Kept {
    fn phase(&self, _phase: Phase) {}

    fn picture(&self, picture: Picture) {
        *self.0.lock().expect("no panic while it was held") = Some(picture);
    }
}

async fn screenshot(name: Option<&str>, timeout: Duration) -> (Report, Option<Picture>) {
    let settings = Settings::default()
        .until(Some(Phase::Activate))
        .security(if name.is_some_and(|name| name.starts_with("standard")) {
            Security::Rdp
        } else {
            Security::Tls
        })
        .screenshot(true)
        .timeout(timeout);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let kept = Kept::default();
    let report = Tracer::new(&target, &settings, &Lab::of(name.map(fault))).observed_by(&kept).run().await;
    let picture = kept.0.into_inner().expect("no panic while it was held");
    (report, picture)
}

async fn session(name: Option<&str>) -> (Session, Option<Picture>) {
    let (report, picture) = screenshot(name, Duration::from_secs(10)).await;
    assert_eq!(report.verdict.reached, Some(Phase::Activate));
    (report.trace.connections[0].session.clone().expect("watched"), picture)
}

fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
    let at = 3 * (y * usize::from(picture.width) + x);
    picture.rgb[at..at + 3].try_into().expect("three bytes")
}

fn assert_is_the_demo_screen(picture: &Picture) {
    assert_eq!((picture.width, picture.height), (1024, 768));
    for (x, y) in [(0, 0), (1023, 767), (255, 300), (512, 255), (512, 512)] {
        assert_eq!(pixel(picture, x, y), BACKGROUND, "{x}, {y}");
    }
    for (x, y) in [(256, 256), (767, 511), (512, 384)] {
        assert_eq!(pixel(picture, x, y), PANEL, "{x}, {y}");
    }
}

/// A second and a half without drawing is the end of a screen, long before the time of the phase.
#[tokio::test(start_paused = true)]
async fn the_screen_is_what_the_server_drew() {
    let (seen, picture) = session(None).await;
    assert_is_the_demo_screen(&picture.expect("a picture"));
    assert_eq!((seen.width, seen.height, seen.blank), (Some(1024), Some(768), Some(false)));
    assert!((1_500.0..1_600.0).contains(&seen.elapsed_ms.0), "{}", seen.elapsed_ms.0);
    assert!(seen.failure.is_none() && seen.regions > 0 && seen.undecoded == 0);
}

#[tokio::test(start_paused = true)]
async fn a_screen_that_is_drawn_on_the_slow_path_is_seen() {
    let (seen, picture) = session(Some("session-slow-path")).await;
    assert_eq!((seen.regions, seen.undecoded, seen.blank), (1, 0, Some(false)), "{seen:?}");
    let picture = picture.expect("a picture");
    assert_eq!([pixel(&picture, 0, 0), pixel(&picture, 3, 3)], [[255; 3]; 2]);
    assert_eq!([pixel(&picture, 4, 3), pixel(&picture, 3, 4)], [[0; 3]; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_activated_again_is_drawn_again() {
    let (seen, picture) = session(Some("session-reactivation")).await;
    assert_is_the_demo_screen(&picture.expect("a picture"));
    assert_eq!(seen.reactivations, 1);
}

/// An activation alone wipes nothing, and it is no end of the session when it is not finished.
#[tokio::test(start_paused = true)]
async fn what_was_drawn_before_an_activation_stays() {
    let (seen, picture) = session(Some("session-reactivation-silent")).await;
    assert_is_the_demo_screen(&picture.expect("a picture"));
    assert!(seen.failure.is_none() && seen.stopped.is_some_and(|why| why.contains("another activation")));
}

/// On the fast path and on the slow one Standard RDP Security is taken off before anything is drawn.
#[tokio::test(start_paused = true)]
async fn a_screen_without_tls_is_seen() {
    for name in [
        "standard-security",
        "standard-security-40-bit",
        "standard-security-56-bit",
        "standard-security-plain",
    ] {
        let (seen, picture) = session(Some(name)).await;
        assert_is_the_demo_screen(&picture.unwrap_or_else(|| panic!("{name}: {seen:?}")));
        assert!(seen.failure.is_none(), "{name}: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_picture_says_why() {
    let (black, picture) = session(Some("session-black")).await;
    assert!(picture.is_none());
    assert_eq!((black.regions, black.blank, black.failure.is_none()), (0, None, true));
    let (garbled, picture) = session(Some("session-undecodable")).await;
    assert!(picture.is_none());
    assert_eq!((garbled.regions, garbled.undecoded), (0, 1));
    let (refused, _) = session(Some("session-refused")).await;
    let failure = refused.failure.expect("ended");
    assert_eq!((failure.kind, failure.code), (FailureKind::ErrorInfo, Some(10)));
    let (elsewhere, _) = session(Some("session-redirection")).await;
    assert_eq!(elsewhere.redirection.map(|to| to.session_id), Some(7));
}

/// The time is that of the phase, however much or little a server draws.
#[tokio::test(start_paused = true)]
async fn the_session_ends_with_its_time() {
    for name in ["session-black", "session-flood"] {
        let (report, _) = screenshot(Some(name), Duration::from_secs(4)).await;
        let elapsed = report.trace.elapsed_ms.0;
        assert!((4_000.0..4_300.0).contains(&elapsed), "{name} took {elapsed} ms");
    }
}

/// Whoever reads that a session was not waited for reads how much of it came.
#[tokio::test(start_paused = true)]
async fn how_much_had_come_when_the_time_was_over_is_told() {
    let (seen, _) = session(Some("session-half-pdu")).await;
    let stopped = seen.stopped.expect("half a PDU comes");
    assert_eq!(stopped, "the server had sent half a PDU and the time was over when 0 B had come");
}

/// Frames that xrdp (bitmaps) and FreeRDP (RemoteFX) sent: whole they draw, cut or altered they never panic.
#[test]
fn recorded_frames_are_drawn() {
    let share = Share { io_channel: 1003, user_channel: 1007, share_id: 66_538, desktop: (1024, 768) };
    for (name, answered) in [("xrdp-fast-path-bitmap.hex", false), ("freerdp-remotefx.hex", true)] {
        let whole = sample(name);
        let drawn = Canvas::new(share).and_then(|mut canvas| canvas.draw(&whole)).expect("a frame");
        assert!(drawn.regions > 0, "{name}");
        assert_eq!(!drawn.answer.is_empty(), answered, "{name}");
        let mut canvas = Canvas::new(share).expect("a desktop");
        for index in (0..whole.len()).step_by(1501) {
            let _ = canvas.draw(&whole[..index]);
            let mut altered = whole.clone();
            altered[index] ^= 0xFF;
            let _ = canvas.draw(&altered);
        }
    }
}

/// A desktop of 65535 by 65535 would be 16 GiB.
#[test]
fn a_desktop_that_is_too_large_is_not_drawn() {
    let share = |desktop| Share { io_channel: 1003, user_channel: 1007, share_id: 1, desktop };
    for desktop in [(65_535, 65_535), (4_097, 1), (0, 768)] {
        assert!(Canvas::new(share(desktop)).is_err(), "{desktop:?}");
    }
    assert!(Canvas::new(share((4_096, 2))).is_ok());
}

#[test]
fn the_file_is_a_png_of_the_screen() {
    let server = Served::start(&[]);
    let path = file("screen.png");
    fs::write(&path, "an older picture, longer than nothing").expect("a file");
    let name = path.to_str().expect("a path of text");
    let output = rdptrace(&["trace", &server.1, "--security", "tls", "--screenshot", name]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let file = std::io::BufReader::new(fs::File::open(&path).expect("the file"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut rgb).expect("an image");
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let size = |side| u16::try_from(side).expect("a side of a desktop");
    assert_is_the_demo_screen(&Picture { width: size(info.width), height: size(info.height), rgb });
}

/// The report is written all the same, with the exit code of the trace; an older picture is left alone, and no empty file.
#[test]
fn a_server_that_gives_no_picture_leaves_no_file() {
    let nla = Served::start(&[]);
    let closing = Served::start(&["--fault", "mcs-close"]);
    let black = Served::start(&["--fault", "session-black"]);
    let elsewhere = Served::start(&["--fault", "session-redirection"]);
    let garbled = Served::start(&["--fault", "session-undecodable"]);
    let ended = Served::start(&["--fault", "session-closed"]);
    let cases = [
        (&nla.1, "auto", 3, "stopped in credssp: no account was given"),
        (&closing.1, "tls", 16, "the connection ended in mcs"),
        (&black.1, "tls", 1, "the server drew nothing"),
        (&elsewhere.1, "tls", 1, "redirects to"),
        (&garbled.1, "tls", 0, "can be decoded"),
        (&ended.1, "tls", 1, "the session ended before the server drew anything: "),
    ];
    let (new, old) = (file("no-screen.png"), file("old-screen.png"));
    fs::write(&old, "older").expect("a file");
    for (address, security, code, words) in cases {
        // An older picture is left alone whatever the reason.
        for path in [&new, &old].into_iter().take(if code == 16 { 2 } else { 1 }) {
            let name = path.to_str().expect("a path of text");
            let arguments = ["trace", address, "--security", security, "--timeout", "1", "--format", "json"];
            let output = rdptrace(&[&arguments[..], &["--fail-on", "error", "--screenshot", name]].concat());
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{said}");
            assert!(said.contains("no screenshot") && said.contains(words), "{said}");
            let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            assert_eq!(report["request"]["until"], "activate");
        }
    }
    assert!(!new.exists());
    assert_eq!(fs::read_to_string(&old).ok().as_deref(), Some("older"));
}
