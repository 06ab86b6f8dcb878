basics orders/basics 1.0.0
template orders/fulfil 1.0.0 <<'EOF'
defaults: {retry: {max_attempts: 2, backoff: none}}
steps: [{name: charge, handler: basics/flaky, config: {failures: 2}}]
EOF
tasker task run orders/fulfil --wait || true
#> [until task.completed] tasker events tail
template orders/quiet 1.0.0 <<'EOF'
steps: [{name: one, handler: basics/noop}]
EOF
tasker task run orders/quiet --wait
#> [until task.failed] tasker events tail --types task.failed,step.retry_scheduled --namespace orders --since 10m
