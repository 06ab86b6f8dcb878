stands 'tasker serve' 'tasker serve --listen 127.0.0.1:0 --no-worker --secret-key-file '"$KEYS"
