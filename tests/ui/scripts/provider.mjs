// An identity provider on this machine, for one host: node provider.mjs REDIRECT_URI. It prints its issuer. Whoever signs in
// gets what the name says: `reader` may read in shop, others nothing.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const entry = join(process.env.TASKER_BROWSER_MODULES, 'node_modules/oidc-provider/lib/index.js');
const { default: Provider } = await import(pathToFileURL(entry));

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    { client_id: 'tasker-web', token_endpoint_auth_method: 'none', redirect_uris: [process.argv[2]], application_type: 'native' },
  ],
  // The token of a sign-in has the claims itself, as hosts read them.
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'tasker'] },
  cookies: { keys: ['a key for this run'] },
  ttl: { IdToken: 3_600 },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, tasker: id === 'reader' ? ['read in shop'] : [] }),
  }),
});
server.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
// The test that began it is over.
process.stdin.on('end', () => process.exit(0)).resume();
