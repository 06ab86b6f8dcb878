#! greet
# Where no host answers.
stands 'tasker doctor' 'env -u DATABASE_URL TASKER_URL=http://127.0.0.1:9 tasker doctor'
stands 'tasker serve' 'env -u DATABASE_URL -u TASKER_TOKEN tasker serve --listen 127.0.0.1:0'
stands /home/ada "$HOME"
mkdir -p "$TASKER_DATA_DIR"
stands target "$CARGO_TARGET_DIR"
#> [exit 1] tasker doctor
#> [until where the commands on this machine find it] tasker serve
#> cd greet
lock_of greet greet-handlers
#> tasker component publish .
#> tasker component publish .
# A change that its callers do not see.
sed -i 's/^version = "0.1.0"/version = "0.1.1"/' Cargo.toml
