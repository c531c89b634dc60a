# Installs, runs and removes the packages, and looks for what is left.

# Every file of a system but those in which package managers keep their books.
all_files() { find "$1" -xdev \( -path "$1/proc" -o -path "$1/tmp" -o -path "$1/var/lib/dpkg" -o -path "$1/var/lib/rpm" \
  -o -path "$1/usr/lib/sysimage/rpm" -o -path "$1/var/log" -o -path "$1/var/cache" \) -prune -o -printf '%P %y %m\n' | sort; }

# What a user finds after an installation.
is_installed() {
  local root=$1 file
  chroot "$root" rdptrace demo >/dev/null 2>&1 || fail "the installed program does not pass its demo"
  for file in bin/rdptrace share/man/man1/rdptrace.1.gz share/man/man1/rdptrace-trace.1.gz \
    share/bash-completion/completions/rdptrace "share/zsh/$2/_rdptrace" share/fish/vendor_completions.d/rdptrace.fish; do
    [ -e "$root/usr/$file" ] || fail "/usr/$file was not installed"
  done
}

nothing_is_left() {
  all_files "$1" | diff "$stage/before" - && return
  # The next run needs a system without it.
  rm "$1/.complete"
  fail "this is left or gone"
}

check_deb() {
  local deb=rdptrace_$version-1_amd64.deb suite
  [ -e "$files/$deb" ] || return 0
  for suite in "${suites[@]}"; do
    local root=$chroots/$suite
    [ -e "$root/.complete" ] && debian_root || continue
    say "install, run and purge the .deb in $suite"
    all_files "$root" >"$stage/before"
    cp "$files/$deb" "$root/tmp/"
    chroot "$root" dpkg --install "/tmp/$deb" >/dev/null
    is_installed "$root" vendor-completions
    chroot "$root" dpkg --purge rdptrace >/dev/null
    rm "$root/tmp/$deb"
    nothing_is_left "$root"
    ! chroot "$root" dpkg-query -W rdptrace >/dev/null 2>&1 || fail "dpkg still knows it"
  done
}

# Debian's rpm warns that the system is not its own.
rpm_in() { rpm --root "$1" --dbpath /var/lib/rpm "${@:2}" 2> >(grep -v '^rpm: ' >&2); }

# In a system of dpkg, since Debian's mirrors have no other; its C library is not in rpm's database.
check_rpm() {
  local rpm=rdptrace-$version-1.x86_64.rpm root=$chroots/bookworm
  [ -e "$files/$rpm" ] || return 0
  if ! has rpm || [ ! -e "$root/.complete" ] || ! debian_root; then
    skip "installing the .rpm: it takes Debian, root, rpm and debootstrap (--install gets them)"
    return
  fi
  say "install, run and remove the .rpm"
  rpm --query --package --requires "$files/$rpm" 2>/dev/null | grep -v '^rpmlib' | sort
  # Fedora's package filesystem has them.
  mkdir -p "$root"/usr/share/{licenses,fish/vendor_completions.d,zsh/site-functions}
  all_files "$root" >"$stage/before"
  rpm_in "$root" --initdb
  rpm_in "$root" --install --nodeps "$files/$rpm"
  is_installed "$root" site-functions
  rpm_in "$root" --erase rdptrace
  rm -rf "$root/var/lib/rpm"
  nothing_is_left "$root"
  (cd "$root" && rmdir -p --ignore-fail-on-non-empty usr/share/{licenses,fish/vendor_completions.d,zsh/site-functions})
}
