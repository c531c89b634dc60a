# What is written about a release: its dependencies, the manifests of package managers, and the sums of all files.

write_sbom() {
  has_crate cargo-cyclonedx || { skip "the SBOM: cargo-cyclonedx is not installed (--install gets it)"; return 0; }
  say "SBOM"
  # It is written beside Cargo.toml, whatever one asks for, and names the folder of the clone.
  cargo cyclonedx --quiet --format json --spec-version 1.5 --target $linux --no-build-deps --override-filename release-sbom
  sed "s|path+file://$PWD#|path+file:///rdptrace#|g" release-sbom.json >"$files/rdptrace-$version.cdx.json"
  rm release-sbom.json
}

write_manifests() {
  local repository
  repository=$(manifest_value repository)
  if [ -z "$repository" ]; then
    skip "manifests of package managers and CI systems: Cargo.toml names no repository to download from"
  elif [ ! -e "$files/rdptrace-$version-$static.tar.gz" ] || [ ! -e "$files/rdptrace-$version-$windows.zip" ]; then
    skip "manifests of package managers and CI systems: they need the static and the Windows program"
  else
    say "manifests"
    packaging/fill "$repository" "$files" "$files/manifests"
  fi
}

write_sums() {
  (cd "$files" && find . -type f -printf '%P\n' | sort | xargs sha256sum >"$stage/SHA256SUMS")
  mv "$stage/SHA256SUMS" "$files/"
}

write_lists() {
  write_sbom
  write_manifests
  write_sums
}
