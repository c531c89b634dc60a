# The programs of a release, one for each target.

linux=x86_64-unknown-linux-gnu static=x86_64-unknown-linux-musl windows=x86_64-pc-windows-gnu
# The oldest C library that Rust itself supports.
glibc=2.17

# cargo with what every build of a release has in common: no path of this machine in the program, zlib in it rather than beside it,
# and the list of its dependencies in it if cargo-auditable is there.
release_cargo() {
  local flag flags separator=$'\x1f'
  flags=--remap-path-prefix=$PWD=/rdptrace
  flags+=$separator--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo
  for flag in ${release_flags-}; do flags+=$separator$flag; done
  local auditable=()
  ! has_crate cargo-auditable || auditable=(auditable)
  CARGO_ENCODED_RUSTFLAGS=$flags LIBZ_SYS_STATIC=1 PATH="$venv/bin:$PATH" \
    cargo "${auditable[@]}" "$@" --profile dist --locked --quiet --bin rdptrace
}

has_zig() {
  [ -x "$venv/bin/cargo-zigbuild" ] && return
  skip "$1: cargo-zigbuild is not installed (--install gets it)"
  return 1
}

# Whether tests/cross has built the library of this target.
has_library() {
  [ -d "target/cross/toolchain/lib/rustlib/$1/lib" ] && return
  skip "$2: no library for $1 (--install builds it on Debian as root)"
  return 1
}

keep() {
  mkdir -p "$stage/$1"
  cp "target/$1/dist/$2" "$stage/$1/$2"
}

build_linux() {
  has_crate cargo-auditable || skip "the list of dependencies in the programs: cargo-auditable is not installed (--install gets it)"
  if has_zig "glibc $glibc: what is built here asks for the C library of this machine"; then
    say "$linux, glibc $glibc"
    release_cargo zigbuild --target $linux.$glibc
  else
    say "$linux"
    release_cargo build --target $linux
  fi
  keep $linux rdptrace
}

build_static() {
  has_zig "the static program" && has_library $static "the static program" || return 0
  say "$static"
  # Zig brings the C library and what starts a program; rustc must not look for its own.
  local release_flags="-Clink-self-contained=no -Ctarget-feature=+crt-static"
  (. target/cross/env && release_cargo zigbuild --target $static)
  keep $static rdptrace
}

build_windows() {
  has_library $windows "the Windows program" || return 0
  has x86_64-w64-mingw32-gcc || { skip "the Windows program: mingw-w64 is not installed (--install gets it)"; return 0; }
  say "$windows"
  local release_flags="-Clink-arg=-Wl,--no-insert-timestamp"
  (. target/cross/env && release_cargo build --target $windows)
  keep $windows rdptrace.exe
}
