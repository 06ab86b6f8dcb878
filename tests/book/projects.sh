# A release builds all crates anew for each folder: languages::releases and languages::shapes make some.
stands 'tasker build --release' 'tasker build'
#> tasker new template refund --shape linear
tasker new project demo/refunds
cd refunds
#> tasker new project demo/quote --lang go
cd ..
#> tasker kv set demo/approvals 01a22049-9ac7-77c3-8704-e36314a0c6d2 '{"approved": true}'
stands 01a22049-9ac7-77c3-8704-e36314a0c6d2 01900000-0000-7000-8000-000000000001
#> tasker new project demo/quote --shape diamond
rm -r quote
stands 'tasker new project demo/quote --shape' "tasker new project --sdk-path $ROOT/plugins/sdk demo/quote --shape"
#> cd quote
lock_of quote/handlers quote-handlers
