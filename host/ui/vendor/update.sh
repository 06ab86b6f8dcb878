#!/bin/bash
# Fetches the libraries of the web interface from npm anew, and writes down their digests: host/ui/vendor/update.sh.
# What they import from each other is named as the host serves it; nothing else is changed.
set -euo pipefail
cd "$(dirname "$0")"

packages=(preact@11.2.0 @preact/signals-core@1.14.5 @preact/signals@2.11.4 htm@3.1.1)

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for package in "${packages[@]}"; do
  name="${package%@*}"
  mkdir -p "$work/$name"
  archive="$(cd "$work" && npm pack --silent "$package")"
  tar -xzf "$work/$archive" -C "$work/$name" --strip-components 1
done

# take FILE OF THE PACKAGE, NAME HERE
take() {
  sed -e 's#from"preact/hooks"#from"./hooks.mjs"#g' -e 's#from"preact"#from"./preact.mjs"#g' \
    -e 's#from"@preact/signals-core"#from"./signals-core.mjs"#g' \
    -e '/^\/\/# sourceMappingURL=/d' "$work/$1" > "$2"
}
take preact/dist/preact.mjs preact.mjs
take preact/hooks/dist/hooks.mjs hooks.mjs
take @preact/signals-core/dist/signals-core.mjs signals-core.mjs
take @preact/signals/dist/signals.mjs signals.mjs
take htm/dist/htm.mjs htm.mjs
cp "$work/preact/LICENSE" LICENSE-preact
cp "$work/@preact/signals/LICENSE" LICENSE-signals
cp "$work/htm/LICENSE" LICENSE-htm
sha256sum -- *.mjs LICENSE-* > SHA256SUMS
