# Starts every program where it will run: in chroots of older Debians, in an empty folder, and under Wine.

chroots=$PWD/target/release-chroots

# Oldest first: the mirrors of Debian carry nothing older than bullseye, which has glibc 2.31.
suites=(bullseye bookworm trixie)

mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/\?$'; }

# A minimal system; not to be had if the mirror no longer carries it.
chroot_of() {
  local root=$chroots/$1
  [ -e "$root/.complete" ] && return
  rm -rf --one-file-system "$root"
  mkdir -p "$chroots"
  debootstrap --variant=minbase "$1" "$root" "$(mirror)" >"$chroots/$1.log" 2>&1 && touch "$root/.complete"
}

# demonstrates COMMAND...: the demo passes, and so does a trace of a demo that another process serves.
demonstrates() {
  local line server address code=0
  "$@" demo >"$stage/demo.txt" 2>&1 || { cat "$stage/demo.txt"; fail "$* demo"; }
  grep -q PASSED "$stage/demo.txt" || fail "$* demo did not pass"
  exec 3< <(exec "$@" demo --serve 127.0.0.1:0 2>&1)
  server=$!
  read -r line <&3
  address=$(sed -n 's/.* on \([0-9.:]*\),.*/\1/p' <<<"$line")
  "$@" trace "$address" >"$stage/trace.txt" 2>&1 || code=$?
  kill "$server"
  exec 3<&-
  [ $code = 0 ] && grep -q 'everything up to tls works' "$stage/trace.txt" || { cat "$stage/trace.txt"; fail "$* trace"; }
}

starts_in() {
  local root=$1 target=$2
  [ -e "$stage/$target/rdptrace" ] || return 0
  say "$target in $(basename "$root")"
  install -D "$stage/$target/rdptrace" "$root/tmp/rdptrace"
  demonstrates chroot "$root" /tmp/rdptrace
  rm "$root/tmp/rdptrace"
}

starts_on_linux() {
  local suite empty=$stage/an-empty-folder
  if ! debian_root || ! has debootstrap; then
    skip "starting in older systems: it takes Debian, root and debootstrap (--install gets it)"
    return
  fi
  for suite in "${suites[@]}"; do
    if chroot_of "$suite"; then
      starts_in "$chroots/$suite" $linux
      starts_in "$chroots/$suite" $static
    else
      skip "starting in $suite: the mirror of apt does not have it"
    fi
  done
  mkdir -p "$empty"
  starts_in "$empty" $static
}

starts_on_windows() {
  [ -e "$stage/$windows/rdptrace.exe" ] || return 0
  has wine || { skip "starting the Windows program: Wine is not installed (--install gets it)"; return 0; }
  say "$windows under Wine"
  (. target/cross/env && demonstrates wine "$stage/$windows/rdptrace.exe")
}

check_starts() {
  starts_on_linux
  starts_on_windows
}
