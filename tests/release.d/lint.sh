# The linters of the packages and of the filled templates.

lint_deb() {
  local deb=$files/rdptrace_$version-1_amd64.deb
  [ -e "$deb" ] || return 0
  has lintian || { skip "lintian: it is not installed (--install gets it)"; return 0; }
  say "lintian"
  lintian --allow-root --fail-on error --tag-display-limit 0 "$deb" || fail "lintian"
}

lint_rpm() {
  local rpm=$files/rdptrace-$version-1.x86_64.rpm
  [ -e "$rpm" ] || return 0
  has rpmlint || { skip "rpmlint: it is not installed (--install gets it)"; return 0; }
  say "rpmlint"
  rpmlint --config packaging/rpmlint.toml "$rpm" || fail "rpmlint"
}

# Filled for a host that cannot exist, so that they are checked also while Cargo.toml names none.
lint_templates() {
  local out=$stage/manifests
  if [ ! -x "$venv/bin/check-jsonschema" ]; then
    skip "schemas of CI systems: check-jsonschema is not installed (--install gets it)"
    return
  fi
  [ -e "$files/rdptrace-$version-$windows.zip" ] && [ -e "$files/rdptrace-$version-$static.tar.gz" ] || return 0
  say "schemas of GitHub and GitLab"
  packaging/fill https://forge.invalid/rdptrace "$files" "$out"
  "$venv/bin/check-jsonschema" --builtin-schema vendor.github-actions "$out/github/action.yml"
  # A component is a header and a job; the schema is that of the job once its inputs are filled in.
  sed -e '1,/^---$/d' -e 's/\$\[\[ inputs.tags \]\]/[corp]/' -e 's/\$\[\[ inputs.[a-z-]* \]\]/filled/' \
    "$out/gitlab/templates/smoke-test.yml" >"$stage/job.yml"
  "$venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$stage/job.yml"
}

check_lints() {
  lint_deb
  lint_rpm
  lint_templates
}
