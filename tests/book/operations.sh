basics orders/basics 1.0.0
template orders/fulfil 1.0.0 <<'EOF'
steps: [{name: charge, handler: basics/noop}]
EOF
for name in imports reports ledger; do tasker namespace create "$name"; done
# The database of this test in place of those of the chapter.
export database; database="$(query 'select current_database()')"
here="$(query "select '-h ' || split_part(current_setting('unix_socket_directories'), ',', 1) || ' -p ' || current_setting('port') || ' -U ' || current_user")"
stands '-h db.example.com -U tasker' "$here"
stands '-h ~/.local/share/tasker/socket -U tasker' "$here"
stands 'tasker.dump tasker' "tasker.dump $database"
stands '-d restored' "-d ${database}_restored"
stands 'DATABASE_URL=postgres://tasker@db.example.com/tasker tasker serve --listen 0.0.0.0:7710 --secret-key-file secret.keys' "$SERVE"
stands postgres://tasker@db.example.com/restored "$(echo "$DATABASE_URL" | sed "s/$database/${database}_restored/")"
stands 'tasker serve --secret-key-file secret.keys' "$SERVE"

#> tasker host drain 8 --wait --reason 'a new kernel'
id="$(query 'select max(worker_id) from tasker.worker')"
stands 'host drain 8' "host drain $id"
stands 'host resume 8' "host resume $id"
#> tasker serve --archive /var/lib/tasker/archive
task orders/fulfil
stands /var/lib/tasker/archive "$ARCHIVE"
stands 01a22049-9b44-7205-955d-b4ae85d46672 "$(archived orders)"
stands '2026-11-28/' '*/'
#> pg_restore -h db.example.com -U tasker -d restored --no-owner tasker.dump
query "create database ${database}_restored"
#> pg_dump -h ~/.local/share/tasker/socket -U tasker -Fc -f tasker.dump tasker
query "drop database ${database}_restored with (force)"
#> tasker queue ls
basics reports/basics 1.0.0
template reports/daily 1.0.0 <<'EOF'
steps: [{name: report, handler: basics/noop}]
EOF
tasker queue pause reports
tasker task run reports/daily
#> tasker task ls orders --state in_progress
template orders/boom 1.0.0 <<'EOF'
steps: [{name: boom, handler: basics/fail}]
EOF
stands 01a22049-9b44-7205-955d-b4ae85d46672 "$(task orders/boom)"
#> tasker task cancel 01a22049-9b44-7205-955d-b4ae85d46672 --reason 'a wrong order'
tasker queue pause orders
stands "task cancel 01a22049-9b44-7205-955d-b4ae85d46672 --reason 'a wrong order'" \
  "task cancel --yes $(tasker task run orders/fulfil --quiet) --reason 'a wrong order'"
