# Checks of the programs: what they need of the system, and what they tell about themselves.

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }

newest_glibc() { readelf -V "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1; }

# What is part of every Windows.
foreign_dlls() {
  local own='(advapi32|api-ms-win-[a-z0-9-]*|bcrypt|bcryptprimitives|credui|crypt32|dbghelp|dnsapi|iphlpapi|kernel32|msvcrt|ncrypt|netapi32'
  own+='|ntdll|ole32|oleaut32|powrprof|psapi|rpcrt4|secur32|shell32|user32|userenv|version|winscard|ws2_32)\.dll'
  x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/.*DLL Name: //p' | tr 'A-Z' 'a-z' | grep -vxE "$own" | sort | tr '\n' ' ' || true
}

check_linkage() {
  local program
  has readelf || { skip "what the programs need of the system: readelf is not installed (--install gets it)"; return 0; }
  program=$stage/$linux/rdptrace
  say "$linux needs glibc $(newest_glibc "$program"), and $(needed "$program")"
  if [ -x "$venv/bin/cargo-zigbuild" ]; then
    [ "$(printf '%s\n' "$glibc" "$(newest_glibc "$program")" | sort -V | tail -n 1)" = "$glibc" ] || fail "it must run with $glibc"
    ! needed "$program" | grep -qE 'libz|libgcc_s|libssl' || fail "no other library may be needed"
  fi
  program=$stage/$static/rdptrace
  if [ -e "$program" ]; then
    say "$static needs nothing: '$(needed "$program")'"
    [ -z "$(needed "$program")" ] || fail "it must be static"
    ! readelf -l "$program" | grep -q INTERP || fail "it must need no loader"
  fi
  program=$stage/$windows/rdptrace.exe
  if [ -e "$program" ]; then
    say "$windows needs nothing that Windows has not: '$(foreign_dlls "$program")'"
    [ -z "$(foreign_dlls "$program")" ] || fail "a DLL is missing on a fresh Windows"
  fi
}

# How many packages the list in a program names; cargo-auditable writes it as compressed JSON.
listed_packages() {
  objcopy --dump-section ".dep-v0=$stage/list" "$1" "$stage/copy" 2>/dev/null || return
  python3 -c 'import json, sys, zlib
packages = json.loads(zlib.decompress(open(sys.argv[1], "rb").read().rstrip(b"\0")))["packages"]
assert any(p["name"] == "rdptrace" and p["version"] == sys.argv[2] for p in packages)
print(len(packages))' "$stage/list" "$version"
}

check_dependency_lists() {
  local program count
  has_crate cargo-auditable || return 0
  for program in $linux/rdptrace $static/rdptrace $windows/rdptrace.exe; do
    [ -e "$stage/$program" ] || continue
    count=$(listed_packages "$stage/$program") || fail "$program has no list of its dependencies"
    say "$program lists $count packages"
  done
}
