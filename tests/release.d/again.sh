# Builds the Linux program and its packages a second time in another folder, and compares every byte.

check_again() {
  local copy=$PWD/target/release-again/another-folder file
  say "the same again in another folder"
  rm -rf "$copy"
  mkdir -p "$copy"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - -c | tar -x -C "$copy"
  mkdir "$copy/target"
  [ ! -e "$venv" ] || ln -s "$venv" "$copy/target/release-tools"
  (cd "$copy" && tests/release --linux >"$stage/again.log") || { cat "$stage/again.log"; fail "the second build"; }
  for file in "$copy"/target/release-files/*; do
    cmp "$file" "$files/$(basename "$file")" || fail "two builds differ"
    echo "equal: $(basename "$file")"
  done
  rm -rf "$copy"
}
