-- Who vouches for uploaded bytes, and whose word a namespace takes.

-- Verified before they are stored; they belong to the bytes, whatever names these go by, and may be
-- there before them.
create table tasker.signature (
  digest bytea not null,
  public_key bytea not null,
  signature bytea not null,
  at timestamptz not null default now(),
  actor text not null,
  primary key (digest, public_key),
  constraint signature_digest_is_sha256 check (octet_length(digest) = 32),
  constraint signature_is_ed25519 check (octet_length(public_key) = 32 and octet_length(signature) = 64)
);

-- With one row or more, a namespace takes only components that one of these keys signed.
create table tasker.signing_key (
  namespace_id int not null references tasker.namespace,
  -- The first 16 hexadecimal digits of the key's sha256.
  key_id text not null,
  public_key bytea not null,
  name text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (namespace_id, key_id),
  constraint signing_key_is_ed25519 check (octet_length(public_key) = 32)
);
