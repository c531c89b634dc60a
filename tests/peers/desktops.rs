//! The remote desktops of GNOME and KDE, headless and of the newer Debian; they end the session of a client without the graphics
//! pipeline.

use std::{fs, path::Path};

use serde_json::json;

use crate::{
    lab::{Program, certificate, folder, skipped, traced, wait_for_line},
    namespace::Namespace,
};

/// A desktop in a namespace of its own, because its server listens on every address.
struct Desktop {
    namespace: Namespace,
    _server: Program,
}

impl Desktop {
    /// Starts what this script starts, where this program is there, and waits until it has written this.
    fn start(program: &str, script: &str, ready: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/chroot");
        if !root.join(program).is_file() {
            skipped(&format!("no {program} in target/chroot: tests/chroot has not been run"));
            return None;
        }
        let namespace = Namespace::new()?;
        let folder = folder("desktop");
        certificate(&folder, "desktop.example", -1, 30);
        let inside = format!("/tmp/{}", folder.file_name().expect("a name").display());
        let home = root.join(&inside[1..]);
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).expect("a folder");
        for name in ["cert.pem", "key.pem"] {
            fs::copy(folder.join(name), home.join(name)).expect("a file");
        }
        let environment = format!("HOME={inside} XDG_RUNTIME_DIR={inside} GSETTINGS_BACKEND=keyfile");
        let session = format!("pipewire & sleep 1; wireplumber & {script}");
        fs::write(home.join("session"), session).expect("a script");
        let enter = format!(
            "mount -t proc proc {root}/proc && mount --bind /dev {root}/dev && chmod 700 {root}{inside} \
             && cd {root}{inside} && exec chroot {root} env {environment} dbus-run-session -- sh -e {inside}/session",
            root = root.display()
        );
        let log = folder.join("log");
        let mut command = namespace.command("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", &enter]);
        let server = Program::start(&mut command, &log);
        wait_for_line(&log, ready);
        Some(Self { namespace, _server: server })
    }

    /// A picture is asked for without the pipeline, and who fails for that is this program.
    #[track_caller]
    fn assert_a_screenshot_is_a_limit_of_ours(&self) {
        let picture = std::env::temp_dir().join(format!("desktop-{}.png", std::process::id()));
        let mut command = self.namespace.command(env!("CARGO_BIN_EXE_rdptrace"));
        command.env("RDPTRACE_PASSWORD", "secret1");
        let picture = picture.to_str().expect("a path");
        let arguments =
            ["--screenshot", picture, "-u", "alice", "--take-session", "--timeout", "40", "--local", "off"];
        let traced = traced(command, "127.0.0.1", 3389, &arguments);
        assert_eq!(traced.at("/verdict/phase"), "activate", "{traced:#?}");
        assert_eq!(traced.at("/causes/0/code"), "rdptrace-lacks-graphics", "{traced:#?}");
    }

    #[track_caller]
    fn assert_reaches_the_end_of_the_activation(&self, who: &str) {
        let mut command = self.namespace.command(env!("CARGO_BIN_EXE_rdptrace"));
        command.env("RDPTRACE_PASSWORD", "secret1");
        let arguments =
            ["-u", "alice", "--until", "activate", "--take-session", "--timeout", "40", "--local", "off"];
        let traced = traced(command, "127.0.0.1", 3389, &arguments);
        assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
        assert_eq!(traced.at("/verdict/reached"), "activate");
        assert_eq!(traced.at("/verdict/credentials"), "verified");
        assert_eq!(traced.at("/connections").as_array().map(Vec::len), Some(1));
        assert_eq!(traced.at("/answered_by/who"), who);
    }

    /// The number that FreeRDP's library sends is a refusal.
    #[track_caller]
    fn assert_refuses_a_wrong_password(&self) {
        let mut command = self.namespace.command(env!("CARGO_BIN_EXE_rdptrace"));
        command.env("RDPTRACE_PASSWORD", "wrong");
        let traced =
            traced(command, "127.0.0.1", 3389, &["-u", "alice", "--timeout", "40", "--local", "off"]);
        assert_eq!(traced.at("/verdict/failure/code"), 0xC007_00EA_u32, "{traced:#?}");
        assert_eq!(traced.at("/verdict/credentials"), "refused");
        assert_eq!(traced.code, Some(20));
    }
}

#[test]
fn gnome_reaches_the_end_of_the_activation() {
    let script = "mutter --headless --wayland --no-x11 --virtual-monitor 1024x768 & sleep 3
        grdctl --headless rdp set-tls-cert $HOME/cert.pem
        grdctl --headless rdp set-tls-key $HOME/key.pem
        grdctl --headless rdp set-credentials alice secret1
        grdctl --headless rdp enable
        exec /usr/libexec/gnome-remote-desktop-daemon --headless";
    let program = "usr/libexec/gnome-remote-desktop-daemon";
    let Some(desktop) = Desktop::start(program, script, "RDP server started") else { return };
    desktop.assert_reaches_the_end_of_the_activation("gnome_remote_desktop");
    desktop.assert_refuses_a_wrong_password();
    desktop.assert_a_screenshot_is_a_limit_of_ours();
}

#[test]
fn kde_reaches_the_end_of_the_activation() {
    let script = "export KWIN_WAYLAND_NO_PERMISSION_CHECKS=1 QT_QPA_PLATFORM=wayland QT_FORCE_STDERR_LOGGING=1
        export QT_LOGGING_RULES='org.kde.krdp*=true'
        kwin_wayland --virtual --no-lockscreen --width 1024 --height 768 --socket wayland-1 & sleep 4
        export WAYLAND_DISPLAY=wayland-1
        exec krdpserver --plasma -u alice -p secret1 --certificate $HOME/cert.pem --certificate-key $HOME/key.pem";
    let Some(desktop) = Desktop::start("usr/bin/krdpserver", script, "Listening for connections") else {
        return;
    };
    desktop.assert_reaches_the_end_of_the_activation("freerdp");
    desktop.assert_a_screenshot_is_a_limit_of_ours();
}
