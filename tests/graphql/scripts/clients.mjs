// graphql-request asks and changes, and graphql-ws subscribes: clients that know nothing of this host.
import { URL_OF_HOST, equal, given, require } from './packages.mjs';

const { GraphQLClient, gql } = require('graphql-request');
const { createClient } = require('graphql-ws');
const WebSocket = require('ws');

const headers = { authorization: `Bearer ${given.key}` };
const client = new GraphQLClient(`${URL_OF_HOST}/graphql`, { headers });

class WithKey extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers });
  }
}

function socket(options) {
  const url = `${URL_OF_HOST.replace('http', 'ws')}/graphql`;
  return createClient({ url, webSocketImpl: WithKey, retryAttempts: 0, ...options });
}

const EVENTS = 'subscription ($after: String) { events(types: "task.*", after: $after) { type sequence subject } }';

// What a subscription has until `enough` says so.
async function events(client, variables, begun, enough) {
  const seen = [];
  const all = client.iterate({ query: EVENTS, variables });
  begun();
  for await (const { data, errors } of all) {
    if (errors) throw new Error(JSON.stringify(errors));
    seen.push(data.events);
    if (enough(seen)) break;
  }
  return seen;
}

const submit = gql`
  mutation ($input: JSON!) {
    submitTask(namespace: "shop", template: "one", input: $input) {
      created
      task { id state steps { nodes { name handlerVersion { version } } } }
    }
  }
`;

const { submitTask } = await client.request(submit, { input: { amount: 3 } });
equal(submitTask.created, true, 'created');
equal(submitTask.task.steps.nodes, [{ name: 'a', handlerVersion: { version: '1.0.0' } }], 'steps');

const list = gql`query ($first: Int) { tasks(first: $first) { edges { cursor node { id input } } pageInfo { hasNextPage } } }`;
const { tasks } = await client.request(list, { first: 10 });
equal(tasks.edges.map((edge) => edge.node), [{ id: submitTask.task.id, input: { amount: 3 } }], 'tasks');

const wrong = await client.request('{ task(id: "00000000-0000-0000-0000-000000000000") { id } }').catch((error) => error);
equal(wrong.response.errors[0].extensions.code, 'unknown_task', 'code');

// From the past, so that no event can come before the subscription.
const ws = socket({ lazy: true });
const created = (seen) => seen.some((event) => event.subject === submitTask.task.id);
const past = await events(ws, { after: '2000-01-01T00:00:00Z' }, () => {}, created);
const last = past.at(-1);
const next = await client.request(submit, { input: {} });
const resumed = await events(ws, { after: last.sequence }, () => {}, (seen) => seen.length === 1);
equal(resumed[0].subject, next.submitTask.task.id, 'the subscription goes on');

// So many at once, and no more.
const all = [];
const refused = await new Promise((resolve, reject) => {
  for (let n = 0; n <= given.most; n += 1) {
    const sink = { next: () => {}, complete: () => {}, error: (error) => (Array.isArray(error) ? resolve(error) : reject(error)) };
    all.push(ws.subscribe({ query: 'subscription { events { type } }' }, sink));
  }
});
equal(refused[0].extensions.code, 'too_many_subscriptions', 'the bound of subscriptions');
const query = await new Promise((resolve, reject) => {
  const sink = { next: reject, complete: reject, error: resolve };
  socket({}).subscribe({ query: '{ access { authentication } }' }, sink);
});
equal(query[0].extensions.code, 'no_subscription', 'a query over a socket');
all.forEach((stop) => stop());

// A connection whose key is revoked is closed.
const closed = new Promise((resolve) => ws.on('closed', resolve));
ws.subscribe({ query: 'subscription { events { type } }' }, { next: () => {}, complete: () => {}, error: () => {} });
await client.request('mutation ($name: Name!) { revokeKey(name: $name) }', { name: given.name }).catch((error) => error);
const { code } = await closed;
equal(code, 4403, 'the code of the end');
process.exit(0);
