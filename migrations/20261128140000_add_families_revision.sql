-- Counts the changes of the versions of a namespace's components and templates, which `revision` counts too. What a
-- host has loaded of these versions holds as long as this is the same: a change of a pin, a ramp, a share or a grant
-- has none of them read again.
alter table tasker.namespace add column families_revision bigint not null default 0;

-- What decides which versions new tasks take, in the shape in which hosts load it: what each namespace says of its
-- own tasks and components, and each version of a component with all that may bar it.
create view tasker.namespace_rule as
select n.name as namespace, n.revision, n.families_revision,
       array(select k.public_key from tasker.signing_key k where k.namespace_id = n.namespace_id) as keys,
       array(select s.component from tasker.share s
             where s.namespace_id = n.namespace_id order by s.share_id) as shared,
       array(select s.shared_with from tasker.share s
             where s.namespace_id = n.namespace_id order by s.share_id) as shared_with,
       (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from tasker.pin p where p.namespace_id = n.namespace_id) as pins
from tasker.namespace n;

create view tasker.component_family as
select n.namespace_id, n.name as namespace, n.families_revision,
       c.component_id as family_id, c.name as family, c.revision,
       v.component_version_id as version_id, v.version, v.status::text as status,
       q.digest is not null as is_quarantined, v.collected_at is not null as is_collected,
       array(select s.public_key from tasker.signature s where s.digest = v.digest) as signers
from tasker.namespace n
join tasker.component c using (namespace_id)
join tasker.component_version v using (component_id)
left join tasker.quarantine q using (digest);

create view tasker.template_family as
select n.namespace_id, n.name as namespace, n.families_revision,
       t.template_id as family_id, t.name as family, null::bigint as revision,
       v.template_version_id as version_id, v.version, v.status::text as status,
       false as is_quarantined, false as is_collected, '{}'::bytea[] as signers
from tasker.namespace n
join tasker.template t using (namespace_id)
join tasker.template_version v using (template_id);
