// What graphql-js says of the schema: an introspection makes a valid one, which is the committed one, and what has changed since
// the baseline breaks no client.
import { readFileSync } from 'node:fs';
import { URL_OF_HOST, equal, given, require } from './packages.mjs';

const graphql = require('graphql');

const response = await fetch(`${URL_OF_HOST}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${given.key}` },
  body: JSON.stringify({ query: graphql.getIntrospectionQuery() }),
});
const { data, errors } = await response.json();
if (errors) throw new Error(JSON.stringify(errors));
const present = graphql.buildClientSchema(data);
equal(graphql.validateSchema(present).map((error) => error.message), [], 'errors of the schema');

const read = (path) => graphql.buildSchema(readFileSync(path, 'utf8'));
const committed = read(given.sdl);
equal(graphql.validateSchema(committed).map((error) => error.message), [], 'errors of the committed schema');
const differs = [...graphql.findBreakingChanges(committed, present), ...graphql.findBreakingChanges(present, committed)];
// Where `@deprecated` may stand differs between releases of the libraries.
const own = differs.filter((change) => !change.type.startsWith('DIRECTIVE_LOCATION'));
equal(own, [], 'differences of the committed schema and the introspection');

const changes = graphql.findBreakingChanges(read(given.baseline), committed);
console.log(JSON.stringify(changes.map((change) => `${change.type}: ${change.description}`)));
