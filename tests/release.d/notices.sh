# The licenses of what is linked into the programs; most of them ask to be passed on.

# Name, version, license and folder of every crate that may be in a program, whatever the system.
linked_crates() {
  local linked=$stage/linked
  cargo tree --locked --edges normal --target all --prefix none --format '{p}' | awk '{print $1, substr($2, 2)}' | sort -u >"$linked"
  cargo metadata --locked --format-version 1 |
    jq -r '.packages[] | select(.source) | [.name + " " + .version, .license // "", (.manifest_path | rtrimstr("/Cargo.toml"))] | @tsv' |
    sort | join -t $'\t' "$linked" -
}

licenses_in() {
  find "$1" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'copyright*' -o -iname 'notice*' \) | sort
}

# A line for each crate, with the numbers of its texts; the texts follow, each once.
write_notices() {
  local crate license folder text sum numbers out=$stage/THIRD-PARTY
  local -A number=()
  has jq || skip "the licenses of dependencies: jq is not installed (--install gets it)"
  : >"$stage/texts"
  {
    echo "rdptrace contains these libraries. The numbers are those of the texts below."
    echo "Beside them: Rust's standard library (MIT OR Apache-2.0) and, in the static program, musl (MIT)."
    echo
    while IFS=$'\t' read -r crate license folder; do
      numbers=''
      for text in $(licenses_in "$folder"); do
        sum=$(sha256sum <"$text")
        if [ -z "${number[$sum]-}" ]; then
          number[$sum]=$((${#number[@]} + 1))
          { printf '\n---- %s ----\n\n' "${number[$sum]}" && tr -d '\r' <"$text"; } >>"$stage/texts"
        fi
        numbers+=" ${number[$sum]}"
      done
      echo "$crate, $license:$numbers"
    done < <(! has jq || linked_crates)
  } >"$out"
  cat "$stage/texts" >>"$out"
  gzip -9nk "$out"
}
