#? webhook
#? nats
tasker namespace create orders
printf whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw >secret.txt
stands https://billing.example.com/events "$WEBHOOK_AT"
stands 2026-01-31T12:00:00Z "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
asks 'subscription rm'
stands 'tasker serve --nats nats://nats.example.com:4222 --nats-credentials tasker.creds' "$SERVE --nats $NATS_AT"
# The sample subscriber in place of the one of the chapter, which is the same under another name.
stands 'component publish totals' "component publish $GUESTS/tasker_handlers_totals.wasm --name orders/totals --version 1.0.0"
stands totals/daily@^1 totals/totals@^1
