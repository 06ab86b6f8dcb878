basics orders/basics 1.0.0
template orders/fulfil 1.0.0 <<'EOF'
defaults: {retry: {max_attempts: 2, backoff: none}}
steps:
  - {name: reserve, handler: basics/noop}
  - {name: charge, handler: basics/flaky, config: {failures: 1}, depends_on: [reserve]}
EOF
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/fulfil)"
stands /srv/archive "$ARCHIVE"
#> tasker task report 01a22049-9ac7-77c3-8704-e36314a0c6d2 --from /srv/archive
stands '01a22049-9ac7-77c3-8704-e36314a0c6d2 --from' "$(archived orders) --from"
#> tasker task diff 01a22049-9ac7-77c3-8704-e36314a0c6d2 01a22049-9b44-7205-955d-b4ae85d46672
stands 01a22049-9b44-7205-955d-b4ae85d46672 "$(task orders/fulfil)"
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/fulfil)"
