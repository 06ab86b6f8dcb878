#+ charge-1.4.2.wasm {"handlers":[{"name":"charge"}]}
#+ charge-1.5.0.wasm {"handlers":[{"name":"charge"},{"name":"refund"}]}
basics demo/basics 0.1.0
template demo/first 1.0.0 <<'EOF'
steps: [{name: one, handler: basics/noop}]
EOF
publish charge-1.4.2.wasm orders/charge 1.4.2
publish charge-1.5.0.wasm orders/charge 1.5.0
