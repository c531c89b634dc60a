//! Files of the registry that are not what they look like: changes of settings, one control set, and whose hive it is.

use std::io::Cursor;

use rdptrace::{
    internal::local::files::{Files, Given, Keys as _, hive::NoHive, reg::Export},
    local::{Host as _, RoleChoice, Unreadable},
    report::{
        CheckStatus,
        Role::{Client, Host},
    },
};

use super::{
    hive_writer::{Node, hive},
    host::{LISTENER, SERVER, checked, export, find, sent},
    registry::{number, opened, text},
};

/// What only says what to change says nothing of the rest.
#[test]
fn a_file_that_changes_settings_answers_for_what_it_says_alone() {
    let own = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet";
    let server = r"Control\Terminal Server";
    let listener = r"Control\Terminal Server\WinStations\RDP-Tcp";
    let rows = [
        format!("[{own}\\{listener}]\n\"x\"=dword:1\n"),
        format!("[{own}\\{server}]\n\"x\"=dword:1\n"),
        format!("[{own}\\{server}\\WinStations]\n\"x\"=dword:1\n"),
        format!("[{own}\\Services\\TermService]\n\"x\"=dword:1\n"),
        format!("[{own}\\Control\\Lsa]\n\"x\"=dword:1\n"),
        format!("; a tweak\n[{own}\\Control\\Own]\n\"x\"=dword:1\n"),
        format!("[{own}\\Control\\Own]\n\"x\"=dword:1\n\"y\"=-\n"),
        format!("[-{own}\\Control\\Own\\Below]\n[{own}\\Control\\Own]\n\"x\"=dword:1\n"),
    ];
    for row in rows {
        let text = format!("Windows Registry Editor Version 5.00\n\n{row}");
        let export = Export::open(Cursor::new(text.into_bytes()), 500_000).expect("an export");
        assert!(export.changes(), "{row}");
        let key = row.split("\n[").last().and_then(|key| key.trim_start_matches('[').split(']').next());
        let key = key.expect("a key").replace("HKEY_LOCAL_MACHINE", "HKLM");
        assert_eq!(export.value(&key, "x"), number(1), "{row}");
        assert_eq!(export.value(&key, "PortNumber"), Err(Unreadable::NotHeld), "{row}");
        assert_eq!(export.subkeys(&key), Err(Unreadable::NotHeld), "{row}");
    }
}

/// A list is told as far as the file has it, and what only a used client writes says nothing where it is missing.
#[test]
fn what_a_file_forbids_or_sets_for_a_user_is_told_alone() {
    let policy = r"SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation";
    let list = format!("{policy}\\DenyFreshCredentials");
    let keys = [(policy, "\"DenyFreshCredentials\"=dword:1"), (list.as_str(), "\"1\"=\"TERMSRV/*\"")];
    let denied = checked("changes-deny", &[("deny.reg", export(&keys))], RoleChoice::Client);
    assert_eq!(find(&denied, "credssp-delegation-fresh").status, CheckStatus::Error);
    let key = "[HKEY_CURRENT_USER\\Software\\Microsoft\\Terminal Server Client]";
    let text =
        format!("Windows Registry Editor Version 5.00\r\n\r\n{key}\r\n\"RDGClientTransport\"=dword:1\r\n");
    let client = checked("changes-client", &[("client.reg", text.into_bytes())], RoleChoice::Client);
    assert_eq!(find(&client, "client-policy-gateway-transport").status, CheckStatus::Warning);
    assert_eq!(find(&client, "client-key-remembered").status, CheckStatus::Unknown);
}

#[test]
fn one_control_set_alone_and_keys_that_are_indented_are_read() {
    let export = |text: &str| {
        let text = format!("Windows Registry Editor Version 5.00\n\n{text}");
        Export::open(Cursor::new(text.into_bytes()), 500_000).expect("an export")
    };
    let own = r"HKLM\SYSTEM\CurrentControlSet\Control\Own";
    let one = "  [HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Own]\n\t\"x\"=dword:1\n   @=\"y\"\n";
    assert_eq!(export(one).value(own, "x"), number(1));
    assert_eq!(export(one).value(own, ""), text("y"));
    let other = "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Control\\Own]\n\"x\"=dword:2\n";
    assert_eq!(export(other).value(own, "x"), number(2));
    // Nothing says which one is used.
    assert_eq!(export(&format!("{one}{other}")).value(own, "x"), Err(Unreadable::NotHeld));
}

#[test]
fn the_software_of_a_user_is_not_that_of_the_machine() {
    let of = |add: &dyn Fn(&mut Node)| {
        let mut root = Node::default();
        root.at("Classes");
        root.at(r"Policies\Microsoft");
        root.at(r"Microsoft\Windows NT\CurrentVersion").text("x", "y");
        add(&mut root);
        opened(&hive(&root)).map(|hive| hive.mount().to_owned())
    };
    let user = |root: &mut Node| {
        root.at(r"Microsoft\Windows\CurrentVersion\Explorer\RunMRU");
    };
    assert_eq!(of(&user), Ok(r"HKCU\Software".to_owned()));
    let machine = |root: &mut Node| {
        root.at(r"Microsoft\Windows NT\CurrentVersion").text("SystemRoot", "C:\\Windows");
    };
    assert_eq!(of(&machine), Ok(r"HKLM\SOFTWARE".to_owned()));
    assert_eq!(of(&|_: &mut Node| {}), Err(NoHive::Unknown));
}

#[test]
fn one_control_set_of_a_hive_is_read_whatever_it_is_in() {
    let mut set = Node::default();
    set.at("Enum");
    set.at("Services");
    set.at(r"Control\Own").number("x", 1);
    let own = r"HKLM\SYSTEM\CurrentControlSet\Control\Own";
    assert_eq!(opened(&hive(&set)).unwrap_or_else(|why| panic!("{why}")).value(own, "x"), number(1));
    let mut root = Node::default();
    root.at("Setup");
    root.at(r"ControlSet001\Control\Own").number("x", 2);
    assert_eq!(opened(&hive(&root)).unwrap_or_else(|why| panic!("{why}")).value(own, "x"), number(2));
}

/// A hive of SYSTEM is of a client where the machine is a workstation that takes no connections; what depends on the version
/// of Windows is not known from it, and what every Windows has is no warning.
#[test]
fn a_system_hive_is_checked_as_what_the_machine_is() {
    let system = |product: &str, deny: u32| {
        let mut root = Node::default();
        root.at("Select").number("Current", 1);
        root.at(r"ControlSet001\Control\ProductOptions").text("ProductType", product);
        root.at(r"ControlSet001\Control\Terminal Server").number("fDenyTSConnections", deny);
        root.at(r"ControlSet001\Control\Terminal Server\WinStations\RDP-Tcp").number("PortNumber", 3389);
        root.at(r"ControlSet001\Services\SCardSvr").number("Start", 4);
        [("SYSTEM", hive(&root))]
    };
    for (product, deny, roles) in
        [("WinNT", 1, vec![Client]), ("WinNT", 0, vec![Host]), ("ServerNT", 1, vec![Host])]
    {
        let checked = checked("host-system-hive", &system(product, deny), RoleChoice::Auto);
        assert_eq!(checked.machine.roles, roles, "{product} {deny}");
    }
    let client = checked("host-system-client", &system("WinNT", 1), RoleChoice::Auto);
    assert_eq!(find(&client, "schannel-client-tls12").status, CheckStatus::Unknown);
    assert_eq!(find(&client, "service-smart-cards").status, CheckStatus::Unknown);
    let software = |build: &str, major: Option<u32>| {
        let mut root = Node::default();
        root.at("Classes");
        let version = root.at(r"Microsoft\Windows NT\CurrentVersion");
        version.text("CurrentBuildNumber", build).text("CurrentVersion", "6.1");
        if let Some(major) = major {
            version.number("CurrentMajorVersionNumber", major).number("CurrentMinorVersionNumber", 0);
        }
        hive(&root)
    };
    for (build, major, status) in [("26100", Some(10), CheckStatus::Ok), ("7601", None, CheckStatus::Warning)]
    {
        let mut files = system("WinNT", 1).to_vec();
        files.push(("SOFTWARE", software(build, major)));
        let client = checked("host-system-version", &files, RoleChoice::Auto);
        assert_eq!(find(&client, "service-smart-cards").status, status, "{build}");
        assert_eq!(find(&client, "schannel-client-tls12").status, status, "{build}");
    }
    // Windows 7 without the one version that it uses of its own accord.
    let off = r"ControlSet001\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.0\Client";
    let mut root = Node::default();
    root.at("Select").number("Current", 1);
    root.at(r"ControlSet001\Control\ProductOptions").text("ProductType", "WinNT");
    root.at(off).number("Enabled", 0);
    let files = [("SYSTEM", hive(&root)), ("SOFTWARE", software("7601", None))];
    let client = checked("host-system-no-version", &files, RoleChoice::Client);
    assert_eq!(find(&client, "schannel-client-tls12").status, CheckStatus::Error);
}

/// The commonest files that people send are those that change one setting.
#[test]
fn a_file_that_changes_one_setting_makes_no_warning_of_what_it_leaves_out() {
    for (key, value) in
        [(LISTENER, "\"MinEncryptionLevel\"=dword:00000003"), (SERVER, "\"fDenyTSConnections\"=dword:0")]
    {
        let checked = checked("host-tweak", &[("tweak.reg", export(&[(key, value)]))], RoleChoice::Host);
        let wrong = checked.checks.iter().filter(|check| check.status.severity().is_some());
        let wrong: Vec<_> = wrong.map(|check| format!("{}: {}", check.code, check.message)).collect();
        assert!(wrong.is_empty(), "{value}: {wrong:#?}");
    }
}

/// Policies alone are what somebody sets, or a part of what is set: the others are not known.
#[test]
fn a_file_of_policies_alone_answers_for_what_it_says() {
    const POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
    const CREDSSP: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";
    for (key, value) in [
        (POLICY, "\"MinEncryptionLevel\"=dword:00000003"),
        (CREDSSP, "\"AllowEncryptionOracle\"=dword:00000000"),
    ] {
        for role in [RoleChoice::Client, RoleChoice::Host] {
            let checked = checked("host-policies", &[("policies.reg", export(&[(key, value)]))], role);
            let told = |check: &&rdptrace::report::LocalCheck| check.status.severity().is_some();
            let wrong: Vec<_> = checked.checks.iter().filter(told).map(|check| &check.message).collect();
            assert!(wrong.is_empty(), "{key}: {wrong:#?}");
            let ok =
                checked.checks.iter().filter(|check| check.status == CheckStatus::Ok && check.role.is_some());
            assert!(ok.clone().count() < 3, "{key}: {:#?}", ok.collect::<Vec<_>>());
        }
    }
}

/// The hives of the system's own accounts look like a user's, and nobody works with them.
#[test]
fn the_profile_of_no_user_is_not_judged_as_one() {
    let mut root = Node::default();
    root.at(r"Software\Microsoft\Terminal Server Client").number("AuthenticationLevelOverride", 0);
    root.at("Environment");
    let user = hive(&root);
    let mut system = user.clone();
    let place = r"emRoot\System32\Config\DEFAULT".encode_utf16().flat_map(u16::to_le_bytes);
    system.splice(48..112, place.chain(std::iter::repeat(0)).take(64));
    let open = |name: &str, bytes: &[u8]| {
        let folder = super::host::sent("host-nobody", &[(name, bytes.to_vec())]);
        Files::open(&[Given::Hive(folder.join(name), None)]).map(drop)
    };
    assert_eq!(open("NTUSER.DAT", &user), Ok(()));
    for (name, bytes) in [("DEFAULT", &user), ("default.hiv", &user), ("a.hiv", &system)] {
        let why = open(name, bytes).expect_err(name);
        assert!(why.contains("the profile of no user"), "{name}: {why}");
    }
    let folder = super::host::sent("host-somebody", &[("DEFAULT", user)]);
    let named = Files::open(&[Given::Hive(folder.join("DEFAULT"), Some("HKCU".to_owned()))]);
    assert!(named.is_ok(), "{:?}", named.err());
}

/// A damaged value is one that was there: the side that asks for it is taken, and says that it cannot be read.
#[test]
fn a_damaged_setting_of_a_host_is_told_as_one() {
    let text = "Windows Registry Editor Version 5.00\n\n\
                [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server]\n\
                \"fDenyTSConnections\"=dword:zz\n\"x\"=hex:0\n";
    let folder = std::env::temp_dir().join(format!("rdptrace-damaged-value-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let file = folder.join("bad.reg");
    std::fs::write(&file, text).expect("the folder is the test's own");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_rdptrace"))
        .args(["local", "--reg"])
        .arg(&file)
        .output()
        .expect("the program runs");
    std::fs::remove_dir_all(&folder).expect("the folder is the test's own");
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{told}");
    assert!(told.contains("fDenyTSConnections: it could not be read: the export is damaged there"), "{told}");
    assert!(!told.contains("as client"), "{told}");
}

/// What expires is judged by the time at which a hive was last written, which is in it.
#[test]
fn a_hive_is_judged_at_the_time_when_it_was_written() {
    let mut root = Node::default();
    root.at(r"ControlSet001\Control\Terminal Server").number("fDenyTSConnections", 0);
    root.at("Setup");
    let folder = sent("written", &[("SYSTEM", hive(&root))]);
    let files = Files::open(&[Given::Folder(folder)]).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(files.now().unix_timestamp(), 1_795_348_800);
}
