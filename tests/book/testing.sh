#+ other.wasm {"handlers":[{"name":"flaky"}]}
sdk_of_repository handler
asks 'record rm'
basics orders/basics 1.0.0
template orders/fulfil 1.0.0 <<'EOF'
defaults: {retry: {max_attempts: 2, backoff: none}}
steps: [{name: charge, handler: basics/flaky, config: {failures: 1}}]
EOF
# A release builds all crates anew for each folder: languages::releases and languages::shapes make some.
stands 'tasker build --release' 'tasker build'
#> cd hello
lock_of hello hello-handlers
#> tasker test . declined
cat >tests/declined.yaml <<'EOF'
handler: greet
cases:
  - {name: nobody is declined, input: {name: " "}, expect: {failure: nobody}}
EOF
#> tasker test --component build/charge.wasm
mkdir build
cp "$GUESTS/hello_handlers.wasm" build/charge.wasm
#> tasker step replay 01a22049-9ac7-77c3-8704-e36314a0c6d2 charge
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/fulfil)"
#> [exit 1] tasker step replay 01a22049-9ac7-77c3-8704-e36314a0c6d2 charge --component build/charge.wasm
cp ../other.wasm build/charge.wasm
#> tasker step export 01a22049-9ac7-77c3-8704-e36314a0c6d2 charge > tests/declined.yaml
publish "$GUESTS/hello_handlers.wasm" orders/hello 0.1.0
template orders/hello 1.0.0 <<'EOF'
steps: [{name: charge, handler: hello/greet}]
EOF
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 "$(task orders/hello --input '{"name": " "}')"
