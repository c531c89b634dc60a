//! The way to the target: on the machine that the tests run on, and for a name whose address only the trace knows.

use rdptrace::{
    local::{Interface, Output, RoleChoice, Target, check, check_beside, this_machine},
    report::{CheckStatus, LocalCheck, Os, Route},
};

use crate::{causes::on, lab::Answer, local::invented};

fn named<'a>(checks: &'a [LocalCheck], code: &str) -> &'a LocalCheck {
    checks.iter().find(|check| check.code == code).expect("the check is made")
}

#[test]
fn the_way_to_this_machine_itself_is_no_tunnel() {
    let to = Target::new("127.0.0.1", 3389);
    let machine = check(&this_machine(), RoleChoice::Client, Some(&to)).machine;
    // A Linux without the ip command tells no way.
    let Some(Route { destination, interface, tunnel, .. }) = machine.route else {
        assert_eq!(machine.system, Os::Linux);
        return;
    };
    assert_eq!((destination.to_string().as_str(), tunnel), ("127.0.0.1", false));
    assert!(machine.system != Os::Linux || interface == "lo", "{interface}");
}

#[tokio::test(start_paused = true)]
async fn the_way_to_a_name_is_that_to_the_address_that_was_connected_to() {
    let report = on(&[("10.20.0.15:3389", Answer::Silent)]).await;
    for name in ["linux-client-healthy", "windows-client-healthy"] {
        let mut invented =
            invented().into_iter().find(|invented| invented.name == name).expect("it is there");
        let text = r#"[{"dst":"10.20.0.15","dev":"tun0","metrics":[{"mtu":1380}]}]"#.to_owned();
        invented.machine.commands.insert("ip -j route get 10.20.0.15".to_owned(), Output { code: 0, text });
        let wintun = Interface { name: "corp".into(), description: "Wintun".into(), kind: 53, mtu: 1380 };
        invented.machine.interfaces.insert("10.20.0.15".to_owned(), wintun);

        let subject = Target::new("rdsh01.corp.example", 3389);
        let before = check(&invented.machine, RoleChoice::Client, Some(&subject));
        assert_eq!(named(&before.checks, "route-to-target").status, CheckStatus::NotApplicable, "{name}");
        assert_eq!(before.machine.route, None, "{name}");

        let checked = check_beside(&invented.machine, &report);
        let route = checked.machine.route.as_ref().expect("the way is known");
        assert_eq!((route.tunnel, route.mtu), (true, Some(1380)), "{name}");
        let said = named(&checked.checks, "route-to-target");
        assert_eq!(said.message, "the way to 10.20.0.15 leads through a tunnel", "{name}");
    }
}
