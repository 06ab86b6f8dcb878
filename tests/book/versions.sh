#+ charge-1.4.2.wasm {"handlers":[{"name":"charge"}]}
#+ charge.wasm {"handlers":[{"name":"charge"},{"name":"refund"}],"capabilities":["http POST api.example.com/v1/*"]}
#+ reserve-2.0.0.wasm {"handlers":[{"name":"reserve"}]}
#+ reserve-2.1.0.wasm {"handlers":[{"name":"reserve"}]}
#+ sender.wasm {"handlers":[{"name":"send"}]}
publish charge-1.4.2.wasm orders/charge 1.4.2
publish reserve-2.0.0.wasm orders/reserve 2.0.0
publish reserve-2.1.0.wasm orders/reserve 2.1.0
publish sender.wasm mail/sender 1.0.0
tasker share add mail/sender --with orders
cat >fulfil.yaml <<'EOF'
namespace: orders
name: fulfil
version: 1.2.0
steps:
  - {name: reserve, handler: reserve/reserve@^2}
  - {name: charge, handler: charge/charge@^1.4, depends_on: [reserve]}
EOF
tasker template publish fulfil.yaml
template orders/notify 1.2.0 <<'EOF'
steps: [{name: reserve, handler: reserve/reserve@^2}]
EOF
#> tasker component impact orders/charge@1.5.0
tasker component publish charge.wasm --name orders/charge --version 1.5.0
tasker component approve orders/charge@1.5.0
#> tasker component diff orders/charge@1.4.2 charge.wasm
#> tasker pin rm component orders/charge
asks 'pin rm'
stands 'gc --older-than 30d' 'gc --yes --older-than 30d'
stands 'gc --older-than 30d --dry-run' 'gc --older-than 30d --dry-run'
#> tasker task migrate orders/fulfil --dry-run
tasker queue pause orders
tasker task run orders/fulfil
#> tasker component quarantine orders/charge@1.5.0 --reason 'charges twice'
asks 'component quarantine'
#> tasker component references orders/reserve@2.1.0
tasker task run orders/fulfil
#> tasker component references orders/charge@1.4.2 --wait --timeout 1h
for id in $(tasker task ls orders --state pending --quiet); do tasker task cancel --yes "$id"; done
# What it would roll back to is yanked too, and so is not waited for.
tasker pin set component orders/charge@1.5.0
tasker component yank orders/charge@1.4.2
