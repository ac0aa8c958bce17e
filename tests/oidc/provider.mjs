// A certified provider (npm's oidc-provider) on this machine, for tests/oidc.rs: node provider.mjs MODULES REDIRECT
// Says `ready PORT`. Each line it is told is JSON, and is answered with `done`: {"people": {LOGIN: claims}} or {"rotate": true}.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, redirect] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`).href);

let people = {};

function freshKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] };
}

let handle;
const server = createServer((request, response) => handle(request, response));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();

function begin() {
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: 'ballast', client_secret: 'what only the two of us know', redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    cookies: { keys: ['a key for the cookies of a test'] },
    pkce: { required: () => true },
    jwks: freshKeys(),
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  handle = provider.callback();
}

begin();
console.log(`ready ${port}`);
createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line);
  if (told.people) people = told.people;
  if (told.rotate) begin();
  console.log('done');
});
process.stdin.on('end', () => process.exit(0));
