-- Secrets of namespaces, encrypted by the hosts; the database never sees a value or a key.
create table tasker.secret (
  namespace_id int not null references tasker.namespace,
  name text not null,
  -- Grows with every value that is set; what is encrypted is bound to it.
  version int not null,
  -- The first eight bytes of the sha256 of the key that encrypted it.
  key_id bytea not null,
  nonce bytea not null,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (namespace_id, name),
  constraint secret_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint secret_version_is_positive check (version >= 1),
  constraint secret_key_id_has_eight_bytes check (octet_length(key_id) = 8),
  constraint secret_nonce_has_24_bytes check (octet_length(nonce) = 24)
);
