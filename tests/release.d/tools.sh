# What tests/release needs, how it is installed, and how it says what is missing.

# Every tool that writes a part of a release is pinned: another version writes other bytes.
crates=(cargo-auditable@0.7.7 cargo-deb@3.8.0 cargo-generate-rpm@0.21.1 cargo-cyclonedx@0.5.9)
# In a folder of their own; cargo-zigbuild finds zig there.
wheels=(cargo-zigbuild==0.24.1 ziglang==0.17.1 check-jsonschema==0.39.0)
venv=$PWD/target/release-tools
packages=(binutils curl debootstrap dpkg-dev jq lintian python3-venv rpm rpmlint zip)

skipped=0

say() { printf '\n== %s\n' "$*"; }

skip() {
  say "SKIPPED: $*"
  skipped=$((skipped + 1))
}

fail() {
  printf '\nFAILED: %s\n' "$*" >&2
  exit 1
}

finish() {
  if [ $skipped = 0 ]; then say "done"; else say "done, $skipped SKIPPED"; fi
}

debian_root() { [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; }

has() { command -v "$1" >/dev/null; }

# Whether cargo installed this crate of the list in this version.
has_crate() {
  local crate
  for crate in "${crates[@]}"; do
    [ "${crate%@*}" = "$1" ] && break
  done
  grep -qx "${crate%@*} v${crate#*@}:" <<<"$installed_crates"
}
installed_crates=$(cargo install --list)

# A value of [package] in Cargo.toml, empty if there is none.
manifest_value() {
  sed -n '/^\[package\]/,/^\[dependencies\]/s/^'"$1"' = "\(.*\)"$/\1/p' Cargo.toml
}

install_tools() {
  local crate
  if debian_root; then
    say "installing packages of Debian"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  fi
  say "installing ${wheels[*]}"
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "${wheels[@]}"
  for crate in "${crates[@]}"; do
    has_crate "${crate%@*}" && continue
    say "installing $crate"
    cargo install --quiet --locked "$crate"
  done
  installed_crates=$(cargo install --list)
  say "the libraries of the other targets"
  tests/cross || [ $? = 3 ]
}
