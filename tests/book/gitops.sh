#+ charge.wasm {"handlers":[{"name":"charge"}],"capabilities":["kv counters","http POST api.example.com/v1/*","secret stripe-key for api.example.com"]}
#+ charge-1.4.3.wasm {"handlers":[{"name":"charge"}]}
#? oci
#? nats
stands registry.example.com "$OCI_AT"
# What is pushed and pulled belongs to another namespace here, so that the sync below begins with nothing.
stands payments/charge acme/charge
tasker namespace create acme
publish charge.wasm acme/charge 1.4.2
asks 'signing-policy rm'
# A file in place of a project, which other chapters build.
stands 'component publish charge --sign ci' \
  'component publish charge-1.4.3.wasm --name payments/charge --version 1.4.3 --sign ci'
mkdir handlers
stands /srv/handlers "$PWD/handlers"
#> tasker sync payments --dry-run
stands payments/charge payments/charge
tasker namespace create payments
mkdir -p payments/components payments/templates
cp charge.wasm payments/components/charge@1.4.2.wasm
cp "$BOOK/blocks/2.yaml" payments/pins.yaml
cp "$BOOK/blocks/3.yaml" payments/grants.yaml
printf 'namespace: {cpu: 5s}\ncomponents:\n  charge: {memory: 32MiB}\n' >payments/limits.yaml
cat >payments/templates/checkout.yaml <<'EOF'
namespace: payments
name: checkout
version: 1.0.0
steps: [{name: charge, handler: charge/charge@^1.4}]
EOF
cp "$BOOK/blocks/4.yaml" payments/recordings.yaml
cp "$BOOK/blocks/5.yaml" payments/subscriptions.yaml
printf whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | tasker secret set payments/billing-hook
