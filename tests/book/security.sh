#+ charge-1.4.2.wasm {"handlers":[{"name":"charge"}]}
tasker namespace create orders
tasker namespace create payments
publish charge-1.4.2.wasm orders/charge 1.4.2
tasker pin set component orders/charge@1.4.2
printf 'sk_live_of_orders' >key.txt
stands 'secret set orders/stripe-key' 'secret set orders/stripe-key --file key.txt'
asks 'secret rm'
asks 'key revoke'
# A file in place of a project, which other chapters build.
stands 'component publish charge' 'component publish charge-1.4.2.wasm --name orders/charge --version 1.4.2'
# The key of this test goes on.
tasker key create lost --only admin --namespace '*'
stands "name = 'admin'" "name = 'lost'"
cp "$BOOK/tls.crt" "$BOOK/tls.key" .
serves --listen 0.0.0.0:7710
#> tasker secret set orders/stripe-key --if-match 5b1c0e93a4d27f6810c3b9ae
stands 5b1c0e93a4d27f6810c3b9ae "$(tasker secret ls orders --output json | jq --raw-output '.items[0].etag')"
#> tasker secret rotate
tasker secret set orders/other --file key.txt
#> tasker --url https://tasker.example.com:7710 --ca ca.crt doctor
cp "$BOOK/ca.crt" .
background tls tasker serve --listen 127.0.0.1:0 --no-worker --secret-key-file "$KEYS" --tls-cert tls.crt --tls-key tls.key
until grep 'ready at' "$BOOK/tls"; do sleep 0.05; done
stands https://tasker.example.com:7710 "$(sed 's/.*ready at \([^ ]*\) .*/\1/' "$BOOK/tls")"
