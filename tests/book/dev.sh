#+ billing.wasm {"handlers":[{"name":"charge"}]}
sdk_of_repository handler
# A host of its own is asked for, and gets a free port.
stands 'tasker dev' 'env -u DATABASE_URL tasker dev --listen 127.0.0.1:0'
stands /home/ada "$PWD"
#> cd greet
lock_of greet greet-handlers
#> tasker task ls demo
basics demo/basics 1.0.0
template demo/greet 1.0.0 <<'EOF'
steps: [{name: greet, handler: basics/noop}]
EOF
stands 01a22bd2-2dc0-7330-a91a-94ed3d4a9c5d "$(task demo/greet)"
printf sk_live_of_demo >key.txt
stands 'secret set demo/stripe-key' 'secret set demo/stripe-key --file key.txt'
#> export TASKER_URL=https://tasker.example.com TASKER_TOKEN=tk_…
stands https://tasker.example.com "$TASKER_URL"
stands tk_… "$TASKER_TOKEN"
stands 'tasker dev' 'tasker dev'
#> tasker component call charge --input '{"amount": 20}' --config @config.json --dependency cart=@cart.json
# The handler of this project.
stands "call charge --input '{\"amount\": 20}'" "call greet --input '{\"name\": \"Ada\"}'"
echo '{}' >config.json
echo '{}' >cart.json
#> tasker component call orders/billing/charge@1.2.0 --input @input.json
publish ../billing.wasm orders/billing 1.2.0
