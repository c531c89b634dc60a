//! The GitHub action and the GitLab component, whose scripts run here against a demo server.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use saphyr::{LoadableYamlNode as _, Yaml};

use super::release::Release;
use crate::program::{Served, file, text};

/// A job that runs the scripts of a CI system.
struct Job {
    folder: PathBuf,
    inputs: Vec<(&'static str, String)>,
}

impl Job {
    fn new(name: &str, inputs: &[(&'static str, &str)]) -> Self {
        let folder = file(&format!("job-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a writable folder");
        let inputs = inputs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { folder, inputs }
    }

    /// A text in which every input is replaced by its value or, if it has none, by its default.
    fn filled(&self, text: &str, declared: &Yaml<'_>, form: impl Fn(&str) -> String) -> String {
        let mut filled = text.to_owned();
        for (name, input) in declared.as_mapping().expect("inputs") {
            let name = name.as_str().expect("a name");
            let given = self.inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| value.as_str());
            let default = input.as_mapping_get("default").and_then(|default| default.as_str());
            let value = given.or(default).unwrap_or_default();
            filled = filled.replace(&form(name), value);
        }
        assert!(!filled.contains("inputs."), "an input that is not declared: {filled}");
        filled
    }

    fn run(&self, shell: &str, script: &str, variables: &[(String, String)]) -> Output {
        let variables = variables.iter().map(|(name, value)| (name, value));
        Command::new(shell)
            .args(["-e", "-c", script])
            .current_dir(&self.folder)
            .env_remove("RDPTRACE_PASSWORD")
            .env("RUNNER_TEMP", &self.folder)
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("GITHUB_PATH", self.folder.join("path"))
            .env("GITHUB_OUTPUT", self.folder.join("output"))
            .envs(variables)
            .output()
            .expect("a shell")
    }

    fn written(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Cases and failures of the JUnit report.
    fn junit(&self) -> (usize, usize) {
        let report = self.written("rdptrace.xml");
        let report = roxmltree::Document::parse(&report).expect("XML");
        let count = |name| report.descendants().filter(|node| node.has_tag_name(name)).count();
        (count("testcase"), count("failure"))
    }
}

fn text_of<'a>(yaml: &'a Yaml<'_>, name: &str) -> &'a str {
    yaml.as_mapping_get(name).and_then(|value| value.as_str()).unwrap_or_else(|| panic!("no {name}"))
}

/// Runs the steps of the action, one after the other, as a runner does.
fn github(job: &Job, release: &Release) -> Output {
    let action = release.manifest("github/action.yml");
    let action = Yaml::load_from_str(&action).expect("YAML").remove(0);
    assert_eq!(text_of(&action["runs"], "using"), "composite");
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let downloaded = job.run("bash", text_of(&steps[0], "run"), &[]);
    if !downloaded.status.success() {
        return downloaded;
    }
    assert_eq!(text_of(&steps[1], "id"), "trace");
    let mut variables = vec![("PATH".to_owned(), path_with(job.written("path").trim()))];
    for (name, value) in steps[1]["env"].as_mapping().expect("variables") {
        let value = job.filled(value.as_str().expect("a text"), &action["inputs"], |input| {
            format!("${{{{ inputs.{input} }}}}")
        });
        variables.push((name.as_str().expect("a name").to_owned(), value));
    }
    job.run("bash", text_of(&steps[1], "run"), &variables)
}

fn path_with(folder: &str) -> String {
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

/// Runs the scripts of the component, one after the other in one shell, as a runner does.
fn gitlab(job: &Job, release: &Release, password: &str) -> Output {
    let component = release.manifest("gitlab/templates/smoke-test.yml");
    let documents = Yaml::load_from_str(&component).expect("YAML");
    let [spec, jobs] = documents.as_slice() else { panic!("a header and a job") };
    let inputs = &spec["spec"]["inputs"];
    let (_, smoke_test) = jobs.as_mapping().expect("jobs").iter().next().expect("a job");
    let mut variables = vec![("RDPTRACE_PASSWORD".to_owned(), password.to_owned())];
    for (name, value) in smoke_test["variables"].as_mapping().expect("variables") {
        let value =
            job.filled(value.as_str().expect("a text"), inputs, |input| format!("$[[ inputs.{input} ]]"));
        variables.push((name.as_str().expect("a name").to_owned(), value));
    }
    let script = ["before_script", "script"].map(|part| smoke_test[part][0].as_str().expect("a script"));
    assert_eq!(text_of(&smoke_test["artifacts"]["reports"], "junit"), "rdptrace.xml");
    job.run("sh", &script.concat(), &variables)
}

#[expect(clippy::disallowed_macros, reason = "what is skipped is said to whoever runs the tests")]
fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").output().is_ok();
    if !found {
        println!("skipped: curl is not installed");
    }
    found
}

const ACCOUNT: [(&str, &str); 2] = [("account", "demo"), ("password", "demo")];

#[test]
fn the_action_passes_if_the_host_is_ready() {
    if !has_curl() {
        return;
    }
    let (release, server) = (Release::new("github"), Served::start(&[]));
    let inputs = [[("target", server.1.as_str()), ("wait", "5m")], ACCOUNT].concat();
    let job = Job::new("github", &inputs);
    let output = github(&job, &release);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(job.written("output"), "exit-code=0\n");
    assert!(text(&output.stdout).contains("credentials: verified"), "{}", text(&output.stdout));
    let (cases, failures) = job.junit();
    assert!(cases > 5 && failures == 0, "{cases} cases, {failures} failures");
}

#[test]
fn the_action_fails_if_the_host_is_not_ready() {
    if !has_curl() {
        return;
    }
    let (release, server) =
        (Release::new("github-fault"), Served::start(&["--fault", "certificate-expired"]));
    let job = Job::new("github-fault", &[("target", &server.1)]);
    assert_eq!(github(&job, &release).status.code(), Some(1));
    assert_eq!(job.written("output"), "exit-code=1\n");
    assert_eq!(job.junit().1, 1);
    let job = Job::new("github-never", &[("target", &server.1), ("fail-on", "never")]);
    assert_eq!(github(&job, &release).status.code(), Some(0));
}

#[test]
fn the_action_runs_no_other_archive() {
    if !has_curl() {
        return;
    }
    let release = Release::new("github-sum");
    fs::write(release.file("-x86_64-unknown-linux-musl.tar.gz"), "another archive")
        .expect("a writable folder");
    let job = Job::new("github-sum", &[("target", "rdsh01.corp.example")]);
    assert!(!github(&job, &release).status.success());
    assert!(!job.folder.join("path").exists());
}

#[test]
fn the_component_tells_ready_from_not_ready() {
    if !has_curl() {
        return;
    }
    let (release, server) = (Release::new("gitlab"), Served::start(&[]));
    let job = Job::new("gitlab", &[("target", server.1.as_str()), ("account", "demo"), ("wait", "5m")]);
    let output = gitlab(&job, &release, "demo");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("credentials: verified"), "{}", text(&output.stdout));
    assert_eq!(job.junit().1, 0);
    let server = Served::start(&["--fault", "certificate-expired"]);
    let job = Job::new("gitlab-fault", &[("target", &server.1)]);
    assert_eq!(gitlab(&job, &release, "").status.code(), Some(1));
    assert_eq!(job.junit().1, 1);
}
