-- Who may ask a host for what. The secrets themselves are stored nowhere.
create table tasker.api_key (
  api_key_id int generated always as identity primary key,
  -- Stands at the head of the key, to find it by.
  prefix text not null unique,
  -- SHA-256 of the secret part: it has 256 random bits, so that guessing needs no slowing down.
  secret_digest bytea not null,
  name text not null,
  -- An array of {namespace, actions}; the namespace may be `*`.
  permissions jsonb not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Null: it does not expire.
  expires_at timestamptz,
  revoked_at timestamptz,
  -- To within a minute or so: not every request writes.
  last_used_at timestamptz,
  constraint api_key_prefix_is_8_hex check (prefix ~ '^[0-9a-f]{8}$'),
  constraint api_key_digest_is_sha256 check (octet_length(secret_digest) = 32)
);
-- A name is free again once its key is revoked.
create unique index api_key_by_name on tasker.api_key (name) where revoked_at is null;
