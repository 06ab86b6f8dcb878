basics shop/basics 1.0.0
template shop/order 1.0.0 <<'EOF'
steps: [{name: one, handler: basics/noop}]
EOF
tasker queue pause shop
tasker task run shop/order
