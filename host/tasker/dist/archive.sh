#!/usr/bin/env bash
# Makes the archive of a release, and looks into it: `make dist` calls it with the release build, the
# generator of manual pages and the folder to write to.
set -euo pipefail
tasker="$(realpath "$1")"
manual="$(realpath "$2")"
mkdir -p "$3"
out="$(realpath "$3")"
cd "$(dirname "$0")/../../.."

version="$("$tasker" version | cut -d' ' -f2)"
name="tasker-$version-$(uname -m)-linux"
root="$out/$name"
rm -rf "$root"
mkdir -p "$root"/{bin,lib/systemd/system,share/{bash-completion/completions,fish/vendor_completions.d,zsh/site-functions,man/man1,doc/tasker}}

objcopy --strip-debug "$tasker" "$root/bin/tasker"
"$manual" "$root/share/man/man1"
"$tasker" completions bash >"$root/share/bash-completion/completions/tasker"
"$tasker" completions fish >"$root/share/fish/vendor_completions.d/tasker.fish"
"$tasker" completions zsh >"$root/share/zsh/site-functions/_tasker"
install -m 644 host/tasker/dist/tasker.service "$root/lib/systemd/system"
install -m 644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE host/docs/deploy.md host/tasker/dist/Containerfile \
  "$root/share/doc/tasker"
host/tasker/dist/licenses.sh >"$root/share/doc/tasker/LICENSES-OF-DEPENDENCIES"

# The same sources give the same archive.
time="$(git log -1 --format=%ct 2>/dev/null || date +%s)"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -cf - "$name" | gzip -n9 >"$out/$name.tar.gz"

rm -rf "$root"
tar -C "$out" -xzf "$out/$name.tar.gz"
must() { "$@" || { echo "the archive is wrong: $*" >&2; exit 1; }; }
must test "$("$root/bin/tasker" version)" = "tasker $version"
must test -z "$(objdump -h "$root/bin/tasker" | grep '\.debug_info')"
for page in "$root"/share/man/man1/*.1; do must grep -q '^\.TH' "$page"; done
for command in serve component-publish task-run doctor; do must test -s "$root/share/man/man1/tasker-$command.1"; done
must bash -n "$root/share/bash-completion/completions/tasker"
must grep -q '^#compdef tasker' "$root/share/zsh/site-functions/_tasker"
must grep -q 'complete -c tasker' "$root/share/fish/vendor_completions.d/tasker.fish"
for crate in wasmtime sqlx-core ring; do must grep -q "^$crate [0-9.]*: [A-Z]" "$root/share/doc/tasker/LICENSES-OF-DEPENDENCIES"; done
must grep -q 'ExecStart=/usr/local/bin/tasker serve' "$root/lib/systemd/system/tasker.service"
for file in README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE deploy.md Containerfile; do
  must test -s "$root/share/doc/tasker/$file"
done
rm -rf "$root"
echo "$out/$name.tar.gz"
