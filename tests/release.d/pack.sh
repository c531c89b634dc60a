# The archives and packages of a release, from what is staged.

# Manual pages, completions, and what Debian wants beside them.
stage_documents() {
  local program=$stage/$linux/rdptrace page shell
  mkdir -p "$stage"/{man,completions,debian,documents}
  "$program" man rdptrace >"$stage/man/rdptrace.1"
  for page in $(sed -n 's/^rdptrace\\-\([a-z]*\)(1)$/\1/p' "$stage/man/rdptrace.1" | grep -vx help); do
    "$program" man "$page" >"$stage/man/rdptrace-$page.1"
  done
  gzip -9nk "$stage"/man/*.1
  for shell in bash zsh fish powershell; do
    "$program" completions $shell >"$stage/completions/$(completion_name $shell)"
  done
  gzip -9nc CHANGELOG.md >"$stage/debian/changelog.gz"
  debian_changelog >"$stage/debian/changelog"
  write_notices
  cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$stage/documents/"
  # An .rpm keeps the dates of files that are older than the commit.
  find "$stage" -type f -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
}

completion_name() {
  case $1 in
    bash) echo rdptrace ;;
    zsh) echo _rdptrace ;;
    fish) echo rdptrace.fish ;;
    powershell) echo _rdptrace.ps1 ;;
  esac
}

# Debian's own variables name who packages. Nobody has an address in .invalid.
maintainer() { echo "${DEBFULLNAME:-The rdptrace authors} <${DEBEMAIL:-rdptrace@packages.invalid}>"; }

debian_changelog() {
  printf 'rdptrace (%s-1) unstable; urgency=medium\n\n  * Version %s; changelog.gz says what is new.\n\n -- %s  %s\n' \
    "$version" "$version" "$(maintainer)" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
}

# folder_of TARGET FILES...: the folder of an archive, with its program and dates that do not differ; prints its name.
folder_of() {
  local target=$1 name=rdptrace-$version-$1 file
  mkdir -p "$stage/archives/$name"
  cp "$stage/$target"/rdptrace* "$stage/archives/$name/"
  shift
  cp -r README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$stage/THIRD-PARTY" "$stage/completions" "$@" "$stage/archives/$name/"
  chmod -R u=rwX,go=rX "$stage/archives/$name"
  find "$stage/archives/$name" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  echo "$name"
}

tarball() {
  local name
  [ -e "$stage/$1/rdptrace" ] || return 0
  name=$(folder_of "$1")
  mkdir "$stage/archives/$name/man"
  cp "$stage"/man/*.1 "$stage/archives/$name/man/"
  tar -C "$stage/archives" --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    -c "$name" | gzip -9n >"$files/$name.tar.gz"
}

windows_zip() {
  local name
  [ -e "$stage/$windows/rdptrace.exe" ] || return 0
  if ! has zip; then skip "the Windows zip: zip is not installed (--install gets it)"; return 0; fi
  name=$(folder_of $windows packaging/rdptrace.psm1)
  (cd "$stage/archives" && find "$name" | sort | zip -q -X -9 -@ "$files/$name.zip")
}

pack_archives() {
  say "archives"
  tarball $linux
  tarball $static
  windows_zip
}

pack_deb() {
  has_crate cargo-deb || { skip "the .deb: cargo-deb is not installed (--install gets it)"; return 0; }
  say ".deb"
  [ -n "${DEBEMAIL-}" ] || skip "the maintainer of the .deb: DEBEMAIL and DEBFULLNAME name nobody"
  cargo deb --quiet --no-build --no-strip --target $linux --maintainer "$(maintainer)" --output "$files/" >/dev/null
}

pack_rpm() {
  has_crate cargo-generate-rpm || { skip "the .rpm: cargo-generate-rpm is not installed (--install gets it)"; return 0; }
  say ".rpm"
  # Every rpm reads gzip; that of Red Hat Enterprise Linux 7 and 8 does not read zstd.
  cargo generate-rpm --target $linux --auto-req builtin --payload-compress gzip --source-date "$SOURCE_DATE_EPOCH" --output "$files/"
}

# What `cargo publish` uploads, for whoever builds from source.
pack_source() {
  say "source"
  cargo package --quiet --locked --no-verify --allow-dirty --target-dir "$stage/package"
  cp "$stage/package/package/rdptrace-$version.crate" "$files/"
}
