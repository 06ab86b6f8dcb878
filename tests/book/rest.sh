#+ reserve.wasm {"handlers":[{"name":"reserve"}]}
#+ ship.wasm {"handlers":[{"name":"ship"}]}
#+ charge-1.4.0.wasm {"handlers":[{"name":"charge"}]}
#+ charge-1.5.0.wasm {"handlers":[{"name":"charge"},{"name":"refund"}]}
publish reserve.wasm orders/reserve 2.0.0
publish ship.wasm orders/ship 1.0.0
publish charge-1.4.0.wasm orders/charge 1.4.0
publish charge-1.5.0.wasm orders/charge 1.5.0
tasker pin set component orders/charge@1.4.0
tasker rollout start component orders/charge 1.5.0 --percent 10
tasker pin set component orders/reserve@2.0.0
basics orders/zero 1.0.0
template orders/fails 1.0.0 <<'EOF'
steps: [{name: one, handler: zero/fail}]
EOF
task orders/fails
task orders/fails
template orders/fulfil 1.2.0 <<'EOF'
input_schema: {type: object, properties: {order_id: {type: string}}}
steps: [{name: charge, handler: charge/charge}]
EOF
tasker component yank orders/zero@1.0.0
#> tasker component publish . --dry-run
# A file in place of a project, which other chapters build.
stands 'component publish . --dry-run' 'component publish charge-1.5.0.wasm --name orders/charge --version 1.5.0 --dry-run'
printf sk_live_of_orders | tasker secret set orders/stripe-key
