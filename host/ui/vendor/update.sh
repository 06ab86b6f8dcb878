#!/bin/bash
# Fetches the libraries of the web interface from npm anew, and writes down their digests: host/ui/vendor/update.sh.
# What they import from each other is named as the host serves it; nothing else is changed.
set -euo pipefail
cd "$(dirname "$0")"

# GraphiQL as one script, with what it needs; esbuild takes the blanks out of it.
graphiql=(graphiql@3.8.3 react@18.3.1 react-dom@18.3.1)
esbuild=esbuild@0.25.12
packages=(preact@11.2.0 @preact/signals-core@1.14.5 @preact/signals@2.11.4 htm@3.1.1)

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for package in "${packages[@]}" "${graphiql[@]}"; do
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
npm install --prefix "$work/esbuild" --silent --no-audit --no-fund "$esbuild"
minify() {
  "$work/esbuild/node_modules/.bin/esbuild" "$work/$1" --minify --legal-comments=none --log-level=error --outfile="$2"
}
minify graphiql/graphiql.js graphiql.js
minify react/umd/react.production.min.js react.js
minify react-dom/umd/react-dom.production.min.js react-dom.js
# Without its fonts: those of the system do.
minify graphiql/graphiql.css "$work/graphiql.css"
sed -e 's/@font-face{[^}]*}//g' "$work/graphiql.css" > graphiql.css
cp "$work/graphiql/LICENSE" LICENSE-graphiql
cp "$work/react/LICENSE" LICENSE-react
sha256sum -- *.css *.js *.mjs LICENSE-* > SHA256SUMS
