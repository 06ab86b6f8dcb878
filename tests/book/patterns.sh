#? webhook
basics imports/basics 1.0.0
template imports/part 1.0.0 <<'EOF'
steps: [{name: part, handler: basics/echo}]
EOF
tasker namespace create reports
basics reports/basics 1.0.0
template reports/daily 1.0.0 <<'EOF'
steps: [{name: report, handler: basics/echo}]
EOF
tasker namespace create orders
printf whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | tasker secret set orders/undo-hook
stands https://orders.example.com/undo "$WEBHOOK_AT"
