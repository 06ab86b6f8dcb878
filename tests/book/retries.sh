basics orders/charge 1.4.0
template orders/flaky 1.0.0 <<'EOF'
defaults: {retry: {max_attempts: 2, backoff: none}}
steps: [{name: charge, handler: charge/flaky, config: {failures: 2}}]
EOF
template orders/fulfil 1.2.0 <<'EOF'
steps: [{name: charge, handler: charge/echo}]
EOF
#> tasker task show 01a22049-9ac7-77c3-8704-e36314a0c6d2
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/flaky)"
