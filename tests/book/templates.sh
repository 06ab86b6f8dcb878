#+ reserve.wasm {"handlers":[{"name":"reserve"}]}
#+ charge.wasm {"handlers":[{"name":"charge"}]}
#+ ship.wasm {"handlers":[{"name":"ship"}]}
#+ sender.wasm {"handlers":[{"name":"send"}]}
publish reserve.wasm orders/reserve 2.0.0
publish charge.wasm orders/charge 1.4.0
publish ship.wasm orders/ship 1.0.0
publish sender.wasm mail/sender 1.0.0
cp "$BOOK/blocks/1.yaml" fulfil.yaml
sed 's/    timeout: 10s/    tiemout: 10s/; s/depends_on: .reserve, charge./depends_on: [reserve, charg]/' fulfil.yaml >bad.yaml
asks 'share rm'
