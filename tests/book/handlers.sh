#+ charge-1.4.0.wasm {"handlers":[{"name":"charge"},{"name":"sends"}],"capabilities":["events orders"],"events":{"orders.charged":{"description":"An order was charged.","schema":{"type":"object"}}}}
#+ charge-1.5.0.wasm {"handlers":[{"name":"charge"},{"name":"sends"}],"capabilities":["events orders","http POST api.example.com/v1/*","secret stripe-key for api.example.com"],"events":{"orders.charged":{"description":"An order was charged.","schema":{"type":"object"}}}}
tasker namespace create orders
tasker grant add orders/charge 'events orders'
publish charge-1.4.0.wasm orders/charge 1.4.0
publish charge-1.5.0.wasm orders/charge 1.5.0
template orders/fulfil 1.0.0 <<'EOF'
steps: [{name: charge, handler: charge/sends}]
EOF
basics orders/basics 1.0.0
template orders/flaky 1.0.0 <<'EOF'
defaults: {retry: {max_attempts: 2, backoff: none}}
steps: [{name: charge, handler: basics/flaky, config: {failures: 1}}]
EOF
echo '{"amount_cents": 4200}' >order.json
asks 'grant rm'
asks 'kv rm'
asks 'limit rm'
stands /var/lib/tasker/archive "$ARCHIVE"
#> tasker kv ls orders/counters
tasker kv set orders/counters total 2
#> tasker task events 01a22049-9ac7-77c3-8704-e36314a0c6d2
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/fulfil --input @order.json)"
#> tasker step logs 01a22049-9ac7-77c3-8704-e36314a0c6d2 charge
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/flaky)"
#> tasker step logs 01a22049-9ac7-77c3-8704-e36314a0c6d2 charge --from /var/lib/tasker/archive
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(archived orders)"
#> tasker task watch 01a22049-9ac7-77c3-8704-e36314a0c6d2 --logs
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/flaky)"
